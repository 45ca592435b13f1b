import Basics
import Logging
import SQL
import Synchronization

/// The last writes of a run.
extension RunSession {
    /// A parent is woken when a child ends; this is for the case that the wake-up is lost.
    private static let childPoll: Duration = .seconds(30)

    /// Ends the operation for good.
    func finish(_ workflow: any Workflow, _ ending: OperationState, error: String?) async throws -> Result {
        let now = clock.now()
        state.withLock { $0.ending = true }
        do {
            try await fenced(
                """
                state = \(ending.rawValue), error = \(error), attention = NULL, finished_at = \(now),
                lease_until = NULL, worker = NULL
                """
            ) { [claim, kind] tx in
                let unread = try workflow.end(
                    text: claim.input, OperationEnding(operationID: claim.id, state: ending, error: error), in: tx)
                if let unread { try tx.run("UPDATE operations SET attention = \(unread) WHERE id = \(claim.id)") }
                try SubjectWork.ended(claim.id, kind, ending, in: tx)
                try Outbox.release(after: claim.id, in: tx, now: now)
                let freed = try tx.run("DELETE FROM resource_locks WHERE operation_id = \(claim.id)")
                if let parent = claim.parentID {
                    try tx.run(
                        """
                        UPDATE operations SET run_after = \(now)
                        WHERE id = \(parent) AND state IN ('running', 'undoing') AND run_after > \(now)
                        """)
                }
                if freed > 0 || claim.parentID != nil { try tx.wake(.operations) }
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // Only `ended` can have thrown. The operation stays as it is and is ended later.
            let fault = Fault(wrapping: error)
            logger.error("ending failed, trying again later", metadata: ["error": "\(fault.logLine)"])
            let at = clock.now().advanced(by: RetryPolicy.undo.pause(after: claim.attempt + 1))
            return try await again(at: at, attention: "Ending the operation failed: \(fault.logLine).")
        }
        return .ended(ending)
    }

    /// Gives the operation back until `at`.
    func again(at: Moment, attention: String? = nil) async throws -> Result {
        let attempt = gotFurther ? 1 : claim.attempt + 1
        let note: SQL = attention.map { ", attention = \($0)" } ?? ""
        try await rest("lease_until = NULL, worker = NULL, run_after = \(at)\(note)", attempt: attempt) { _ in }
        return .retry
    }

    /// Gives the operation back until a child ends.
    func wait() async throws -> Result {
        let now = clock.now()
        let later = now.advanced(by: Self.childPoll)
        try await rest("lease_until = NULL, worker = NULL", attempt: claim.attempt) { [claim] tx in
            // The parent's row is ours since the statement before: a child that ends now waits for it, and will
            // then see the time that is set here.
            let lives = try tx.int(
                """
                SELECT 1 FROM operations WHERE parent_id = \(claim.id) AND state IN ('pending', 'running', 'undoing')
                LIMIT 1
                """)
            try tx.run(
                "UPDATE operations SET run_after = \(lives == nil ? now : later) WHERE id = \(claim.id)")
            if lives == nil { try tx.wake(.operations) }
        }
        return .waiting
    }

    /// Gives the operation back at once because the worker stops.
    func release() async -> Result {
        do {
            try await rest("lease_until = NULL, worker = NULL", attempt: claim.attempt) { try $0.wake(.operations) }
            return .released
        } catch {
            return .lost
        }
    }

    private func rest(
        _ changes: SQL, attempt: Int, _ body: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws {
        state.withLock { $0.ending = true }
        try await fenced(changes) { [claim] tx in
            try body(tx)
            try tx.run("UPDATE operations SET attempt = \(attempt) WHERE id = \(claim.id)")
        }
    }
}

extension Workflow {
    /// ``run(_:_:)`` with the input as it is stored.
    func run(text: String, _ session: RunSession) async throws {
        try await run(try JSONText.decode(Input.self, text), OperationRun(session: session))
    }

    /// ``ended(_:_:in:)`` with the input as it is stored. Answers what to tell the operator when it cannot be read.
    func end(text: String, _ ending: OperationEnding, in tx: any Transaction) throws -> String? {
        let input: Input
        do { input = try JSONText.decode(Input.self, text) } catch {
            return "The input of the operation cannot be read, so its subjects were not told how it ended."
        }
        try ended(input, ending, in: tx)
        return nil
    }
}
