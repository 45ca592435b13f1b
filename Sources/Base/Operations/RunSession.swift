import Basics
import Logging
import SQL
import Synchronization

/// The state of one run: what is recorded, what is to be recorded, how to undo it, and why the run must stop.
///
/// A step's result is not written at once but together with the next write of the run – usually the start of the
/// next step, or the end of the operation – which halves the number of transactions. Dying in between only means
/// that an idempotent effect is done again. While other steps are in flight results are written at once.
final class RunSession: Sendable {
    /// Why a run stops before its workflow is through. Workflow code cannot swallow it: every later step stops too.
    enum Interruption: Sendable {
        case retry(at: Moment)
        case waitingForChildren
        case cancelled
        /// The worker stops.
        case stopping
        /// Somebody else has the operation, or may have: nothing may be written any more.
        case lost
    }

    enum Mode: Sendable {
        case forward
        /// Collects the undo closures of an operation that is being undone.
        case replay
    }

    struct State: Sendable {
        var records: [String: StepRecord] = [:]
        var visited: Set<String> = []
        var nextPosition: Int64 = 1
        var pending: [StepWrite] = []
        var undos: [UndoEntry] = []
        var interruption: Interruption?
        /// Steps whose effect runs, with the monotonic time of its start.
        var inFlight: [String: Duration] = [:]
        var validUntil: Duration
        var stopping = false
        /// A step took longer than allowed and was cancelled.
        var timedOut = false
        /// A step failed for good: whatever is thrown next is not transient.
        var exhausted = false
        /// Something was recorded as done in this run.
        var progressed = false
        /// Number of changes made for later.
        var writes: Int64 = 0
        /// The last write of the run is on its way.
        var ending = false
    }

    let claim: Claim
    let kind: WorkflowKind
    let store: OperationStore
    let logger: Logger
    let failpoints: Failpoints
    let counters: CounterBox
    let monotonic: @Sendable () -> Duration
    let state: Mutex<State>
    let mode: Mutex<Mode>

    var clock: any WallClock { store.clock }

    init(
        claim: Claim, kind: WorkflowKind, store: OperationStore, logger: Logger, failpoints: Failpoints,
        counters: CounterBox, validUntil: Duration, monotonic: @escaping @Sendable () -> Duration
    ) {
        self.claim = claim
        self.kind = kind
        self.store = store
        self.logger = logger
        self.failpoints = failpoints
        self.counters = counters
        self.monotonic = monotonic
        state = Mutex(State(validUntil: validUntil))
        mode = Mutex(claim.state == .undoing ? .replay : .forward)
    }

    /// Notes why the run stops; the first reason stays, except that a lost operation is lost.
    func interrupt(_ reason: Interruption) {
        state.withLock { state in
            if case .lost = reason { state.interruption = reason }
            if state.interruption == nil { state.interruption = reason }
        }
    }

    var interruption: Interruption? { state.withLock { $0.interruption } }

    /// What a step throws when the run must stop: cancellation is what ordinary code lets pass.
    func stop(_ reason: Interruption) -> CancellationError {
        interrupt(reason)
        return CancellationError()
    }

    /// Begins a step: answers its record, or nil when it never began.
    func enter(_ name: String) throws -> StepRecord? {
        let replay = mode.withLock { $0 == .replay }
        return try state.withLock { state in
            if state.interruption != nil { throw CancellationError() }
            guard state.visited.insert(name).inserted, !name.hasPrefix(UndoEntry.prefix) else {
                throw Fault(.bug, "The workflow \(kind.name) has two steps named \(name).")
            }
            if let record = state.records[name] { return record }
            // Nothing of what follows ever happened: the replay is through.
            if replay { throw CancellationError() }
            return nil
        }
    }

    /// Throws when nothing new may be begun.
    func mayBegin() throws {
        let (stopping, validUntil) = state.withLock { ($0.stopping, $0.validUntil) }
        if stopping { throw stop(.stopping) }
        if monotonic() >= validUntil { throw stop(.lost) }
    }

    /// One transaction that happens only if the operation is still ours. Also writes what waits to be written.
    /// - Parameters:
    ///   - changes: More columns of the operation to set.
    ///   - fresh: Whether tries and crashes are counted from zero again; by default after progress.
    @discardableResult
    func fenced<T: Sendable>(
        _ changes: SQL? = nil, fresh: Bool? = nil, _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        let now = clock.now()
        let (pending, progress) = state.withLock { ($0.pending, $0.pending.contains(where: \.isProgress)) }
        let reset: SQL = fresh ?? progress ? ", attempt = 0, crashes = 0" : ""
        let more: SQL = changes.map { ", \($0)" } ?? ""
        let set: SQL = "updated_at = \(now)\(reset)\(more)"
        var tries = 0
        while true {
            do {
                let result = try await Self.uncancelled { [claim, store] in
                    try await store.database.transaction { tx in
                        let mine = try tx.run(
                            """
                            UPDATE operations SET \(set)
                            WHERE id = \(claim.id) AND fence = \(claim.fence) AND state IN ('running', 'undoing')
                            """)
                        guard mine == 1 else { throw FenceLost() }
                        for write in pending { try write.store(operation: claim.id, in: tx) }
                        return try body(tx)
                    }
                }
                try await written(pending)
                return result
            } catch is FenceLost {
                counters.add { $0.refusedWrites += 1 }
                throw stop(.lost)
            } catch DatabaseProblem.unavailable(let detail) {
                tries += 1
                try await pauseForDatabase(tries, detail)
            }
        }
    }

    /// The database does not answer: waits a little, as long as the lease holds.
    private func pauseForDatabase(_ tries: Int, _ detail: String) async throws {
        let (stopping, validUntil) = state.withLock { ($0.stopping, $0.validUntil) }
        guard monotonic() < validUntil, !stopping || tries < 10 else { throw stop(.lost) }
        logger.warning("database unavailable, writing again", metadata: ["detail": "\(detail)", "try": "\(tries)"])
        let pause = Duration.milliseconds(min(50 << min(tries, 6), 2000))
        try await Self.uncancelled { try await Task.sleep(for: pause) }
    }

    private func written(_ pending: [StepWrite]) async throws {
        guard !pending.isEmpty else { return }
        state.withLock { state in
            state.pending.removeAll { waiting in pending.contains { $0.serial == waiting.serial } }
            if pending.contains(where: \.isProgress) { state.progressed = true }
        }
        let ending = state.withLock { $0.ending }
        for step in pending.compactMap(\.recordedStep) {
            do { try await hit(step, "after_record") } catch  where ending && !(error is Failpoints.Crash) {}
        }
    }

    /// Whether the operation got further in this run.
    var gotFurther: Bool { state.withLock { $0.progressed || $0.pending.contains(where: \.isProgress) } }

    func hit(_ step: String, _ point: StaticString) async throws {
        do { try await failpoints.hit("\(kind.name).\(step).\(point)") } catch let crash as Failpoints.Crash {
            interrupt(.lost)
            throw crash
        }
    }

    /// Runs `body` even when the task is cancelled: what was done must be written down.
    static func uncancelled<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        while true {
            if Task.isCancelled { return try await Task { try await body() }.value }
            do { return try await body() } catch is CancellationError where Task.isCancelled { continue }
        }
    }
}

/// Somebody else has the operation.
struct FenceLost: Error {}
