package import Basics
package import Logging
package import SQL

/// What a workflow has in hand while it runs. The order and the names of the calls must be the same in every run of
/// one operation; steps may run beside each other in a task group.
package struct OperationRun: Sendable {
    /// The operation's id.
    package var id: Int64 { session.claim.id }
    /// Raised by every claim: the strictly growing number of this run.
    package var fence: Int64 { session.claim.fence }
    /// How many runs in a row have failed for now, 0 at first.
    package var attempt: Int { session.claim.attempt }
    package var requestID: String { session.claim.requestID }
    package var userID: Int64? { session.claim.userID }
    package var logger: Logger { session.logger }

    let session: RunSession

    /// One external effect, done at least once; make it idempotent by deterministic names.
    ///
    /// The step is recorded as started before the effect and as done after it; a resumed run answers with the
    /// recorded output. A transient error is retried after a pause, as `retry` says.
    /// - Parameter undo: Takes the effect back; must be idempotent. It is run when the operation fails later, in
    ///   reverse order of the steps. It gets nil when the effect may or may not have happened.
    @discardableResult
    package func step<Output: Codable & Sendable>(
        _ name: String, retry: RetryPolicy = .standard, undo: (@Sendable (Output?) async throws -> Void)?,
        _ effect: @Sendable () async throws -> Output
    ) async throws -> Output {
        try await session.step(name, retry: retry, undo: undo, effect)
    }

    /// One external effect that has no output.
    package func step(
        _ name: String, retry: RetryPolicy = .standard, undo: (@Sendable () async throws -> Void)?,
        _ effect: @Sendable () async throws -> Void
    ) async throws {
        var undoAll: (@Sendable (Nothing?) async throws -> Void)?
        if let undo { undoAll = { _ in try await undo() } }
        _ = try await session.step(name, retry: retry, undo: undoAll) {
            try await effect()
            return Nothing()
        }
    }

    /// A change of the database only: the change and the step's record are one fenced transaction, so it happens
    /// exactly once.
    @discardableResult
    package func record<Output: Codable & Sendable>(
        _ name: String, undo: (@Sendable (any Transaction, Output) throws -> Void)?,
        _ change: @escaping @Sendable (any Transaction) throws -> Output
    ) async throws -> Output {
        try await session.record(name, undo: undo, change)
    }

    /// A change of the database only that has no output.
    package func record(
        _ name: String, undo: (@Sendable (any Transaction) throws -> Void)?,
        _ change: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws {
        var undoAll: (@Sendable (any Transaction, Nothing) throws -> Void)?
        if let undo { undoAll = { tx, _ in try undo(tx) } }
        _ = try await session.record(name, undo: undoAll) { tx in
            try change(tx)
            return Nothing()
        }
    }

    /// Starts another operation under this one; answers its id. Its `parentID` is filled in. When this operation is
    /// undone, a child that still lives is asked to stop and waited for; then `undo` runs with its id.
    package func child(
        _ name: String, _ new: NewOperation, undo: (@Sendable (Int64) async throws -> Void)? = nil
    ) async throws -> Int64 {
        try await session.child(name, new, undo: undo)
    }

    /// Waits, without occupying a worker, until all children started so far have ended; answers how.
    /// - Parameter allMustComplete: Whether a child that failed or was cancelled makes this operation fail.
    @discardableResult
    package func waitForChildren(_ name: String, allMustComplete: Bool = true) async throws -> [ChildEnding] {
        try await session.waitForChildren(name, allMustComplete: allMustComplete)
    }

    /// Unwinds here when somebody asked for the end of the operation. Ask before each long or costly step.
    package func checkCancelled() async throws {
        try await session.checkCancelled()
    }

    /// The time, for messages and measurements. It differs from run to run: do not branch on it.
    package func now() -> Moment { session.clock.now() }
}

/// How a child ended.
package struct ChildEnding: Sendable, Hashable, Codable {
    package let id: Int64
    package let kind: String
    package let state: OperationState
    package let error: String?
}
