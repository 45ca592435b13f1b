package import Basics
import Operations
package import SQL

/// Letters in the queue, for the operator.
package enum MailListing {
    /// One letter, without its text.
    package struct Entry: Sendable, Hashable {
        package let id: Int64
        package let to: String
        package let subject: String
        /// `waiting`, `delivered` or `dead`.
        package let state: String
        package let attempts: Int64
        package let lastError: String?
        package let createdAt: Moment
        package let deliveredAt: Moment?
        /// The next try; nil when there is none.
        package let nextAt: Moment?
    }

    /// What a list shows at most.
    package static let entriesMax = 500

    /// The newest letters first; `state` is one of those of ``Entry/state``.
    package static func list(
        state: String?, limit: Int, by caller: Caller, on connection: any Connection
    ) throws -> [Entry] {
        try Policy.requireStaff(caller)
        let condition: SQL = state.map { "AND state = \($0)" } ?? ""
        return try connection.rows(
            """
            SELECT id, payload, state, attempt, last_error, created_at, delivered_at, run_after FROM outbox
            WHERE kind = \(MailDeliverer.kind) \(condition)
            ORDER BY id DESC LIMIT \(min(max(limit, 1), entriesMax))
            """
        ) { row in
            let payload = JSONValue(stored: row.text(1))
            let state = row.text(2)
            return Entry(
                id: row.int(0), to: payload?["to"]?.text ?? "", subject: payload?["subject"]?.text ?? "", state: state,
                attempts: row.int(3), lastError: row.textOrNil(4), createdAt: row.moment(5),
                deliveredAt: row.momentOrNil(6), nextAt: state == "waiting" ? row.moment(7) : nil)
        }
    }

    /// Tries a dead letter again from the start, or a waiting one now. Throws `.invalid` when there is no such letter.
    package static func retry(_ id: Int64, by caller: Caller, at now: Moment, in tx: any Transaction) throws {
        try Policy.requireStaff(caller)
        let changed = try tx.run(
            """
            UPDATE outbox SET state = 'waiting', attempt = 0, run_after = \(now)
            WHERE id = \(id) AND kind = \(MailDeliverer.kind) AND state IN ('dead', 'waiting')
            """)
        guard changed == 1 else {
            throw Fault(.invalid, "There is no letter \(id) that was not delivered. List them: berth admin mail list.")
        }
        try tx.wake(.outbox)
    }
}
