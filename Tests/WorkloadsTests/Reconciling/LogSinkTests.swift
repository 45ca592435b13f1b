import Basics
import Fleet
import Logging
import SQL
import Signals
import Synchronization
import TestKit
import Testing

@testable import Workloads

/// No line is lost and none is stored twice, whatever the database does meanwhile.
struct LogSinkTests {
    private let source = LogLines.Source(serviceID: 1, containerID: 2, instanceID: 3)
    private let logger = Logger(label: "test")

    @Test(arguments: TestDialect.allCases)
    func linesThatTheDatabaseRefusedAreStoredLater(dialect: TestDialect) async throws {
        try await withFlaky(dialect) { database in
            let sink = LogSink(database: database, logger: logger)
            database.mood = .refusing
            await sink.follow(source, engine: FakeLog(1...3), container: "c")
            try await expectStored([], database)
            // The connection to the engine is lost meanwhile, so its log is followed anew.
            await sink.follow(source, engine: FakeLog(1...5), container: "c")
            #expect(await sink.pendingLines == 5)
            database.mood = .well
            #expect(await sink.flush())
            #expect(await sink.pendingLines == 0)
            await sink.follow(source, engine: FakeLog(1...6), container: "c")
            try await expectStored(Array(1...6), database)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aCommitWhoseAnswerWasLostIsNotDoneTwice(dialect: TestDialect) async throws {
        try await withFlaky(dialect) { database in
            let sink = LogSink(database: database, logger: logger)
            database.mood = .losingAnswers
            await sink.follow(source, engine: FakeLog(1...3), container: "c")
            #expect(await sink.pendingLines == 3)
            await sink.follow(source, engine: FakeLog(1...5), container: "c")
            database.mood = .well
            #expect(await sink.flush())
            try await expectStored(Array(1...5), database)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func twoWatchersOfOneZoneStoreEachLineOnce(dialect: TestDialect) async throws {
        try await withFlaky(dialect) { database in
            await withTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask { [source, logger] in
                        let sink = LogSink(database: database, logger: logger)
                        await sink.follow(source, engine: FakeLog(1...1200), container: "c")
                    }
                }
            }
            try await expectStored(Array(1...1200), database)
        }
    }

    @Test func aFollowerWaitsWhenTooMuchIsPending() async throws {
        try await withFlaky(.sqlite) { database in
            let sink = LogSink(database: database, logger: logger, linesMax: 10)
            let log = FakeLog(1...25)
            database.mood = .refusing
            let following = Task { [source] in await sink.follow(source, engine: log, container: "c") }
            // At the second refusal the follower has waited once.
            var refusals = 0
            for await _ in database.refusals {
                refusals += 1
                if refusals == 2 { break }
            }
            #expect(await sink.pendingLines == 10)
            #expect(log.read == 10)
            database.mood = .well
            await following.value
            try await expectStored(Array(1...25), database)
        }
    }

    /// It should not happen; when it does, the other containers' logs must not wait behind it for ever.
    @Test func linesThatCanNeverBeStoredDoNotHoldUpTheRest() async throws {
        try await withFlaky(.sqlite) { database in
            let sink = LogSink(database: database, logger: logger)
            database.mood = .refusingForGood
            await sink.follow(source, engine: FakeLog(1...3), container: "c")
            database.mood = .well
            let other = LogLines.Source(serviceID: 1, containerID: 2, instanceID: 4)
            await sink.follow(other, engine: FakeLog(7...9), container: "d")
            try await expectStored([7, 8, 9], database)
        }
    }

    private func withFlaky(_ dialect: TestDialect, _ body: (FlakyDatabase) async throws -> Void) async throws {
        try await withDatabase(dialect) { try await body(FlakyDatabase($0)) }
    }

    /// Compares the numbers of the stored lines, in the order in which they were stored.
    private func expectStored(_ numbers: [Int64], _ database: FlakyDatabase) async throws {
        let stored = try await database.read { connection in
            try connection.rows("SELECT line FROM log_lines ORDER BY id") { Int64($0.text(0)) ?? 0 }
        }
        #expect(stored == numbers)
    }
}

/// A database that can be told to misbehave.
private final class FlakyDatabase: Database {
    enum Mood: Sendable {
        case well
        case refusing
        /// Nothing of what it is told will ever do.
        case refusingForGood
        /// Stores, and then the connection is lost.
        case losingAnswers
    }

    /// One element per refusal.
    let refusals: AsyncStream<Void>
    private let refused: AsyncStream<Void>.Continuation
    private let base: any Database
    private let state = Mutex(Mood.well)

    init(_ base: any Database) {
        self.base = base
        (refusals, refused) = AsyncStream.makeStream()
    }

    var mood: Mood {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    var dialect: Dialect { base.dialect }

    func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await base.read(body)
    }

    func transaction<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        switch mood {
        case .well: return try await base.transaction(body)
        case .refusing:
            refused.yield()
            throw DatabaseProblem.unavailable(detail: "away")
        case .refusingForGood: throw DatabaseProblem.notAllowed(detail: "never")
        case .losingAnswers:
            try await base.transaction(body)
            throw DatabaseProblem.unavailable(detail: "no answer")
        }
    }

    func wakeUps(_ channel: WakeChannel) -> AsyncStream<Void> { base.wakeUps(channel) }
    func wakeCount(_ channel: WakeChannel) -> UInt64 { base.wakeCount(channel) }
    func close() async { await base.close() }
}

/// An engine whose container wrote numbers, two in the same µs, and ended.
private final class FakeLog: EngineWatch {
    private let numbers: ClosedRange<Int64>
    private let next: Mutex<Int64>

    init(_ numbers: ClosedRange<Int64>) {
        self.numbers = numbers
        next = Mutex(numbers.lowerBound)
    }

    /// How many lines were fetched.
    var read: Int64 { next.withLock { min($0, numbers.upperBound + 1) } - numbers.lowerBound }

    func logs(of container: String, sinceMicroseconds: Int64) -> AsyncThrowingStream<EngineLogLine, any Error> {
        AsyncThrowingStream { [self] in
            while true {
                let number = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                guard number <= numbers.upperBound else { return nil }
                if number / 2 < sinceMicroseconds { continue }
                return EngineLogLine(atMicroseconds: number / 2, stream: 1, line: "\(number)")
            }
        }
    }

    func events(since: Moment, label key: String, value: String) -> AsyncThrowingStream<EngineEvent, any Error> {
        AsyncThrowingStream { $0.finish() }
    }

    func sample(of container: String) async throws -> EngineSample? { nil }
    func processes(of container: String) async throws -> ProcessTable { ProcessTable(titles: [], rows: []) }
}
