import PostgresDriver
import SQL
import Synchronization
import TestKit
import Testing

/// F24: the connection breaks between `COMMIT` and its answer.
@Suite struct LostCommitTests {
    @Test(.timeLimit(.minutes(1)), arguments: CommitCutter.Cut.allCases)
    func aLostCommitIsSaidAndNotTriedAgain(cut: CommitCutter.Cut) async throws {
        try await withDatabase(.postgres) { database in
            try await database.transaction { try $0.run("CREATE TABLE marks (number BIGINT NOT NULL)") }
            try await CommitCutter.run(to: database) { cutter in
                let through = cutter.open()
                cutter.cut(cut, nth: 2, ofTransactionsWith: "INSERT INTO marks")
                let runs = Mutex(0)
                @Sendable func mark(_ number: Int) async throws {
                    try await through.transaction { tx in
                        runs.withLock { $0 += 1 }
                        try tx.run("INSERT INTO marks (number) VALUES (\(number))")
                        try tx.wake(.fleet)
                    }
                }
                try await mark(1)
                #expect(!cutter.wasReached)
                let problem = await #expect(throws: DatabaseProblem.self) { try await mark(2) }
                #expect(cutter.wasReached)
                #expect(
                    problem
                        == .unavailable(
                            detail: "PostgreSQL: the connection was lost during COMMIT; "
                                + "whether the transaction took place is not known"))
                // The transaction that may have taken place was not repeated, and the connection was replaced.
                #expect(runs.withLock { $0 } == 2)
                try await mark(3)
                let marks = try await through.read { connection in
                    try connection.rows("SELECT number FROM marks ORDER BY number") { $0.int(0) }
                }
                #expect(marks == (cut == .beforeIt ? [1, 3] : [1, 2, 3]))
                await through.close()
            }
        }
    }
}
