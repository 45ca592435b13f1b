import Basics
import Logging
import Operations
import SQL
import Synchronization
import TestKit
import Testing

private struct RecordingDeliverer: OutboxDeliverer {
    let kind = "test"
    var schedule = OutboxSchedule(pauses: [.seconds(5), .seconds(30), .seconds(300)], timeMax: .milliseconds(200))
    let answers: Answers

    func deliver(_ message: OutboxMessage) async throws {
        let text = try message.decode(String.self)
        answers.log.withLock { $0.append("\(text) \(message.attempt)") }
        if answers.hangs.withLock({ $0 }) { try await Task.sleep(for: .seconds(60)) }
        if let error = answers.errors.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw error }
    }
}

private final class Answers: Sendable {
    let log = Mutex<[String]>([])
    let errors = Mutex<[any Error]>([])
    let hangs = Mutex(false)
}

struct OutboxTests {
    private struct Odd: Error {}

    /// Runs senders until no message waits, moving the clock on.
    private func deliver(
        _ database: TestDatabase, _ clock: ManualWallClock, _ answers: Answers, senders: Int = 1,
        until done: @Sendable () async throws -> Bool
    ) async throws {
        let tasks = (0..<senders).map { _ in
            let sender = OutboxSender(
                database: database, deliverers: [RecordingDeliverer(answers: answers)], poll: .milliseconds(5),
                clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            return Task { await sender.run() }
        }
        let deadline = ContinuousClock.now + .seconds(20)
        while try await !done() {
            guard ContinuousClock.now < deadline else { throw Fault(.unavailable, "It did not happen in time.") }
            try await Task.sleep(for: .milliseconds(10))
            clock.advance(by: .seconds(1))
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    private func count(_ database: TestDatabase, _ state: String) async throws -> Int64 {
        try await database.read { try $0.int("SELECT COUNT(*) FROM outbox WHERE state = \(state)") ?? 0 }
    }

    @Test(arguments: TestDialect.allCases)
    func messagesAreDeliveredOnceByManySenders(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let (clock, answers) = (ManualWallClock(), Answers())
            let now = clock.now()
            try await database.transaction { tx in
                for number in 0..<40 { try Outbox.enqueue("test", "m\(number)", in: tx, now: now) }
                try Outbox.enqueue("unknown", "x", in: tx, now: now)
            }
            try await deliver(database, clock, answers, senders: 3) { try await count(database, "delivered") == 40 }
            #expect(Set(answers.log.withLock { $0 }).count == 40)
            #expect(answers.log.withLock { $0.count } == 40)
            #expect(try await count(database, "waiting") == 1)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aMessageIsTriedAgainAndDiesAfterTheLastTry(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let (clock, answers) = (ManualWallClock(), Answers())
            answers.errors.withLock { $0 = [Odd(), Fault(.unavailable, "Down."), Odd(), Odd()] }
            let now = clock.now()
            let id = try await database.transaction { try Outbox.enqueue("test", "m", in: $0, now: now) }
            try await deliver(database, clock, answers) { try await count(database, "dead") == 1 }
            #expect(answers.log.withLock { $0 } == ["m 0", "m 1", "m 2", "m 3"])
            // 5 + 30 + 300 s, each ± 10 %.
            #expect(clock.now().milliseconds - now.milliseconds > 300_000)
            let later = clock.now()
            #expect(try await database.transaction { try Outbox.revive(id, in: $0, now: later) })
            try await deliver(database, clock, answers) { try await count(database, "delivered") == 1 }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aPermanentErrorKillsAtOnceAndAHangingReceiverCountsAsFailed(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let (clock, answers) = (ManualWallClock(), Answers())
            answers.errors.withLock { $0 = [Fault(.invalid, "The address is gone.")] }
            let now = clock.now()
            try await database.transaction { _ = try Outbox.enqueue("test", "m", in: $0, now: now) }
            try await deliver(database, clock, answers) { try await count(database, "dead") == 1 }
            #expect(answers.log.withLock { $0 } == ["m 0"])
            answers.hangs.withLock { $0 = true }
            try await database.transaction { _ = try Outbox.enqueue("test", "n", in: $0, now: now) }
            try await deliver(database, clock, answers) {
                try await database.read {
                    try $0.int("SELECT COUNT(*) FROM outbox WHERE last_error LIKE '%did not answer in time%'") == 1
                }
            }
        }
    }
}
