import Basics
import Logging
import SQL
import Synchronization

/// How undoing went.
enum UndoOutcome: Sendable {
    case clean
    /// Something is left over; try again at `at`. `attention` is for the operator once it does not look temporary.
    case leftOver(at: Moment, attention: String?)
    /// See ``RunSession/interruption``.
    case interrupted
}

/// A child of an operation that is being undone still lives.
struct ChildLives: Error {}

extension RunSession {
    /// Failures in a row after which an undo step is shown to the operator even if the error is temporary.
    private static let quietFailuresMax = 3

    /// Undoes the steps that were done, or may have been, in reverse order. What cannot be undone now stops it: an
    /// earlier step's thing may still be in use by a later one's.
    func undoAll() async -> UndoOutcome {
        let (entries, records) = state.withLock { state in
            state.inFlight = [:]
            return (state.undos, state.records)
        }
        func position(_ entry: UndoEntry) -> Int64 { records[entry.step]?.position ?? 0 }
        for entry in entries.sorted(by: { position($0) > position($1) }) {
            guard let record = records[entry.step], records[entry.record]?.state != .done else { continue }
            do {
                switch entry.action {
                case .effect(let undo):
                    try await undoEffect(entry, output: record.state == .done ? record.output : nil, undo)
                case .change(let undo):
                    guard record.state == .done, let output = record.output else { continue }
                    try await undoChange(entry, output: output, undo)
                }
            } catch {
                return await leftOver(entry, error, entries: entries)
            }
        }
        return forgotten()
    }

    private func undoEffect(
        _ entry: UndoEntry, output: String?, _ undo: @Sendable (String?) async throws -> Void
    ) async throws {
        try mayBegin()
        _ = try await begin(entry.record, state.withLock { $0.records[entry.record] })
        state.withLock { $0.inFlight[entry.record] = monotonic() }
        defer { state.withLock { $0.inFlight[entry.record] = nil } }
        try await hit(entry.record, "before")
        try await undo(output)
        try await hit(entry.record, "after_effect")
        later(entry.record, .done(output: "null"))
        state.withLock { $0.records[entry.record]?.state = .done }
    }

    private func undoChange(
        _ entry: UndoEntry, output: String, _ undo: @escaping @Sendable (any Transaction, String) throws -> Void
    ) async throws {
        try mayBegin()
        let record = try await begin(entry.record, state.withLock { $0.records[entry.record] })
        try await hit(entry.record, "before")
        let now = clock.now()
        try await fenced { [claim] tx in
            let open = try tx.run(
                """
                UPDATE operation_steps SET state = 'done', error = NULL, finished_at = \(now)
                WHERE operation_id = \(claim.id) AND name = \(entry.record) AND state <> 'done'
                """)
            if open == 1 { try undo(tx, output) }
        }
        var done = record
        done.state = .done
        state.withLock { [done] state in
            state.records[entry.record] = done
            state.progressed = true
        }
        try await hit(entry.record, "after_record")
    }

    private func leftOver(_ entry: UndoEntry, _ error: any Error, entries: [UndoEntry]) async -> UndoOutcome {
        if error is Failpoints.Crash { interrupt(.lost) }
        if error is ChildLives { interrupt(.waitingForChildren) }
        let (stopping, timedOut) = state.withLock { ($0.stopping, $0.timedOut) }
        if stopping { interrupt(.stopping) }
        if interruption != nil { return .interrupted }
        counters.add { $0.undoFailures += 1 }
        let fault = timedOut ? Fault(.unavailable, "It took too long.", cause: error) : Fault(wrapping: error)
        var record =
            state.withLock { $0.records[entry.record] }
            ?? StepRecord(state: .started, position: .max, attempt: 0, output: nil, startedAt: clock.now())
        record.attempt = max(record.attempt, 1)
        logger.warning(
            "undo failed, trying again later",
            metadata: ["step": "\(entry.step)", "try": "\(record.attempt)", "error": "\(fault.logLine)"])
        later(entry.record, .problem(error: fault.sentence, record))
        let at = clock.now().advanced(by: RetryPolicy.undo.pause(after: record.attempt))
        guard record.attempt >= Self.quietFailuresMax || ErrorKind(error) == .permanent else {
            return .leftOver(at: at, attention: nil)
        }
        let left = state.withLock { state in
            entries.map(\.step).filter {
                state.records[$0] != nil && state.records[UndoEntry.prefix + $0]?.state != .done
            }
        }
        return .leftOver(
            at: at,
            attention: """
                Undoing “\(entry.step)” failed \(record.attempt) times: \(fault.logLine). \
                Still to be undone: \(left.joined(separator: ", ")). It is tried again by itself.
                """)
    }

    /// Recorded steps that the workflow did not come by in the replay: its code has changed since.
    private func forgotten() -> UndoOutcome {
        guard mode.withLock({ $0 == .replay }) else { return .clean }
        let names = unvisited
        guard !names.isEmpty else { return .clean }
        return .leftOver(
            at: clock.now().advanced(by: RetryPolicy.undo.pauseMax),
            attention: """
                The workflow \(kind.name) no longer knows the steps \(names.joined(separator: ", ")), \
                so what they did cannot be undone. Run a version of Berth that knows them.
                """)
    }

    /// Recorded steps that the workflow did not come by in this run.
    var unvisited: [String] {
        state.withLock { state in
            state.records.keys.filter { !$0.hasPrefix(UndoEntry.prefix) && !state.visited.contains($0) }.sorted()
        }
    }
}
