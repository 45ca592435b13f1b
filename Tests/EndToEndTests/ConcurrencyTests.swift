import Foundation
import TestKit
import Testing

struct ConcurrencyTests {
    /// F57 without a key: each is an order of its own, as many as the quota allows.
    @Test func theSameOrderTenTimesAtOnceIsTakenAsOftenAsTheQuotaAllows() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            try world.change("UPDATE user_groups SET quota_containers = 3")
            let accepted = try await withThrowingTaskGroup(of: World.Placed?.self) { group in
                for _ in 0..<10 { group.addTask { try? await world.order(["Hello"], project: "same") } }
                return try await group.reduce(into: [World.Placed]()) { if let placed = $1 { $0.append(placed) } }
            }
            #expect(accepted.count == 3)
            #expect(Set(accepted.map(\.orderID)).count == 3 && Set(accepted.map(\.projectID)).count == 3)
            for placed in accepted { try await world.waitForOrder(placed) }
            #expect(try world.query("SELECT count(*) FROM orders") == ["3"])
            #expect(try world.query("SELECT containers_count FROM users") == ["3"])
            #expect(try world.census().count { $0.contains("-container-") } == 3)
        }
    }

    /// F58, through the whole server.
    @Test(arguments: TestDialect.allCases)
    func ofManyOrdersAtTheQuotaOneIsAccepted(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            try await world.start()
            try world.change("UPDATE user_groups SET quota_containers = 1")
            let image = try await world.id(ofImage: "Hello")
            let package = try await world.firstPackage()
            let body = """
                {"order": {"project_name": "race", "containers": \
                [{"image_id": \(image), "resources": {"product_id": \(package)}}]}}
                """
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await world.call("POST", "/api/orders", body).status }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [201: 1, 422: 49])
            try await eventually("the accepted one has ended") { try world.unfinished().isEmpty }
            #expect(try world.query("SELECT count(*) FROM containers") == ["1"])
        }
    }

    /// F59: whatever is asked at once, the outcome is that of some order of the requests, and nothing is left over.
    @Test(arguments: [("rebuild", "stop"), ("rebuild", "delete"), ("restart", "rebuild"), ("stop", "delete")])
    func twoChangesAtOnceEndInAnOrderlyWorld(first: String, second: String) async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            let placed = try await world.order(["Hello"], project: "pair")
            try await world.waitForOrder(placed)
            let service = try #require(try await world.services(placed.projectID)["Hello"]?["id"] as? Int)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for action in [first, second] {
                    group.addTask { try await Self.ask(action, service, placed.projectID, world) }
                }
                try await group.waitForAll()
            }
            try await eventually("both have ended", seconds: 60) { try world.unfinished().isEmpty }
            let census = try world.census().filter { $0.contains("-container-") }
            let rows = try world.query("SELECT count(*) FROM instances")
            #expect(rows == ["\(census.count)"], "\(census)")
            if [first, second].contains("delete") {
                #expect(try world.census().filter { !$0.contains("-ingress-") }.isEmpty)
                #expect(try world.query("SELECT containers_count FROM users") == ["0"])
            }
        }
    }

    /// F59: a deletion asked for in the middle of provisioning.
    @Test func aProjectDeletedWhileItIsMadeIsGone() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            // The ingress exists from here on, so that the order below is quick.
            let placed = try await world.order(["Hello", "Demo database"], project: "short")
            #expect(try await world.call("DELETE", "/api/projects/\(placed.projectID)").status == 202)
            try await eventually("all has ended", seconds: 60) { try world.unfinished().isEmpty }
            #expect(try world.census().filter { $0.contains("-container-") || $0.hasPrefix("network") }.isEmpty)
            #expect(try world.query("SELECT count(*) FROM projects") == ["0"])
            #expect(try world.query("SELECT containers_count + services_count + projects_count FROM users") == ["0"])
            #expect(["cancelled", "completed", "failed"].contains(try await world.status(ofOrder: placed.orderID)))
        }
    }

    private static func ask(_ action: String, _ service: Int, _ project: Int, _ world: World) async throws {
        let answer =
            action == "delete"
            ? try await world.call("DELETE", "/api/projects/\(project)")
            : try await world.call("POST", "/api/container_services/\(service)/power/\(action)")
        // The loser of the race may find the service gone or going.
        #expect([202, 404, 409, 422].contains(answer.status), "\(action): \(answer.status) \(answer.text)")
    }
}
