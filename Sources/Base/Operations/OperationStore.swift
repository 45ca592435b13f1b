import Basics
import SQL

/// An operation in the hands of one run.
struct Claim: Sendable {
    let id: Int64
    let fence: Int64
    let kind: String
    /// `.running` or `.undoing`.
    let state: OperationState
    let input: String
    let error: String?
    let attempt: Int
    /// Runs since the last progress that ended without giving the operation back.
    let crashes: Int
    let cancelRequested: Bool
    let parentID: Int64?
    let requestID: String
    let userID: Int64?

    /// Nobody can have recorded a step yet.
    var isFirst: Bool { fence == 1 }
}

/// Identifies one run: an operation under one fence.
struct RunKey: Hashable, Sendable {
    let id: Int64
    let fence: Int64
}

/// A recorded step as the engine needs it.
struct StepRecord: Sendable {
    var state: OperationStep.State
    var position: Int64
    var attempt: Int
    var output: String?
    var startedAt: Moment
}

/// The statements by which a worker gets and keeps operations.
struct OperationStore: Sendable {
    let database: any Database
    let worker: String
    let lease: Duration
    let clock: any WallClock

    /// Which leases count as expired: those that ended up to `until`, and those so far in the future that only a
    /// clock that was wrong can have written them.
    struct Expiry: Sendable {
        let until: Moment
        let beyond: Moment
        /// No lease may be taken over.
        static let none = Expiry(until: Moment(milliseconds: -1), beyond: Moment(milliseconds: .max))

        /// As the clock says. Between `asked`, when it was found trustworthy, and `now`, when the database answers, it
        /// may have gone on or been set: what only one of the two would call expired is not.
        static func between(_ asked: Moment, and now: Moment, lease: Duration) -> Expiry {
            Expiry(until: min(asked, now), beyond: max(asked, now).advanced(by: lease * 2))
        }
    }

    /// Takes up to `limit` operations that may run now, in one statement.
    func claim(_ limit: Int, kinds: [String], expired: Expiry?) async throws -> [Claim] {
        let asked = clock.now()
        return try await database.transaction { tx in
            let now = clock.now()
            let expired = expired ?? .between(asked, and: now, lease: lease)
            let until = now.advanced(by: lease)
            return try tx.rows(
                """
                WITH picked AS (
                    SELECT o.id FROM operations o
                    WHERE o.state IN ('pending', 'running', 'undoing') AND o.run_after <= \(now)
                        AND (o.lease_until IS NULL OR o.lease_until <= \(expired.until)
                            OR o.lease_until > \(expired.beyond))
                        AND o.kind IN (\(list: kinds))
                        AND NOT EXISTS (
                            SELECT 1 FROM resource_locks mine JOIN resource_locks earlier
                                ON earlier.resource = mine.resource AND earlier.scope = mine.scope
                                AND earlier.operation_id < mine.operation_id
                            WHERE mine.operation_id = o.id)
                    ORDER BY o.run_after, o.id LIMIT \(limit) \(.forUpdateSkipLocked)
                )
                UPDATE operations
                SET fence = fence + 1, worker = \(worker), lease_until = \(until), updated_at = \(now),
                    state = CASE WHEN state = 'pending' THEN 'running' ELSE state END,
                    crashes = CASE WHEN worker IS NULL THEN crashes ELSE crashes + 1 END
                WHERE id IN (SELECT id FROM picked)
                RETURNING id, fence, kind, state, input, error, attempt, crashes, cancel_requested, parent_id,
                    request_id, user_id
                """
            ) { row in
                Claim(
                    id: row.int(0), fence: row.int(1), kind: row.text(2),
                    state: OperationState(rawValue: row.text(3)) ?? .running, input: row.text(4),
                    error: row.textOrNil(5), attempt: Int(row.int(6)), crashes: Int(row.int(7)),
                    cancelRequested: row.bool(8), parentID: row.intOrNil(9), requestID: row.text(10),
                    userID: row.intOrNil(11))
            }
        }
    }

    /// Renews the leases of `runs`; answers those that are still ours.
    func renew(_ runs: [RunKey]) async throws -> Set<RunKey> {
        let until = clock.now().advanced(by: lease)
        let ids = runs.map(\.id).sorted()
        let kept = try await database.transaction { tx in
            try tx.rows(
                """
                UPDATE operations SET lease_until = \(until)
                WHERE worker = \(worker) AND id IN (\(list: ids))
                RETURNING id, fence
                """
            ) { RunKey(id: $0.int(0), fence: $0.int(1)) }
        }
        return Set(kept)
    }

    /// Gives back what was claimed but not begun, without counting it as a crash.
    func giveBack(_ claim: Claim, runAfter: Moment) async throws {
        try await database.transaction { tx in
            try tx.run(
                """
                UPDATE operations SET lease_until = NULL, worker = NULL, run_after = \(runAfter)
                WHERE id = \(claim.id) AND fence = \(claim.fence)
                """)
        }
    }

    /// When the next operation that waits for its time is due; nil when none waits.
    func nextDue() async throws -> Moment? {
        let now = clock.now()
        return try await database.read { connection in
            try connection.int(
                """
                SELECT run_after FROM operations
                WHERE state IN ('pending', 'running', 'undoing') AND run_after > \(now) ORDER BY run_after, id LIMIT 1
                """
            ).map(Moment.init(milliseconds:))
        }
    }

    /// After the wall clock was set back: makes due what waits for a time that only the old clock knew.
    func forgetOldClock() async throws {
        let now = clock.now()
        try await database.transaction { tx in
            try tx.run(
                """
                UPDATE operations SET run_after = \(now)
                WHERE state IN ('pending', 'running', 'undoing') AND run_after > \(now)
                    AND (attempt > 0 OR run_after <= created_at)
                """)
        }
    }

    /// The steps recorded for an operation, by name.
    func steps(of id: Int64) async throws -> [String: StepRecord] {
        try await database.read { connection in
            var records: [String: StepRecord] = [:]
            try connection.each(
                """
                SELECT name, state, position, attempt, output, started_at FROM operation_steps
                WHERE operation_id = \(id)
                """
            ) { row in
                records[row.text(0)] = StepRecord(
                    state: OperationStep.State(rawValue: row.text(1)) ?? .started, position: row.int(2),
                    attempt: Int(row.int(3)), output: row.textOrNil(4), startedAt: row.moment(5))
            }
            return records
        }
    }
}
