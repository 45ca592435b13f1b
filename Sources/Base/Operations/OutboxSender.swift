package import Basics
package import Logging
package import SQL
import Synchronization

/// Delivers the messages of the ``Outbox``, each at least once: a message is claimed for the time that one delivery
/// may take, and counts as delivered when that is on record under the same fence.
package final class OutboxSender: Sendable {
    private let store: OutboxStore
    private let deliverers: [String: any OutboxDeliverer]
    private let concurrency: Int
    private let poll: Duration
    private let logger: Logger
    private let signal = Signal()
    private let running = Mutex(0)

    /// - Parameter lease: More than the longest ``OutboxSchedule/timeMax`` of the deliverers.
    package init(
        database: any Database, deliverers: [any OutboxDeliverer], concurrency: Int = 8,
        lease: Duration = .seconds(60), poll: Duration = .seconds(5), clock: any WallClock = SystemWallClock(),
        logger: Logger
    ) {
        let longest = deliverers.map(\.schedule.timeMax).max() ?? .zero
        store = OutboxStore(database: database, lease: max(lease, longest * 2), clock: clock)
        self.deliverers = Dictionary(deliverers.map { ($0.kind, $0) }) { first, _ in first }
        self.concurrency = concurrency
        self.poll = poll
        self.logger = logger
    }

    /// Works until the task is cancelled.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { [self] in await signal.follow(store.database.wakeUps(.outbox)) }
            group.addTask { [self] in await dispatch() }
            await group.waitForAll()
        }
    }

    private func dispatch() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                var pause = poll
                do {
                    let free = concurrency - running.withLock { $0 }
                    let claims = free > 0 ? try await store.claim(free, kinds: deliverers.keys.sorted()) : []
                    for claim in claims {
                        running.withLock { $0 += 1 }
                        group.addTask { [self] in
                            await deliver(claim)
                            running.withLock { $0 -= 1 }
                            signal.raise()
                        }
                    }
                    if claims.count < free, let due = try await store.nextDue() {
                        let wait = due.milliseconds - store.clock.now().milliseconds
                        pause = min(pause, .milliseconds(max(wait, 10)))
                    }
                } catch {
                    if Task.isCancelled { return }
                    logger.error("cannot claim messages", metadata: ["error": "\(Fault(wrapping: error).logLine)"])
                }
                await signal.wait(atMost: pause)
            }
        }
    }

    private func deliver(_ claim: OutboxStore.Claim) async {
        guard let deliverer = deliverers[claim.message.kind] else { return }
        let problem = await attempt(claim.message, deliverer)
        let (store, stopped) = (store, Task.isCancelled)
        // Not in this task, which may be cancelled.
        let end = Task { [logger] in
            let metadata: Logger.Metadata = ["message": "\(claim.message.id)", "kind": "\(claim.message.kind)"]
            do {
                guard let problem else { return try await store.delivered(claim) }
                if stopped { return try await store.release(claim) }
                let pauses = deliverer.schedule.pauses
                let isDead = ErrorKind(problem) == .permanent || claim.message.attempt >= pauses.count
                let fault = Fault(wrapping: problem)
                var more = metadata
                more["error"] = "\(fault.logLine)"
                logger.log(
                    level: isDead ? .warning : .info, isDead ? "message is dead" : "message waits", metadata: more)
                let pause = isDead ? nil : pauses[claim.message.attempt] * Double.random(in: 0.9...1.1)
                try await store.failed(claim, error: fault.logLine, pause: pause)
            } catch {
                logger.warning("delivery not recorded", metadata: metadata)
            }
        }
        await end.value
    }

    /// One try, bounded in time. Answers the error, if any.
    private func attempt(_ message: OutboxMessage, _ deliverer: any OutboxDeliverer) async -> (any Error)? {
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { try await deliverer.deliver(message) }
                group.addTask {
                    try await Task.sleep(for: deliverer.schedule.timeMax)
                    throw Fault(.unavailable, "The receiver did not answer in time.")
                }
                defer { group.cancelAll() }
                try await group.next()
            }
            return nil
        } catch {
            return error
        }
    }
}

/// The statements of ``OutboxSender``.
struct OutboxStore: Sendable {
    struct Claim: Sendable {
        let message: OutboxMessage
        let fence: Int64
    }

    let database: any Database
    let lease: Duration
    let clock: any WallClock

    func claim(_ limit: Int, kinds: [String]) async throws -> [Claim] {
        let now = clock.now()
        let until = now.advanced(by: lease)
        return try await database.transaction { tx in
            try tx.rows(
                """
                WITH picked AS (
                    SELECT id FROM outbox
                    WHERE state = 'waiting' AND run_after <= \(now) AND kind IN (\(list: kinds))
                        AND (lease_until IS NULL OR lease_until <= \(now))
                    ORDER BY run_after, id LIMIT \(limit) \(.forUpdateSkipLocked)
                )
                UPDATE outbox SET fence = fence + 1, lease_until = \(until)
                WHERE id IN (SELECT id FROM picked)
                RETURNING id, kind, payload, attempt, created_at, fence
                """
            ) { row in
                Claim(
                    message: OutboxMessage(
                        id: row.int(0), kind: row.text(1), payload: row.text(2), attempt: Int(row.int(3)),
                        createdAt: row.moment(4)),
                    fence: row.int(5))
            }
        }
    }

    func nextDue() async throws -> Moment? {
        let now = clock.now()
        return try await database.read { connection in
            try connection.int(
                """
                SELECT run_after FROM outbox
                WHERE state = 'waiting' AND run_after > \(now) ORDER BY run_after, id LIMIT 1
                """
            ).map(Moment.init(milliseconds:))
        }
    }

    func delivered(_ claim: Claim) async throws {
        let now = clock.now()
        try await set(
            "state = 'delivered', delivered_at = \(now), attempt = attempt + 1, last_error = NULL", claim,
            attempt: (now, nil))
    }

    /// Puts the message off for `pause`; nil: nobody will try it again.
    func failed(_ claim: Claim, error: String, pause: Duration?) async throws {
        let next = clock.now().advanced(by: pause ?? .zero)
        try await set(
            """
            state = \(pause == nil ? "dead" : "waiting"), attempt = attempt + 1, run_after = \(next),
            last_error = \(error)
            """, claim, attempt: (clock.now(), error))
    }

    func release(_ claim: Claim) async throws { try await set("attempt = attempt", claim) }

    /// Changes a message that is still ours, and notes the try that is over.
    private func set(_ columns: SQL, _ claim: Claim, attempt: (at: Moment, error: String?)? = nil) async throws {
        try await database.transaction { tx in
            let count = try tx.run(
                """
                UPDATE outbox SET \(columns), lease_until = NULL
                WHERE id = \(claim.message.id) AND fence = \(claim.fence) AND state = 'waiting'
                """)
            guard count > 0, let attempt else { return }
            try tx.run(
                """
                INSERT INTO outbox_attempts (message_id, number, at, error)
                SELECT \(claim.message.id), COUNT(*) + 1, \(attempt.at), \(attempt.error) FROM outbox_attempts
                WHERE message_id = \(claim.message.id)
                """)
        }
    }
}
