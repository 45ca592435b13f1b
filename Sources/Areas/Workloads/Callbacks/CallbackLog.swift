package import Basics
import Identity
import Operations
package import SQL

/// What became of the callbacks of an operation.
package struct CallbackRecord: Sendable, Hashable {
    /// One try.
    package struct Attempt: Sendable, Hashable {
        package let number: Int64
        package let at: Moment
        /// nil: it was delivered.
        package let error: String?
    }

    package let id: Int64
    /// `waiting` for the end of the operation or the next try, `delivered`, or `dead`: given up.
    package let state: String
    /// Whom, without what of the address may be a secret.
    package let origin: String
    /// When it is tried next; nil: not before the operation has ended, or not any more.
    package let nextAt: Moment?
    package let attempts: [Attempt]
}

/// Shows callbacks, and sends those again that were given up.
package enum CallbackLog {
    /// The callbacks of an operation that the caller may see, and how many there are.
    package static func list(
        ofOperation id: Int64, _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([CallbackRecord], total: Int64) {
        try await database.read { connection in
            try OperationReading.require(id, by: caller, on: connection)
            let rows = try connection.rows(
                """
                SELECT id, state, payload, run_after FROM outbox WHERE after_operation = \(id)
                ORDER BY id LIMIT \(page.size) OFFSET \(page.offset)
                """
            ) { (id: $0.int(0), state: $0.text(1), payload: $0.text(2), at: $0.moment(3)) }
            let attempts = try attempts(of: rows.map(\.id), on: connection)
            let records = rows.map { row in
                let isDue = row.state == "waiting" && row.at < OperationNotice.never
                return CallbackRecord(
                    id: row.id, state: row.state,
                    origin: JSONValue(stored: row.payload)?["notice"]?["origin"]?.text ?? "",
                    nextAt: isDue ? row.at : nil, attempts: attempts[row.id] ?? [])
            }
            let total = try connection.int("SELECT COUNT(*) FROM outbox WHERE after_operation = \(id)") ?? 0
            return (records, total)
        }
    }

    /// Sends a callback again that was given up. Throws `.conflict` when it was not.
    package static func retry(
        _ callback: Int64, ofOperation id: Int64, by caller: Caller, at now: Moment, in database: any Database
    ) async throws {
        try await database.transaction { tx in
            try OperationReading.require(id, by: caller, on: tx)
            let found = try tx.int("SELECT id FROM outbox WHERE id = \(callback) AND after_operation = \(id)")
            guard found != nil else { throw Policy.notFound("callback") }
            guard try Outbox.revive(callback, in: tx, now: now) else {
                throw Fault(.conflict, "Only a callback that was given up can be sent again.")
            }
            try Audit.write(caller, "retried", noun: "callback", id: callback, operation: id, at: now, in: tx)
        }
    }

    private static func attempts(
        of ids: [Int64], on connection: any Connection
    ) throws -> [Int64: [CallbackRecord.Attempt]] {
        var found: [Int64: [CallbackRecord.Attempt]] = [:]
        if ids.isEmpty { return found }
        try connection.each(
            """
            SELECT message_id, number, at, error FROM outbox_attempts
            WHERE message_id IN (\(list: IDList.padded(ids))) ORDER BY message_id, number
            """
        ) {
            found[$0.int(0), default: []].append(
                CallbackRecord.Attempt(number: $0.int(1), at: $0.moment(2), error: $0.textOrNil(3)))
        }
        return found
    }
}
