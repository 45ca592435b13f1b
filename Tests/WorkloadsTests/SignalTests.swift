import Basics
import Identity
import SQL
import Signals
import TestKit
import Testing
import Workloads

/// Logs and metrics belong to containers, so they are tested where containers can be ordered.
@Suite struct SignalTests {
    private struct Placed {
        let source: LogLines.Source
        let containerName: String
    }

    private func place(_ database: TestDatabase) async throws -> Placed {
        let shop = try await WorkloadFixture.make(in: database)
        _ = try await Orders(database: database, vault: .ephemeral())
            .place(try shop.order(shop.helloLine), by: shop.customer)
        let found = try await database.read {
            try $0.first(
                "SELECT c.service_id, c.id, i.id, c.name FROM containers c JOIN instances i ON i.container_id = c.id"
            ) {
                Placed(
                    source: LogLines.Source(
                        serviceID: $0.int(0), containerID: $0.int(1), instanceID: $0.int(2)),
                    containerName: $0.text(3))
            }
        }
        return try #require(found)
    }

    private func lines(
        _ database: TestDatabase, _ subject: LogLines.Subject, limit: Int = 100, from: Moment? = nil, to: Moment? = nil
    ) async throws -> [String] {
        try await database.read { connection in
            var found: [String] = []
            try LogLines.recent(subject, limit: limit, from: from, to: to, in: connection) { time, row in
                found.append("\(time) \(row.text(1)) \(row.text(2))")
            }
            return found
        }
    }

    @Test(arguments: TestDialect.allCases)
    func linesComeNewestFirstWithinTheirPeriod(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let placed = try await place(database)
            let source = placed.source
            let name = placed.containerName
            var position = LogLines.Position.start
            let texts = ["one", "two", "three", "Grüße \u{1F44B} '; DROP TABLE log_lines"]
            let stored = zip([1_000_000, 2_000_000, 2_000_000, 3_000_000] as [Int64], texts).map {
                LogLines.Line(atMicroseconds: $0, stream: 1, text: $1)
            }
            for line in stored { position = position.after(line) }
            #expect(position == LogLines.Position(atMicroseconds: 3_000_000, sameInstant: 1))
            try await database.transaction { tx in
                try LogLines.append(stored, of: source, after: .start, in: tx)
            }
            let all = [
                "3000000 \(name) \(texts[3])", "2000000 \(name) three", "2000000 \(name) two", "1000000 \(name) one",
            ]
            #expect(try await lines(database, .service(source.serviceID)) == all)
            #expect(try await lines(database, .container(source.containerID)) == all)
            #expect(try await lines(database, .container(source.containerID + 1)).isEmpty)
            #expect(try await lines(database, .service(source.serviceID), limit: 1) == [all[0]])
            #expect(
                try await lines(
                    database, .service(source.serviceID), from: Moment(milliseconds: 2000),
                    to: Moment(milliseconds: 2000)) == [all[1], all[2]])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func periodsBeyondAllTimeAnswerNothingOrEverything(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let source = try await place(database).source
            try await database.transaction { tx in
                try LogLines.append(
                    [LogLines.Line(atMicroseconds: 5, stream: 2, text: "x")], of: source, after: .start, in: tx)
            }
            let far = Moment(milliseconds: .max)
            #expect(try await lines(database, .service(source.serviceID), from: far).isEmpty)
            #expect(try await lines(database, .service(source.serviceID), to: far).count == 1)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func thePositionIsRememberedAndMovesOn(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let source = try await place(database).source
            let first = try await database.read { try LogLines.position(instanceID: source.instanceID, in: $0) }
            #expect(first == .start)
            var base = LogLines.Position.start
            for (time, expected) in [(5, 1), (5, 2), (4, 2), (6, 1)] as [(Int64, Int64)] {
                let (before, line) = (base, LogLines.Line(atMicroseconds: time, stream: 1, text: "x"))
                try await database.transaction { try LogLines.append([line], of: source, after: before, in: $0) }
                base = try await database.read { try LogLines.position(instanceID: source.instanceID, in: $0) }
                // A line that comes late does not move it back.
                #expect(base == LogLines.Position(atMicroseconds: max(5, time), sameInstant: expected))
            }
            #expect(try await lines(database, .service(source.serviceID)).count == 4)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whatIsStoredAlreadyIsLeftOut(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let source = try await place(database).source
            let all = [1, 2, 2, 2, 3].enumerated().map {
                LogLines.Line(atMicroseconds: $1, stream: 1, text: "line \($0)")
            }
            for part in [all[..<3], all[..<2], all[...], all[...]] {
                try await database.transaction {
                    try LogLines.append(Array(part), of: source, after: .start, in: $0)
                }
            }
            let found = try await lines(database, .service(source.serviceID))
            #expect(found.map { $0.suffix(1) } == ["4", "3", "2", "1", "0"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func oldLinesGoOldestFirstAndNeverMoreThanAsked(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let source = try await place(database).source
            let all = (1...4).map { LogLines.Line(atMicroseconds: Int64($0) * 1000, stream: 1, text: "\($0)") }
            try await database.transaction { try LogLines.append(all, of: source, after: .start, in: $0) }
            var removed: [Int] = []
            for _ in 0..<3 {
                removed.append(
                    try await database.transaction {
                        try LogLines.expire(before: Moment(milliseconds: 4), atMost: 2, in: $0)
                    })
            }
            #expect(removed == [2, 1, 0])
            #expect(try await lines(database, .service(source.serviceID)).count == 1)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func samplesOfOneBucketAreAveraged(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let id = try await place(database).source.containerID
            let start = Moment(milliseconds: 1_790_000_010_000)
            let next = Moment(milliseconds: 1_790_000_040_000)
            try await database.transaction { tx in
                for (at, cpu) in [
                    (start, 100 as Int64), (start.advanced(by: .seconds(10)), 200), (next, 50),
                ] {
                    try Metrics.add(
                        containerID: id, at: at, cpuMilli: cpu, memoryKiB: cpu * 10, memoryLimitKiB: 4096, in: tx)
                }
            }
            let (points, latest, coarse) = try await database.read { connection in
                (
                    try Metrics.recent(containerID: id, since: start, in: connection),
                    try Metrics.latest(containers: [id, id + 1], since: start, in: connection),
                    try connection.rows(
                        """
                        SELECT samples FROM metric_samples
                        WHERE width_s = \(SignalLimits.metricCoarseSeconds) ORDER BY bucket_at
                        """
                    ) { $0.int(0) }
                )
            }
            #expect(points.map(\.at) == [start, next])
            #expect(points.map(\.cpuMilli) == [150, 50])
            #expect(points.map(\.memoryKiB) == [1500, 500])
            #expect(points.map(\.memoryLimitKiB) == [4096, 4096])
            #expect(latest == [id: points[1]])
            #expect(coarse == [3])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func fineBucketsGoBeforeCoarseOnes(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let id = try await place(database).source.containerID
            let start = Moment(milliseconds: 1_790_000_000_000)
            try await database.transaction {
                try Metrics.add(
                    containerID: id, at: start, cpuMilli: 1, memoryKiB: 1, memoryLimitKiB: 1, in: $0)
            }
            var removed: [Int] = []
            for hours in [1, 7, 24, 24 * 15] {
                removed.append(
                    try await database.transaction {
                        try Metrics.expire(now: start.advanced(by: .seconds(hours * 3600)), in: $0)
                    })
            }
            #expect(removed == [0, 1, 0, 1])
        }
    }
}
