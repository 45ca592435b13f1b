import Basics
import Dispatch
import PostgresDriver
import SQL
import Synchronization
import TestKit
import Testing

/// What is particular to a database behind a connection.
@Suite struct PostgresDatabaseTests {
    private func killOthers(_ db: TestDatabase) async throws {
        let other = try db.another()
        _ = try await other.read { connection in
            try connection.rows(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            ) { $0.bool(0) }
        }
        await other.close()
    }

    /// Wakes until the stream answers; a listener needs a moment to connect.
    private func expectWakeUp(_ stream: AsyncStream<Void>, from db: any Database) async throws {
        let heard = Task { for await _ in stream { return } }
        let waking = Task {
            while !Task.isCancelled {
                try await db.transaction { try $0.wake(.fleet) }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        await heard.value
        waking.cancel()
        _ = await waking.result
    }

    @Test(.timeLimit(.minutes(1))) func wakeUpsReachOtherProcesses() async throws {
        try await withDatabase(.postgres) { db in
            let other = try db.another()
            try await expectWakeUp(db.wakeUps(.fleet), from: other)
            // The listener is cut off and comes back.
            try await killOthers(db)
            try await expectWakeUp(db.wakeUps(.fleet), from: other)
            await other.close()
        }
    }

    @Test func lostConnectionsAreReplaced() async throws {
        try await withDatabase(.postgres) { db in
            for _ in 0..<3 {
                let before = try await db.read { try $0.int("SELECT pg_backend_pid()") }
                try await killOthers(db)
                let after = try await db.read { try $0.int("SELECT pg_backend_pid()") }
                #expect(after != before)
                try await killOthers(db)
                try await db.transaction { try $0.run("UPDATE installation SET code = 'abcdef'") }
            }
        }
    }

    @Test func aConnectionLostBeforeTheCommitIsTriedAgain() async throws {
        try await withDatabase(.postgres) { db in
            let runs = Mutex(0)
            let result = try await db.transaction { tx in
                let count = runs.withLock { count in
                    count += 1
                    return count
                }
                try tx.run("UPDATE installation SET code = \("run\(count)00")")
                if count == 1 { try tx.run("SELECT pg_terminate_backend(pg_backend_pid())") }
                return count
            }
            #expect(result == 2)
            let code = try await Installation.code(db)
            #expect(code == "run200")
        }
    }

    @Test func deadlocksAreTriedAgain() async throws {
        try await withDatabase(.postgres) { db in
            try await db.transaction { tx in
                try tx.run("CREATE TABLE seats (id BIGINT PRIMARY KEY, taken BIGINT NOT NULL)")
                try tx.run("INSERT INTO seats (id, taken) VALUES (1, 0), (2, 0)")
            }
            let met = Barrier()
            @Sendable func take(_ first: Int, _ second: Int) async throws {
                try await db.transaction { tx in
                    try tx.run("UPDATE seats SET taken = taken + 1 WHERE id = \(first)")
                    met.waitForTheOther()
                    try tx.run("UPDATE seats SET taken = taken + 1 WHERE id = \(second)")
                }
            }
            async let one: Void = take(1, 2)
            async let two: Void = take(2, 1)
            _ = try await (one, two)
            let taken = try await db.read { try $0.rows("SELECT taken FROM seats") { $0.int(0) } }
            #expect(taken == [2, 2])
        }
    }

    @Test func aCancelledTaskEndsItsStatement() async throws {
        try await withDatabase(.postgres) { db in
            let task = Task { try await db.read { try $0.run("SELECT pg_sleep(60)") } }
            try await untilRunning(db)
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            // Whoever cleans up after a cancellation still gets through.
            let code = try await Task { () -> Int64? in
                withUnsafeCurrentTask { $0?.cancel() }
                return try await db.transaction { try $0.int("SELECT 7") }
            }.value
            #expect(code == 7)
        }
    }

    @Test func statementsAndLocksHaveTimeLimits() async throws {
        try await withDatabase(.postgres) { db in
            let address = db.url
            let hasty = PostgresDatabase(
                address: address, connections: 2, statementTimeout: .milliseconds(300),
                lockTimeout: .milliseconds(100))
            await #expect(throws: DatabaseProblem.self) { try await hasty.read { try $0.run("SELECT pg_sleep(60)") } }
            let problem = await #expect(throws: DatabaseProblem.self) {
                try await db.transaction { tx in
                    try tx.run("UPDATE installation SET code = 'locked'")
                    try blocking {
                        try await hasty.transaction { _ = try $0.run("UPDATE installation SET code = 'other0'") }
                    }
                }
            }
            guard case .unavailable = problem else { throw Unexpected(problem) }
            await hasty.close()
        }
    }

    @Test func aServerThatIsAwayIsUnavailable() async throws {
        let db = PostgresDatabase(address: "host=/nowhere/at/all user=nobody connect_timeout=1", connections: 2)
        for _ in 0..<2 {
            let problem = await #expect(throws: DatabaseProblem.self) { try await db.read { try $0.int("SELECT 1") } }
            guard case .unavailable = problem else { throw Unexpected(problem) }
        }
        await db.close()
    }

    @Test func aSwallowedErrorIsNotACommit() async throws {
        try await withDatabase(.postgres) { db in
            let problem = await #expect(throws: DatabaseProblem.self) {
                try await db.transaction { tx in
                    try tx.run("UPDATE installation SET code = 'zzzzzz'")
                    _ = try? tx.run("SELECT nonsense FROM nowhere")
                }
            }
            guard case .mistake = problem else { throw Unexpected(problem) }
            let code = try await Installation.code(db)
            #expect(code != "zzzzzz")
        }
    }

    private func untilRunning(_ db: TestDatabase) async throws {
        let other = try db.another()
        while try await other.read({ connection in
            try connection.int(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()
                """)
        }) == 0 { await Task.yield() }
        await other.close()
    }
}

/// Waits on a thread of the driver, never on one of Swift's.
private func blocking(_ body: @escaping @Sendable () async throws -> Void) throws {
    let done = DispatchSemaphore(value: 0)
    let outcome = Mutex<Result<Void, any Error>?>(nil)
    Task {
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        outcome.withLock { $0 = result }
        done.signal()
    }
    done.wait()
    try outcome.withLock { $0 }?.get()
}

/// Two threads that wait for each other once; afterwards nobody waits.
private final class Barrier: Sendable {
    private let arrived = Mutex(0)
    private let both = DispatchSemaphore(value: 0)

    func waitForTheOther() {
        let count = arrived.withLock { arrived in
            arrived += 1
            return arrived
        }
        if count == 1 { both.wait() }
        if count == 2 { both.signal() }
    }
}
