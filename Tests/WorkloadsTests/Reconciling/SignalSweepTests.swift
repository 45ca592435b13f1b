import Basics
import Logging
import Operations
import SQL
import Signals
import TestKit
import Testing
import Workloads

/// What was heard is kept as long as promised, and no longer.
struct SignalSweepTests {
    private static let day = Duration.seconds(86_400)
    /// A whole number of coarse buckets.
    private static let start = Moment(milliseconds: 1_790_000_100_000)

    @Test(arguments: TestDialect.allCases)
    func logLinesAreKeptForSevenDays(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            // More than one transaction of the sweep removes.
            let old = SignalLimits.sweepRowsMax + 100
            let lines = (0..<old).map { Self.line(Self.start, "old \($0)") }
            let young = Self.line(Self.start.advanced(by: .seconds(2)), "young")
            try await database.transaction { tx in
                let source = LogLines.Source(serviceID: 1, containerID: 1, instanceID: 1)
                try LogLines.append(lines + [young], of: source, after: .start, in: tx)
            }
            #expect(try await sweep(database, after: Self.day * 7).logLines == 0)
            #expect(try await sweep(database, after: Self.day * 7 + .seconds(1)).logLines == old)
            #expect(try await sweep(database, after: Self.day * 7 + .seconds(1)).logLines == 0)
            let left = try await database.read { try $0.rows("SELECT line FROM log_lines") { $0.text(0) } }
            #expect(left == ["young"])
        }
    }

    /// A container is sampled every ten seconds: an hour of it.
    @Test(arguments: TestDialect.allCases)
    func samplesAreRolledUpKeptAndForgotten(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            try await database.transaction { tx in
                for number in 0..<360 {
                    try Metrics.add(
                        containerID: 7, at: Self.start.advanced(by: .seconds(number * 10)),
                        cpuMilli: Int64(number), memoryKiB: Int64(number) * 10, memoryLimitKiB: 4096, in: tx)
                }
            }
            let fine = try await buckets(30, database)
            #expect(fine.count == 120)
            #expect(fine.first == Bucket(at: Self.start.milliseconds, samples: 3, cpu: 1, memory: 10))
            #expect(
                fine.last
                    == Bucket(at: Self.start.milliseconds + 3570 * 1000, samples: 3, cpu: 358, memory: 3580))
            let coarse = try await buckets(300, database)
            #expect(coarse.count == 12)
            // 0 + 1 + … + 29 over 30, as a whole number.
            #expect(coarse.first == Bucket(at: Self.start.milliseconds, samples: 30, cpu: 14, memory: 145))

            let expected: [(after: Duration, fine: Int, coarse: Int)] = [
                (.seconds(6 * 3600), 120, 12), (.seconds(6 * 3600 + 1800), 60, 12), (.seconds(7 * 3600), 0, 12),
                (Self.day * 14, 0, 12), (Self.day * 14 + .seconds(1800), 0, 6), (Self.day * 14 + .seconds(3600), 0, 0),
            ]
            for step in expected {
                _ = try await sweep(database, after: step.after)
                let left = (try await buckets(30, database).count, try await buckets(300, database).count)
                #expect(left == (step.fine, step.coarse), "after \(step.after)")
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func positionsOfInstancesThatAreGoneAreForgotten(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let source = LogLines.Source(serviceID: 1, containerID: 1, instanceID: 99)
            try await database.transaction {
                try LogLines.append([Self.line(Self.start, "last words")], of: source, after: .start, in: $0)
            }
            _ = try await sweep(database, after: .zero)
            let left = try await database.read { connection in
                (
                    try connection.int("SELECT count(*) FROM log_positions"),
                    try connection.int("SELECT count(*) FROM log_lines")
                )
            }
            #expect(left == (0, 1))
        }
    }

    private func sweep(_ database: TestDatabase, after time: Duration) async throws -> SignalSweep.Report {
        let clock = ManualWallClock(Self.start.advanced(by: time))
        return try await SignalSweep(database: database, clock: clock).activate(logger: Logger(label: "test"))
    }

    private struct Bucket: Equatable {
        let at: Int64
        let samples: Int64
        let cpu: Int64
        let memory: Int64
    }

    private func buckets(_ seconds: Int, _ database: TestDatabase) async throws -> [Bucket] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT bucket_at, samples, cpu_milli_sum / samples, memory_kib_sum / samples FROM metric_samples
                WHERE width_s = \(seconds) ORDER BY bucket_at
                """
            ) { Bucket(at: $0.int(0), samples: $0.int(1), cpu: $0.int(2), memory: $0.int(3)) }
        }
    }

    private static func line(_ at: Moment, _ text: String) -> LogLines.Line {
        LogLines.Line(atMicroseconds: at.milliseconds * 1000, stream: 1, text: text)
    }
}
