package import Basics
package import Logging
package import SQL
import Synchronization

/// Runs operations: claims what may run, keeps its leases, and gives back what it does not finish.
///
/// A worker believes in its lease only as long as its own monotonic clock says so, whatever happens to the wall
/// clock; others take an operation over when the lease in its row is past. What keeps two of them from writing is
/// neither clock but the fence: every claim raises it, and every write is conditional on it.
package final class Worker: Sendable {
    /// Numbers that the operator may want to change.
    package struct Options: Sendable {
        /// Operations at once.
        package var concurrency = 16
        /// A worker that did not renew for so long has lost its operations to others.
        package var lease: Duration = .seconds(15)
        /// Between two looks when nobody woke us.
        package var poll: Duration = .seconds(2)
        /// A step in which the process died so often is not tried again.
        package var crashesMax = 5
        /// A step that takes longer is cancelled and counts as failed.
        package var stepTimeMax: Duration = .seconds(1800)

        package init() {}
    }

    struct Running: Sendable {
        let session: RunSession
        let task: Task<Void, Never>
    }

    let store: OperationStore
    let workflows: [String: any Workflow]
    let options: Options
    let monotonic: @Sendable () -> Duration
    let failpoints: Failpoints
    let logger: Logger
    let box = CounterBox()
    let runs = Mutex<[RunKey: Running]>([:])
    let signal = Signal()

    /// - Parameters:
    ///   - name: For people; the worker makes it unique.
    ///   - monotonic: Time since some start that no change of the wall clock touches.
    package init(
        database: any Database, workflows: [any Workflow], options: Options = Options(),
        clock: any WallClock = SystemWallClock(), monotonic: @escaping @Sendable () -> Duration = Monotonic.now,
        name: String, failpoints: Failpoints = .environment, logger: Logger
    ) {
        store = OperationStore(
            database: database, worker: "\(name)-\(Random.token(8))", lease: options.lease, clock: clock)
        self.workflows = Dictionary(workflows.map { (type(of: $0).kind.name, $0) }) { first, _ in first }
        self.options = options
        self.monotonic = monotonic
        self.failpoints = failpoints
        self.logger = logger
    }

    /// What was done so far.
    package var counters: OperationCounters {
        var values = box.values
        values.running = runs.withLock { $0.count }
        return values
    }

    /// Works until the task is cancelled, then gives back what is unfinished, so that others take it at once.
    package func run() async {
        let keeper = Task { await keepLeases() }
        await withTaskGroup { group in
            group.addTask { [self] in await signal.follow(store.database.wakeUps(.operations)) }
            group.addTask { [self] in await dispatch() }
            await group.waitForAll()
        }
        let left = runs.withLock { Array($0.values) }
        for run in left {
            run.session.state.withLock { $0.stopping = true }
            run.task.cancel()
        }
        for run in left { await run.task.value }
        keeper.cancel()
        await keeper.value
    }

    private func dispatch() async {
        var guardian = ClockGuard(lease: options.lease, clock: store.clock, monotonic: monotonic)
        var failures = 0
        while !Task.isCancelled {
            let free = options.concurrency - runs.withLock { $0.count }
            var pause = options.poll
            do {
                if guardian.wasSetBack() { try await store.forgetOldClock() }
                if free > 0 {
                    let begun = monotonic()
                    let claims = try await store.claim(free, kinds: workflows.keys.sorted(), expired: guardian.expiry())
                    for claim in claims { start(claim, validUntil: begun + options.lease) }
                    if claims.count < free, let due = try await store.nextDue() {
                        let wait = due.milliseconds - store.clock.now().milliseconds
                        pause = min(pause, .milliseconds(max(wait, 1)))
                    }
                }
                failures = 0
            } catch {
                if Task.isCancelled { return }
                failures += 1
                pause = .milliseconds(min(100 << min(failures, 6), 5000))
                logger.error("cannot claim operations", metadata: ["error": "\(Fault(wrapping: error).logLine)"])
            }
            await signal.wait(atMost: pause)
            guardian.waited(pause)
        }
    }

    private func start(_ claim: Claim, validUntil: Duration) {
        guard let workflow = workflows[claim.kind] else { return }
        var logger = logger
        logger[metadataKey: "operation"] = "\(claim.id)"
        logger[metadataKey: "kind"] = "\(claim.kind)"
        logger[metadataKey: "request"] = "\(claim.requestID)"
        let session = RunSession(
            claim: claim, kind: type(of: workflow).kind, store: store, logger: logger, failpoints: failpoints,
            counters: box, validUntil: validUntil, monotonic: monotonic)
        let key = RunKey(id: claim.id, fence: claim.fence)
        let started = runs.withLock { runs in
            // Our own lost run of the same operation may still be unwinding.
            if runs.keys.contains(where: { $0.id == claim.id }) { return false }
            runs[key] = Running(session: session, task: Task { await perform(session, workflow, key) })
            return true
        }
        guard !started else { return box.add { $0.claimed += 1 } }
        Task {
            do { try await store.giveBack(claim, runAfter: store.clock.now().advanced(by: .seconds(1))) } catch {
                logger.warning("an operation could not be given back", metadata: ["error": "\(error)"])
            }
        }
    }

    private func perform(_ session: RunSession, _ workflow: any Workflow, _ key: RunKey) async {
        let result = await session.perform(workflow, crashesMax: options.crashesMax)
        box.add { counters in
            switch result {
            case .ended(.completed): counters.completed += 1
            case .ended(.cancelled): counters.cancelled += 1
            case .ended: counters.failed += 1
            case .retry: counters.retries += 1
            case .released: counters.released += 1
            case .waiting, .lost: break
            }
        }
        runs.withLock { $0[key] = nil }
        signal.raise()
    }
}
