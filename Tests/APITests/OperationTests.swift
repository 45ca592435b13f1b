import API
import Basics
import SQL
import TestKit
import Testing

/// What goes on after the answer, and how it is watched.
@Suite struct OperationTests {
    @Test(arguments: TestDialect.allCases) func anOperationIsShownWithItsSteps(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let id = world.things.operation
            try await world.database.transaction { tx in
                try tx.run(
                    """
                    INSERT INTO operation_steps
                        (operation_id, position, name, state, attempt, fence, started_at, finished_at)
                    VALUES (\(id), 1, 'network', 'done', 1, 1, 1000, 2000)
                    """)
            }
            let shown = try await world.send("GET", "/api/operations/\(id)").json?["operation"]
            #expect(shown?["state"] == .string("completed"))
            #expect(shown?["kind"] == .string("order.provision"))
            #expect(shown?["steps"]?.items?.first?["name"] == .string("network"))
            #expect(shown?["steps"]?.items?.first?["finished_at"] == .string("1970-01-01T00:00:02.000Z"))
            let stranger = try await world.send("GET", "/api/operations/\(id)", as: .stranger)
            #expect(stranger.status == 404)
            let missing = try await world.send("GET", "/api/operations/999999")
            #expect(missing.status == 404)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whatGoesOnSaysWhereItCanBeWatched(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let path = "/api/container_services/\(world.things.service)/power/restart"
            let reply = try await world.send("PUT", path)
            #expect(reply.status == 202)
            let location = reply.headers["location"] ?? ""
            #expect(location.hasPrefix("https://berth.test/api/operations/"))
            #expect(reply.headers["link"] == "<\(location)>; rel=\"monitor\"")
            let watched = try await world.send("GET", String(location.dropFirst("https://berth.test".count)))
            #expect(watched.json?["operation"]?["state"] == .string("pending"))
            let body =
                #"{"order":{"project_name":"x","containers":[{"image_variant_id":\#(world.shop.hello.variant)}]}}"#
            let order = try await world.send("POST", "/api/orders", body: body)
            let id = order.json?["order"]?["id"]?.text ?? "none"
            #expect(order.headers["location"] == "https://berth.test/api/orders/\(id)")
            #expect(order.headers["link"]?.hasSuffix("rel=\"monitor\"") == true)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whoeverPrefersToWaitIsAnsweredAtTheEnd(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let path = "/api/container_services/\(world.things.service)/power/stop"
            let late = try await world.send("PUT", path, headers: [("Prefer", "wait=1")])
            #expect(late.status == 202)
            #expect(late.headers["preference-applied"] == nil)
            let address = String((late.headers["location"] ?? "").dropFirst("https://berth.test".count))
            async let waiting = world.send("GET", address, headers: [("Prefer", "respond-async, wait=30")])
            try await world.database.transaction { try $0.run("UPDATE operations SET state = 'completed'") }
            let ended = try await waiting
            #expect(ended.json?["operation"]?["state"] == .string("completed"))
            for nonsense in ["wait=soon", "wait", "wait=-1", "wait=0", ";;,=", "wait=99999999999999999999"] {
                let reply = try await world.send("GET", address, headers: [("Prefer", nonsense)])
                #expect(reply.status == 200, "\(nonsense)")
            }
        }
    }
}
