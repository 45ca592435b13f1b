import Basics
import Logging
import Operations
import SQL
import Synchronization
import TestKit
import Testing

private struct CountingReconciler: Reconciler {
    struct Report: Codable, Sendable { var activations: Int }

    static let name = "test.counting"
    let every: Duration = .seconds(60)
    let count: CounterCell

    func activate(logger: Logger) async throws -> Report {
        let number = count.next()
        if count.fails.withLock({ $0 }) { throw Fault(.unavailable, "Nobody there.") }
        return Report(activations: number)
    }
}

/// Due with the first look of a scheduler, so its end says that the scheduler has looked.
private struct LookReconciler: Reconciler {
    struct Report: Codable, Sendable {}

    static let name = "test.look"
    let every: Duration = .seconds(60)

    func activate(logger: Logger) async throws -> Report { Report() }
}

private final class CounterCell: Sendable {
    private let count = Mutex(0)
    let fails = Mutex(false)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }

    var value: Int { count.withLock { $0 } }
}

/// A database in which one transaction waits while something happens.
private final class LateDatabase: Database {
    private let base: TestDatabase
    private let number: Int
    private let meanwhile: @Sendable () async throws -> Void
    private let count = Mutex(0)

    init(base: TestDatabase, before number: Int, _ meanwhile: @escaping @Sendable () async throws -> Void) {
        (self.base, self.number, self.meanwhile) = (base, number, meanwhile)
    }

    var dialect: Dialect { base.dialect }
    func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await base.read(body)
    }
    @discardableResult
    func transaction<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        let turn = count.withLock { count in
            count += 1
            return count
        }
        if turn == number { try await meanwhile() }
        return try await base.transaction(body)
    }
    func wakeUps(_ channel: WakeChannel) -> AsyncStream<Void> { base.wakeUps(channel) }
    func wakeCount(_ channel: WakeChannel) -> UInt64 { base.wakeCount(channel) }
    func close() async { await base.close() }
}

struct TimerTests {
    private func scheduler(
        _ database: any Database, _ clock: ManualWallClock, _ cell: CounterCell, and others: [any Reconciler] = []
    ) -> Scheduler {
        Scheduler(
            database: database, reconcilers: [CountingReconciler(count: cell)] + others, poll: .milliseconds(5),
            clock: clock,
            monotonic: { .milliseconds(clock.now().milliseconds) }, name: "test",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func wait(_ what: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while try await !what() {
            guard ContinuousClock.now < deadline else { throw Fault(.unavailable, "It did not happen in time.") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test(arguments: TestDialect.allCases)
    func ticksRunOnceHoweverManySchedulersThereAre(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let (clock, cell) = (ManualWallClock(), CounterCell())
            let tasks = (0..<3).map { _ in Task { await scheduler(database, clock, cell).run() } }
            for tick in 1...5 {
                try await wait {
                    let finished = try await database.read { try Timers.list(in: $0) }.first?.lastFinishedAt
                    return finished == clock.now()
                }
                #expect(cell.value == tick)
                clock.advance(by: .seconds(60))
            }
            for task in tasks { task.cancel() }
            for task in tasks { await task.value }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aSchedulerWhoseClockIsBehindDoesNotRunATickAgain(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let (clock, behind, cell) = (ManualWallClock(), ManualWallClock(), CounterCell())
            clock.advance(by: .seconds(1))
            let first = Task { await scheduler(database, clock, cell).run() }
            try await wait { try await Self.hasEnded(CountingReconciler.name, database) }
            first.cancel()
            await first.value
            let second = Task { await scheduler(database, behind, cell, and: [LookReconciler()]).run() }
            try await wait { try await Self.hasEnded(LookReconciler.name, database) }
            second.cancel()
            await second.value
            #expect(cell.value == 1)
        }
    }

    /// While a scheduler waits for the database, another one may run several ticks.
    @Test(arguments: TestDialect.allCases)
    func aSchedulerThatWaitedForTheDatabaseDoesNotRunATickAgain(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let (clock, cell) = (ManualWallClock(), CounterCell())
            @Sendable func tick() async throws {
                let task = Task { await scheduler(database, clock, cell).run() }
                try await wait {
                    try await database.read { try Timers.list(in: $0) }.first?.lastFinishedAt == clock.now()
                }
                task.cancel()
                await task.value
            }
            try await tick()
            // The first transaction registers, the second claims.
            let late = LateDatabase(base: database, before: 2) {
                clock.advance(by: .seconds(180))
                try await tick()
            }
            let second = Task { await scheduler(late, clock, cell, and: [LookReconciler()]).run() }
            try await wait { try await Self.hasEnded(LookReconciler.name, database) }
            second.cancel()
            await second.value
            #expect(cell.value == 2)
        }
    }

    private static func hasEnded(_ name: String, _ database: TestDatabase) async throws -> Bool {
        try await database.read { try Timers.list(in: $0) }.contains { $0.name == name && $0.lastFinishedAt != nil }
    }

    @Test(arguments: TestDialect.allCases)
    func missedTicksBecomeOneAndTheRhythmStays(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let (clock, cell) = (ManualWallClock(), CounterCell())
            let begin = clock.now()
            let first = Task { await scheduler(database, clock, cell).run() }
            try await wait { try await database.read { try Timers.list(in: $0) }.first?.lastFinishedAt != nil }
            first.cancel()
            await first.value
            clock.advance(by: .seconds(600 + 7))
            let second = Task { await scheduler(database, clock, cell).run() }
            try await wait { try await database.read { try Timers.list(in: $0) }.first?.lastFinishedAt == clock.now() }
            second.cancel()
            await second.value
            let status = try #require(try await database.read { try Timers.list(in: $0) }.first)
            #expect(cell.value == 2)
            #expect(status.dueAt == begin.advanced(by: .seconds(660)))
            #expect(status.lastReport == #"{"activations":2}"#)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aTimerRunsAtOnceWhenAskedAndReportsItsErrors(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let (clock, cell) = (ManualWallClock(), CounterCell())
            let task = Task { await scheduler(database, clock, cell).run() }
            try await wait { try await database.read { try Timers.list(in: $0) }.first?.lastReport != nil }
            cell.fails.withLock { $0 = true }
            clock.advance(by: .seconds(1))
            let now = clock.now()
            try await database.transaction { try Timers.runSoon("test.counting", in: $0, now: now) }
            try await wait { try await database.read { try Timers.list(in: $0) }.first?.lastFinishedAt == now }
            let status = try #require(try await database.read { try Timers.list(in: $0) }.first)
            #expect(status.lastReport == #"{"error":"Nobody there."}"#)
            #expect(cell.value == 2)
            task.cancel()
            await task.value
        }
    }
}
