import Synchronization

/// Ends what takes longer than its time, with one timer for all of it.
///
/// A timer for each would be the obvious way, but a `Task.sleep` that was cancelled keeps its memory, about 750 bytes,
/// until its time has come: with 30 s and 9 000 requests a second that is 200 MB of timers for bodies that were read.
final class BodyDeadlines: Sendable {
    private struct Entry {
        let until: ContinuousClock.Instant
        let end: @Sendable () -> Void
    }

    private struct State {
        var last: UInt64 = 0
        var entries: [UInt64: Entry] = [:]
        var isTicking = false
    }

    private let time: Duration
    /// What is late is noticed this much later.
    private let tick: Duration
    private let state = Mutex(State())

    /// `time` is what each ``run(_:)`` may take.
    init(time: Duration) {
        self.time = time
        tick = min(time / 4, .seconds(1))
    }

    /// How many are running. For tests.
    var running: Int { state.withLock { $0.entries.count } }

    /// The outcome of `body`; nil when its time was over, and then `body` was cancelled.
    func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T? {
        let task = Task { try await body() }
        let number = add { task.cancel() }
        defer { remove(number) }
        let outcome = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        try Task.checkCancellation()
        // What a cancelled read returns may be the beginning of a body.
        return task.isCancelled ? nil : try outcome.get()
    }

    private func add(_ end: @escaping @Sendable () -> Void) -> UInt64 {
        let (number, mustTick) = state.withLock { state in
            state.last &+= 1
            state.entries[state.last] = Entry(until: .now + time, end: end)
            defer { state.isTicking = true }
            return (state.last, !state.isTicking)
        }
        if mustTick { Task { [self] in await watch() } }
        return number
    }

    private func remove(_ number: UInt64) { state.withLock { $0.entries[number] = nil } }

    /// Looks until there is nothing to look at.
    private func watch() async {
        while true {
            try? await Task.sleep(for: tick)
            let now = ContinuousClock.now
            let (late, isDone) = state.withLock { state in
                if state.entries.isEmpty { state.isTicking = false }
                return (state.entries.values.filter { $0.until <= now }, !state.isTicking)
            }
            for entry in late { entry.end() }
            if isDone { return }
        }
    }
}
