import API
import Basics
import Identity
import Logging
import SQL
import TestKit
import Testing

/// Requests with an `Idempotency-Key`.
@Suite struct IdempotencyTests {
    private func order(_ world: APIWorld, _ name: String = "shop") -> String {
        #"{"order":{"project_name":"\#(name)","containers":[{"image_variant_id":\#(world.shop.hello.variant)}]}}"#
    }

    private func send(
        _ world: APIWorld, _ key: String, body: String, as role: APIWorld.Role = .owner, method: String = "POST",
        path: String = "/api/orders"
    ) async throws -> APIWorld.Reply {
        try await world.send(method, path, as: role, headers: [("Idempotency-Key", key)], body: body)
    }

    private func count(_ world: APIWorld, _ table: SQL) async throws -> Int64? {
        try await world.database.read { try $0.int("SELECT COUNT(*) FROM \(table)") }
    }

    @Test(arguments: TestDialect.allCases) func theSameOrderTwiceIsOneOrder(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let first = try await send(world, "order-1", body: order(world))
            #expect(first.status == 201)
            #expect(first.headers["idempotency-replayed"] == nil)
            let again = try await send(world, "order-1", body: order(world))
            #expect(again.status == 201)
            #expect(again.text == first.text)
            #expect(again.headers["location"] == first.headers["location"])
            #expect(again.headers["idempotency-replayed"] == "true")
            let orders = try await count(world, "orders")
            #expect(orders == 2)
            // What is kept cannot be read in the database.
            let kept = try await world.database.read {
                try $0.first("SELECT body FROM idempotency_keys") { $0.text(0) }
            }
            #expect(kept?.hasPrefix("v1:") == true)
        }
    }

    @Test(arguments: TestDialect.allCases) func atOnceIsDoneOnce(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let replies = try await withThrowingTaskGroup(of: APIWorld.Reply.self) { group in
                for _ in 0..<12 { group.addTask { try await self.send(world, "same", body: self.order(world)) } }
                return try await group.reduce(into: [APIWorld.Reply]()) { $0.append($1) }
            }
            #expect(Set(replies.map(\.status)).isSubset(of: [201, 409]))
            #expect(Set(replies.filter { $0.status == 201 }.map(\.text)).count == 1)
            let orders = try await count(world, "orders")
            #expect(orders == 2)
        }
    }

    @Test func aKeyStandsForOneRequestOfOneHolder() async throws {
        try await APIWorld.with(.sqlite) { world in
            let first = try await send(world, "k", body: order(world))
            #expect(first.status == 201)
            let otherBody = try await send(world, "k", body: order(world, "another"))
            #expect(otherBody.status == 422)
            let otherPath = try await send(world, "k", body: order(world), path: "/api/orders?dry_run=true")
            #expect(otherPath.status == 422)
            let stranger = try await send(world, "k", body: order(world), as: .stranger)
            #expect(stranger.status == 201)
            #expect(stranger.text != first.text)
            // A token of an application has its own.
            let token = try await send(world, "k", body: order(world), as: .token)
            #expect(token.status == 201)
            #expect(token.text != first.text)
        }
    }

    @Test func whatWasRefusedMayBeSentAgain() async throws {
        try await APIWorld.with(.sqlite) { world in
            let wrong = try await send(world, "k", body: #"{"order":{"project_name":""}}"#)
            #expect(wrong.status == 422)
            let right = try await send(world, "k", body: order(world))
            #expect(right.status == 201)
            for key in ["with space", String(repeating: "k", count: 256), "ü"] {
                let reply = try await send(world, key, body: order(world))
                #expect(reply.status == 400, "\(key)")
            }
        }
    }

    @Test func secretsAreAnsweredAgain() async throws {
        try await APIWorld.with(.sqlite) { world in
            let body = #"{"api_key":{"name":"CI","scopes":["project_read"]}}"#
            let first = try await send(world, "k", body: body, path: "/api/users/api_keys")
            #expect(first.status == 201, "\(first.text)")
            let again = try await send(world, "k", body: body, path: "/api/users/api_keys")
            #expect(again.text == first.text)
            let keys = try await world.database.read {
                try $0.int("SELECT COUNT(*) FROM api_keys WHERE name = 'CI'")
            }
            #expect(keys == 1)
        }
    }

    @Test func deletionsAreRepeatedToo() async throws {
        try await APIWorld.with(.sqlite) { world in
            let path = "/api/users/ssh_keys/\(world.things.sshKey)"
            let first = try await send(world, "k", body: "", method: "DELETE", path: path)
            #expect(first.status == 202)
            let again = try await send(world, "k", body: "", method: "DELETE", path: path)
            #expect(again.status == 202)
            let without = try await world.send("DELETE", path)
            #expect(without.status == 404)
        }
    }

    // The three below stand where a process may die.

    private func begin(_ keys: IdempotencyKeys, _ name: String = "k") async throws -> IdempotencyKeys.Beginning {
        let caller = Caller(userID: 1, isAdmin: false, means: .apiKey, requestID: "r", address: "")
        return try await keys.begin(IdempotencyKeys.Request(name, of: caller, content: Array("POST /x".utf8)))
    }

    @Test(arguments: TestDialect.allCases)
    func whoeverDiedBeforeTheChangeIsReplaced(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let clock = ManualWallClock()
            let keys = IdempotencyKeys(database: database, vault: .ephemeral(), clock: clock)
            guard case .first(let dead) = try await begin(keys) else { throw Fault(.bug, "not the first") }
            await #expect(throws: Fault.self) { _ = try await begin(keys) }
            clock.advance(by: .seconds(IdempotencyKeys.Limits.leaseSeconds))
            guard case .first(let successor) = try await begin(keys) else { throw Fault(.bug, "not taken over") }
            // It was only asleep: its change must not be made beside the other's.
            await #expect(throws: Fault.self) {
                try await IdempotencyMark.$current.withValue(dead) {
                    try await MarkingDatabase(database).transaction { try $0.run("UPDATE users SET id = id") }
                }
            }
            try await IdempotencyMark.$current.withValue(successor) {
                _ = try await MarkingDatabase(database).transaction { try $0.run("UPDATE users SET id = id") }
            }
            await keys.finish(successor, IdempotencyKeys.Kept(status: 201, location: nil, body: "{}"))
            guard case .again(let kept) = try await begin(keys) else { throw Fault(.bug, "not answered again") }
            #expect(kept.status == 201)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whoeverDiedAfterTheChangeIsNotRepeated(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let clock = ManualWallClock()
            let keys = IdempotencyKeys(database: database, vault: .ephemeral(), clock: clock)
            guard case .first(let mark) = try await begin(keys) else { throw Fault(.bug, "not the first") }
            try await IdempotencyMark.$current.withValue(mark) {
                _ = try await MarkingDatabase(database).transaction { try $0.run("UPDATE users SET id = id") }
            }
            clock.advance(by: .seconds(IdempotencyKeys.Limits.leaseSeconds + 1))
            let problem = await #expect(throws: Fault.self) { _ = try await begin(keys) }
            #expect(problem?.code == .conflict)
            #expect(problem?.sentences.first?.contains("was carried out") == true)
        }
    }

    @Test(arguments: TestDialect.allCases) func afterADayAKeyIsForgotten(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let clock = ManualWallClock()
            let keys = IdempotencyKeys(database: database, vault: .ephemeral(), clock: clock)
            for name in ["a", "b"] {
                guard case .first(let mark) = try await begin(keys, name) else { throw Fault(.bug, "not the first") }
                await keys.finish(mark, IdempotencyKeys.Kept(status: 200, location: nil, body: ""))
            }
            clock.advance(by: .seconds(IdempotencyKeys.Limits.keptSeconds))
            guard case .first = try await begin(keys, "a") else { throw Fault(.bug, "not forgotten") }
            clock.advance(by: .seconds(1))
            let sweep = IdempotencySweep(database: database, clock: clock)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let first = try await sweep.activate(logger: logger)
            #expect(first == .init(keys: 1))
            let second = try await sweep.activate(logger: logger)
            #expect(second == .init(keys: 0))
        }
    }
}
