package import Basics
package import SQL

/// Who did what to what, from where. Written in the transaction of the change itself.
package enum Audit {
    /// Adds a row. `operation` is the work that the change started; `raw` is JSON that describes the change.
    package static func write(
        _ caller: Caller, _ event: String, noun: String, id: Int64?, operation: Int64? = nil, raw: String? = nil,
        at now: Moment, in tx: any Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO audits (user_id, means, request_id, ip_addr, event, noun, subject_id, operation_id, raw_data,
                                application_id, created_at)
            VALUES (\(caller.userID), \(caller.means.rawValue), \(caller.requestID), \(caller.address), \(event),
                    \(noun), \(id), \(operation), \(raw), \(caller.applicationID),
                    \(now))
            """)
    }
}
