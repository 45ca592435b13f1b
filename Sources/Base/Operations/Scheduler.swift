package import Basics
package import Logging
package import SQL
import Synchronization

/// Runs reconcilers when their timers are due. Any number of schedulers may share one database: a tick belongs to
/// whoever claims its row. Ticks that were missed while nobody ran become one.
package final class Scheduler: Sendable {
    private let store: TimerStore
    private let reconcilers: [String: any Reconciler]
    private let poll: Duration
    private let monotonic: @Sendable () -> Duration
    private let logger: Logger
    private let signal = Signal()
    private let running = Mutex<Set<String>>([])

    package init(
        database: any Database, reconcilers: [any Reconciler], lease: Duration = .seconds(15),
        poll: Duration = .seconds(2), clock: any WallClock = SystemWallClock(),
        monotonic: @escaping @Sendable () -> Duration = Monotonic.now, name: String, logger: Logger
    ) {
        store = TimerStore(database: database, worker: "\(name)-\(Random.token(8))", lease: lease, clock: clock)
        self.reconcilers = Dictionary(reconcilers.map { (type(of: $0).name, $0) }) { first, _ in first }
        self.poll = poll
        self.monotonic = monotonic
        self.logger = logger
    }

    /// Works until the task is cancelled; ticks that run then are cancelled and due again at once.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { [self] in await signal.follow(store.database.wakeUps(.operations)) }
            group.addTask { [self] in await dispatch() }
            await group.waitForAll()
        }
    }

    private func dispatch() async {
        var isRegistered = false
        var guardian = ClockGuard(lease: store.lease, clock: store.clock, monotonic: monotonic)
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                var pause = poll
                do {
                    if !isRegistered {
                        try await store.register(reconcilers.values.map { (type(of: $0).name, $0.every) })
                        isRegistered = true
                    }
                    _ = guardian.wasSetBack()
                    let idle = running.withLock { running in reconcilers.keys.filter { !running.contains($0) } }
                    let ticks = try await store.claim(idle.sorted(), expired: guardian.expiry())
                    for tick in ticks {
                        guard let reconciler = reconcilers[tick.name] else { continue }
                        running.withLock { _ = $0.insert(tick.name) }
                        group.addTask { [self] in await perform(tick, reconciler) }
                    }
                    if let due = try await store.nextDue() {
                        let wait = due.milliseconds - store.clock.now().milliseconds
                        pause = min(pause, .milliseconds(max(wait, 10)))
                    }
                } catch {
                    if Task.isCancelled { return }
                    logger.error("cannot claim timers", metadata: ["error": "\(Fault(wrapping: error).logLine)"])
                }
                await signal.wait(atMost: pause)
                guardian.waited(pause)
            }
        }
    }

    private func perform(_ tick: TimerTick, _ reconciler: any Reconciler) async {
        var logger = logger
        logger[metadataKey: "timer"] = "\(tick.name)"
        let work = Task { [logger] in await Self.activate(reconciler, logger) }
        let keeper = Task { await keep(tick) { work.cancel() } }
        let report = await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            work.cancel()
        }
        keeper.cancel()
        let (store, stopped) = (store, Task.isCancelled)
        // Not in this task, which may be cancelled.
        let end = Task {
            do {
                if stopped { try await store.release(tick) } else { try await store.finish(tick, report: report) }
            } catch {
                logger.warning("timer not finished", metadata: ["error": "\(Fault(wrapping: error).logLine)"])
            }
        }
        await end.value
        running.withLock { _ = $0.remove(tick.name) }
        signal.raise()
    }

    /// Renews the lease of a tick; calls `lost` when it is somebody else's, or when it could not be renewed in time.
    private func keep(_ tick: TimerTick, _ lost: @Sendable () -> Void) async {
        var validUntil = monotonic() + store.lease
        while true {
            do { try await Task.sleep(for: store.lease / 3) } catch { return }
            let begun = monotonic()
            do {
                guard try await store.renew(tick) else { return lost() }
                validUntil = begun + store.lease
            } catch {
                if monotonic() >= validUntil { return lost() }
            }
        }
    }

    private static func activate(_ reconciler: any Reconciler, _ logger: Logger) async -> String {
        do {
            return try await reconciler.reportText(logger: logger)
        } catch {
            let fault = Fault(wrapping: error)
            logger.error("tick failed", metadata: ["error": "\(fault.logLine)"])
            return (try? JSONText.encode(["error": fault.logLine])) ?? "{}"
        }
    }
}

