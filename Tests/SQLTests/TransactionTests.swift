import Basics
import SQL
import Synchronization
import TestKit
import Testing

/// What a transaction promises.
@Suite struct TransactionTests {
    private struct Refusal: Error {}

    private func withNotes(
        _ dialect: TestDialect, _ body: @Sendable (TestDatabase) async throws -> Void
    ) async throws {
        try await withDatabase(dialect) { db in
            try await db.transaction { tx in
                try tx.run("CREATE TABLE notes (id \(.identity), who BIGINT NOT NULL UNIQUE)")
            }
            try await body(db)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whatThrowsIsTakenBack(dialect: TestDialect) async throws {
        try await withNotes(dialect) { db in
            await #expect(throws: Refusal.self) {
                try await db.transaction { tx in
                    try tx.run("INSERT INTO notes (who) VALUES (1)")
                    throw Refusal()
                }
            }
            let found1 = try await db.read { try $0.int("SELECT count(*) FROM notes") }
            #expect(found1 == 0)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func manyAtOnceAllEndAndOneThatFailsHurtsNobody(dialect: TestDialect) async throws {
        try await withNotes(dialect) { db in
            let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
                for who in 0..<200 {
                    group.addTask {
                        do {
                            try await db.transaction { tx in
                                try tx.run("INSERT INTO notes (who) VALUES (\(who))")
                                if who % 10 == 3 { throw Refusal() }
                                // Refused by the database itself.
                                if who % 10 == 7 { try tx.run("INSERT INTO notes (who) VALUES (\(who))") }
                            }
                            // What was answered is there for everybody.
                            let seen = try await db.read { try $0.int("SELECT who FROM notes WHERE who = \(who)") }
                            #expect(seen == Int64(who))
                            return false
                        } catch is Refusal {
                            return true
                        } catch DatabaseProblem.notUnique {
                            return true
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused == 40)
            let found2 = try await db.read { try $0.int("SELECT count(*) FROM notes") }
            #expect(found2 == 160)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func concurrentCountingLosesNothing(dialect: TestDialect) async throws {
        try await withNotes(dialect) { db in
            try await db.transaction { try $0.run("INSERT INTO notes (id, who) VALUES (1, 1000)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await db.transaction { tx in
                            let who = try tx.int("SELECT who FROM notes WHERE id = 1 \(.forUpdate)") ?? 0
                            try tx.run("UPDATE notes SET who = \(who + 1) WHERE id = 1")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let found3 = try await db.read { try $0.int("SELECT who FROM notes WHERE id = 1") }
            #expect(found3 == 1050)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func wakeUpsComeAfterTheCommit(dialect: TestDialect) async throws {
        try await withNotes(dialect) { db in
            let seen = Mutex<[Int64]>([])
            let stream = db.wakeUps(.operations)
            let listener = Task {
                for await _ in stream {
                    let count = try await db.read { try $0.int("SELECT count(*) FROM notes") } ?? -1
                    seen.withLock { $0.append(count) }
                    if count == 1 { return }
                }
            }
            try await db.transaction { tx in
                try tx.wake(.operations)
                try tx.run("INSERT INTO notes (who) VALUES (1)")
            }
            try await listener.value
            #expect(seen.withLock { $0.last } == 1)
        }
    }

    @Test func aRollbackWakesNobody() async throws {
        try await withNotes(.sqlite) { db in
            let stream = db.wakeUps(.outbox)
            _ = try? await db.transaction { tx in
                try tx.wake(.outbox)
                throw Refusal()
            }
            await db.close()
            var count = 0
            for await _ in stream { count += 1 }
            #expect(count == 0)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func afterClosingEverythingIsRefused(dialect: TestDialect) async throws {
        try await withNotes(dialect) { db in
            await db.close()
            await #expect(throws: DatabaseProblem.unavailable(detail: "The database is closed.")) {
                try await db.read { try $0.int("SELECT 1") }
            }
            await #expect(throws: DatabaseProblem.unavailable(detail: "The database is closed.")) {
                try await db.transaction { try $0.int("SELECT 1") }
            }
        }
    }
}
