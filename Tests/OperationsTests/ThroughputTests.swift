import Basics
import Logging
import Operations
import SQL
import TestKit
import Testing

private struct NoopWorkflow: Workflow {
    struct Input: Codable, Sendable { var number: Int }

    static let kind = WorkflowKind("test.noop", eventCode: "0000000000000004", title: "Doing nothing.")

    func run(_ input: Input, _ run: OperationRun) async throws {}
}

/// How much of the store's raw speed the engine leaves. A debug build on a busy machine: the bound is far below the
/// goal of 30 % and only catches a change of the number of transactions or a query that scans.
struct ThroughputTests {
    @Test(arguments: TestDialect.allCases)
    func operationsCostAFewTransactionsEach(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let count = 1000
            let clock = ContinuousClock()
            let raw = try await clock.measure {
                try await inParallel(count) { number in
                    try await database.transaction { tx in
                        _ = try tx.run("INSERT INTO lock_queues (bucket, tickets) VALUES (\(number), 1)")
                    }
                    try await database.transaction {
                        _ = try $0.run("DELETE FROM lock_queues WHERE bucket = \(number)")
                    }
                }
            }
            var options = Worker.Options()
            options.concurrency = 32
            let worker = Worker(
                database: database, workflows: [NoopWorkflow()], options: options, name: "bench", failpoints: .none,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let task = Task { await worker.run() }
            let jobs = try await clock.measure {
                try await inParallel(count) { number in
                    try await database.transaction { tx in
                        _ = try Operations.enqueue(
                            NewOperation(
                                NoopWorkflow.kind, input: NoopWorkflow.Input(number: number), requestID: "test"),
                            in: tx, now: SystemWallClock().now())
                    }
                }
                while worker.counters.completed < count { try await Task.sleep(for: .milliseconds(1)) }
            }
            task.cancel()
            await task.value
            let share = raw / jobs
            Attachment.record(
                "\(dialect): raw \(Double(count) / (raw / .seconds(1))) pairs/s, jobs \(share * 100) % of that",
                named: "throughput-\(dialect).txt")
            #expect(share > 0.03)
            #expect(worker.counters.completed == count)
        }
    }

    private func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for lane in 0..<32 {
                group.addTask { for number in stride(from: lane, to: count, by: 32) { try await body(number) } }
            }
            try await group.waitForAll()
        }
    }
}