extension Reconciler {
    /// The report of one activation as JSON.
    func reportText(logger: Logger) async throws -> String {
        try JSONText.encode(try await activate(logger: logger))
    }
}

/// One tick of a timer in the hands of one scheduler.
struct TimerTick: Sendable {
    let name: String
    let fence: Int64
    let dueAt: Moment
    let everyMS: Int64
}

/// The statements of ``Scheduler``.
struct TimerStore: Sendable {
    let database: any Database
    let worker: String
    let lease: Duration
    let clock: any WallClock

    func register(_ timers: [(name: String, every: Duration)]) async throws {
        let now = clock.now()
        try await database.transaction { tx in
            for (name, every) in timers {
                let (seconds, attoseconds) = every.components
                let milliseconds = max(seconds * 1000 + attoseconds / 1_000_000_000_000_000, 1)
                try tx.run(
                    """
                    INSERT INTO timers (name, due_at, every_ms) VALUES (\(name), \(now), \(milliseconds))
                    ON CONFLICT (name) DO UPDATE SET every_ms = excluded.every_ms
                    """)
            }
        }
    }

    /// Takes the due ones of `names`. A time of the next tick that is further away than two periods and a lease was
    /// written by a clock that was wrong. One period would not do: whoever reads the time a moment before another one
    /// has finished a tick, or whose clock is a little behind, would run that tick again.
    func claim(_ names: [String], expired: OperationStore.Expiry?) async throws -> [TimerTick] {
        let asked = clock.now()
        return try await database.transaction { tx in
            // What is due is not judged by `asked`: while we wait for the database, others may run tick after tick.
            let now = clock.now()
            let expired = expired ?? .between(asked, and: now, lease: lease)
            let until = now.advanced(by: lease)
            return try tx.rows(
                """
                WITH picked AS (
                    SELECT name FROM timers
                    WHERE name IN (\(list: names)) AND (due_at <= \(now) OR due_at > \(until) + 2 * every_ms)
                        AND (lease_until IS NULL OR lease_until <= \(expired.until)
                            OR lease_until > \(expired.beyond))
                    \(.forUpdateSkipLocked)
                )
                UPDATE timers SET fence = fence + 1, worker = \(worker), lease_until = \(until)
                WHERE name IN (SELECT name FROM picked)
                RETURNING name, fence, due_at, every_ms
                """
            ) { TimerTick(name: $0.text(0), fence: $0.int(1), dueAt: $0.moment(2), everyMS: $0.int(3)) }
        }
    }

    func nextDue() async throws -> Moment? {
        let now = clock.now()
        return try await database.read { connection in
            try connection.int("SELECT MIN(due_at) FROM timers WHERE due_at > \(now)")
                .map(Moment.init(milliseconds:))
        }
    }

    func renew(_ tick: TimerTick) async throws -> Bool {
        let until = clock.now().advanced(by: lease)
        return try await database.transaction { tx in
            try tx.run(
                "UPDATE timers SET lease_until = \(until) WHERE name = \(tick.name) AND fence = \(tick.fence)") == 1
        }
    }

    /// Sets the time of the next tick, in step with the earlier ones; when somebody asked for one meanwhile
    /// (``Timers/runSoon(_:in:now:)``), it is that.
    func finish(_ tick: TimerTick, report: String) async throws {
        let now = clock.now()
        let missed = max((now.milliseconds - tick.dueAt.milliseconds) / tick.everyMS, 0)
        let isOdd = tick.dueAt > now
        let next = isOdd ? now.milliseconds + tick.everyMS : tick.dueAt.milliseconds + (missed + 1) * tick.everyMS
        try await database.transaction { tx in
            try tx.run(
                """
                UPDATE timers
                SET due_at = CASE WHEN due_at = \(tick.dueAt) THEN CAST(\(next) AS BIGINT) ELSE due_at END,
                    lease_until = NULL, worker = NULL, last_finished_at = \(now), last_report = \(report)
                WHERE name = \(tick.name) AND fence = \(tick.fence)
                """)
        }
    }

    func release(_ tick: TimerTick) async throws {
        try await database.transaction { tx in
            try tx.run(
                """
                UPDATE timers SET lease_until = NULL, worker = NULL
                WHERE name = \(tick.name) AND fence = \(tick.fence)
                """)
        }
    }
}
