import Synchronization

/// What a worker did since it was made.
package struct OperationCounters: Sendable, Hashable {
    /// Runs begun.
    package var claimed = 0
    /// Operations ended, by how.
    package var completed = 0
    package var failed = 0
    package var cancelled = 0
    /// Runs that ended with a pause because of a transient error.
    package var retries = 0
    /// Runs given back because the worker stops.
    package var released = 0
    /// Writes refused because somebody else has the operation now.
    package var refusedWrites = 0
    /// Leases lost before the run ended.
    package var lostLeases = 0
    /// Undo steps that failed and will be tried again.
    package var undoFailures = 0
    /// Operations running now.
    package var running = 0
}

/// Counters that many runs add to.
final class CounterBox: Sendable {
    private let counters = Mutex(OperationCounters())

    var values: OperationCounters { counters.withLock { $0 } }

    func add(_ change: (inout OperationCounters) -> Void) { counters.withLock { change(&$0) } }
}
