import Basics
import Logging
import SQL
import Synchronization

/// How to take back one step.
struct UndoEntry: Sendable {
    enum Action: Sendable {
        /// Gets the step's output as JSON, nil when the effect may or may not have happened.
        case effect(@Sendable (String?) async throws -> Void)
        case change(@Sendable (any Transaction, String) throws -> Void)
    }

    /// What the records of undo steps begin with.
    static let prefix = "undo:"

    let step: String
    let action: Action

    var record: String { Self.prefix + step }
}

extension RunSession {
    func step<Output: Codable & Sendable>(
        _ name: String, retry: RetryPolicy, undo: (@Sendable (Output?) async throws -> Void)?,
        _ effect: @Sendable () async throws -> Output
    ) async throws -> Output {
        let known = try enter(name)
        if let undo {
            remember(
                UndoEntry(
                    step: name,
                    action: .effect { text in try await undo(try text.map { try JSONText.decode(Output.self, $0) }) }))
        }
        if let output = try recorded(Output.self, name, known) { return output }
        try mayBegin()
        if known != nil, try await isCancelRequested() { throw stop(.cancelled) }
        let record = try await begin(name, known)
        state.withLock { $0.inFlight[name] = monotonic() }
        let output: Output
        do {
            defer { state.withLock { $0.inFlight[name] = nil } }
            try await hit(name, "before")
            try mayBegin()
            output = try await effect()
            try await hit(name, "after_effect")
        } catch {
            throw try await failure(of: name, record, error, retry)
        }
        let text = try JSONText.encode(output)
        later(name, .done(output: text))
        let others = state.withLock { state in
            state.records[name]?.state = .done
            state.records[name]?.output = text
            return !state.inFlight.isEmpty
        }
        if others { try await flush() }
        return output
    }

    func record<Output: Codable & Sendable>(
        _ name: String, undo: (@Sendable (any Transaction, Output) throws -> Void)?,
        _ change: @escaping @Sendable (any Transaction) throws -> Output
    ) async throws -> Output {
        let known = try enter(name)
        if let undo {
            remember(
                UndoEntry(
                    step: name,
                    action: .change { tx, text in try undo(tx, try JSONText.decode(Output.self, text)) }))
        }
        if let output = try recorded(Output.self, name, known) { return output }
        try mayBegin()
        let now = clock.now()
        let position = state.withLock { state in
            defer { state.nextPosition += 1 }
            return known?.position ?? state.nextPosition
        }
        let fresh = StepRecord(
            state: .started, position: position, attempt: (known?.attempt ?? 0) + 1, output: nil,
            startedAt: known?.startedAt ?? now)
        let (text, output): (String, Output)
        do {
            try await hit(name, "before")
            (text, output) = try await fenced { [claim] tx in
                try Self.changeOnce(name, claim, fresh, now, tx, change)
            }
        } catch {
            throw try await failure(of: name, fresh, error, .standard)
        }
        state.withLock { state in
            var done = fresh
            (done.state, done.output) = (.done, text)
            state.records[name] = done
            state.progressed = true
        }
        try await hit(name, "after_record")
        return output
    }

    /// The change and its record; only the record when an earlier transaction, whose answer got lost, did it.
    private static func changeOnce<Output: Codable>(
        _ name: String, _ claim: Claim, _ record: StepRecord, _ now: Moment, _ tx: any Transaction,
        _ change: (any Transaction) throws -> Output
    ) throws -> (String, Output) {
        let done = try tx.first(
            "SELECT output FROM operation_steps WHERE operation_id = \(claim.id) AND name = \(name) AND state = 'done'"
        ) { $0.text(0) }
        if let done { return (done, try JSONText.decode(Output.self, done)) }
        let output = try change(tx)
        let text = try JSONText.encode(output)
        try tx.run(
            """
            INSERT INTO operation_steps
                (operation_id, name, position, state, fence, attempt, output, started_at, finished_at)
            VALUES (\(claim.id), \(name), \(record.position), 'done', \(claim.fence), \(record.attempt), \(text),
                \(now), \(now))
            ON CONFLICT (operation_id, name) DO UPDATE
            SET state = 'done', fence = excluded.fence, attempt = excluded.attempt, output = excluded.output,
                error = NULL, finished_at = excluded.finished_at
            """)
        return (text, output)
    }

    /// What an earlier run has on record: the output, or the error it failed with; nil when it must be done (again).
    private func recorded<Output: Decodable>(_ type: Output.Type, _ name: String, _ known: StepRecord?) throws
        -> Output?
    {
        switch known?.state {
        case .done: return try JSONText.decode(type, known?.output ?? "null")
        case .failed:
            state.withLock { $0.exhausted = true }
            throw try known?.output.map { try JSONText.decode(StoredFault.self, $0).fault }
                ?? Fault(.bug, "The step \(name) failed.")
        case .started, .undone, nil:
            // In a replay this is where the work had got to.
            if mode.withLock({ $0 == .replay }) { throw CancellationError() }
            return nil
        }
    }

    private func remember(_ entry: UndoEntry) {
        state.withLock { $0.undos.append(entry) }
    }

    /// Decides what an error of a step means: try later, or failed for good. Answers what the step throws.
    private func failure(
        of name: String, _ record: StepRecord, _ error: any Error, _ retry: RetryPolicy
    ) async throws -> any Error {
        if error is Failpoints.Crash { return stop(.lost) }
        if error is ChildLives { return stop(.waitingForChildren) }
        let (stopping, timedOut, interrupted) = state.withLock { ($0.stopping, $0.timedOut, $0.interruption != nil) }
        if interrupted { return CancellationError() }
        if stopping { return stop(.stopping) }
        // Another step of the same task group failed and took this one along: it stays "may have happened".
        if Task.isCancelled, !timedOut { return CancellationError() }
        let fault =
            timedOut
            ? Fault(.unavailable, "The step \(name) took too long.", cause: error) : Fault(wrapping: error)
        let kind = timedOut ? .unknown : ErrorKind(error)
        let elapsed = Duration.milliseconds(clock.now().milliseconds - record.startedAt.milliseconds)
        let metadata: Logger.Metadata = ["step": "\(name)", "try": "\(record.attempt)", "error": "\(fault.logLine)"]
        if retry.allowsAnother(after: record.attempt, elapsed: elapsed, kind) {
            logger.info("step failed, trying again later", metadata: metadata)
            later(name, .problem(error: fault.sentence, record))
            return stop(.retry(at: clock.now().advanced(by: retry.pause(after: record.attempt))))
        }
        logger.warning("step failed", metadata: metadata)
        later(name, .failed(error: fault.sentence, stored: try JSONText.encode(StoredFault(fault)), record))
        state.withLock { state in
            state.exhausted = true
            state.records[name] = record
            state.records[name]?.state = .failed
        }
        return fault
    }

    func checkCancelled() async throws {
        if interruption != nil { throw CancellationError() }
        if mode.withLock({ $0 == .replay }) { return }
        try mayBegin()
        if try await isCancelRequested() { throw stop(.cancelled) }
    }

    func isCancelRequested() async throws -> Bool {
        if claim.cancelRequested { return true }
        return try await store.database.read { [claim] connection in
            try connection.int("SELECT cancel_requested FROM operations WHERE id = \(claim.id)") == 1
        }
    }
}
