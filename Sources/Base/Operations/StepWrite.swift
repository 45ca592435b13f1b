import Basics
import SQL
import Synchronization

/// A change of a step's record that waits for the next transaction of its run.
struct StepWrite: Sendable {
    enum Change: Sendable {
        case done(output: String)
        /// Failed for good.
        case failed(error: String, stored: String, StepRecord)
        /// Failed for now.
        case problem(error: String, StepRecord)
    }

    /// Tells apart two writes for one step.
    let serial: Int64
    let step: String
    let at: Moment
    let change: Change

    /// Whether the operation got further by this.
    var isProgress: Bool {
        switch change {
        case .done, .failed: true
        case .problem: false
        }
    }

    /// The step that is on record as finished by this.
    var recordedStep: String? {
        switch change {
        case .done: step
        case .failed, .problem: nil
        }
    }

    func store(operation: Int64, in tx: any Transaction) throws {
        switch change {
        case .done(let output):
            try tx.run(
                """
                UPDATE operation_steps SET state = 'done', output = \(output), error = NULL, finished_at = \(at)
                WHERE operation_id = \(operation) AND name = \(step)
                """)
        case .failed(let error, let stored, let record):
            try put(record, "failed", output: stored, error: error, finished: at, operation, tx)
        case .problem(let error, let record):
            try put(record, "started", output: nil, error: error, finished: nil, operation, tx)
        }
    }

    /// A step that is one transaction has no record of its start, so this may be its first.
    private func put(
        _ record: StepRecord, _ state: String, output: String?, error: String, finished: Moment?, _ operation: Int64,
        _ tx: any Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO operation_steps
                (operation_id, name, position, state, fence, attempt, output, error, started_at, finished_at)
            VALUES (\(operation), \(step), \(record.position), \(state), 0, \(record.attempt), \(output), \(error),
                \(record.startedAt), \(finished))
            ON CONFLICT (operation_id, name) DO UPDATE
            SET state = excluded.state, attempt = excluded.attempt, output = excluded.output, error = excluded.error,
                finished_at = excluded.finished_at
            """)
    }
}

extension RunSession {
    /// Keeps a change of a step's record for the next write.
    func later(_ step: String, _ change: StepWrite.Change) {
        let at = clock.now()
        state.withLock { state in
            state.writes += 1
            state.pending.append(StepWrite(serial: state.writes, step: step, at: at, change: change))
        }
    }

    /// Writes what waits.
    func flush() async throws {
        guard state.withLock({ !$0.pending.isEmpty }) else { return }
        try await fenced { _ in }
    }

    /// Records that a step begins, and answers which try of it this is.
    func begin(_ name: String, _ known: StepRecord?) async throws -> StepRecord {
        let now = clock.now()
        var record =
            known
            ?? state.withLock { state in
                let position = state.nextPosition
                state.nextPosition += 1
                return StepRecord(state: .started, position: position, attempt: 0, output: nil, startedAt: now)
            }
        record.attempt += 1
        record.state = .started
        let (started, claim) = (record, claim)
        state.withLock { $0.records[name] = started }
        try await fenced { tx in
            try tx.run(
                """
                INSERT INTO operation_steps (operation_id, name, position, state, fence, attempt, started_at)
                VALUES (\(claim.id), \(name), \(started.position), 'started', \(claim.fence), \(started.attempt),
                    \(now))
                ON CONFLICT (operation_id, name) DO UPDATE
                SET state = 'started', fence = excluded.fence, attempt = excluded.attempt
                """)
        }
        return started
    }
}
