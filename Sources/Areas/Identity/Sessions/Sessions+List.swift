package import Basics
package import SQL

extension Sessions {
    /// A session as its owner sees it.
    package struct Listed: Sendable, Hashable {
        package let id: Int64
        package let address: String
        /// As the browser told it, cut.
        package let userAgent: String
        package let createdAt: Moment
        package let seenAt: Moment
    }

    /// The sessions of the caller's account that are good, those used last first.
    package static func list(
        by caller: Caller, at now: Moment, on connection: any Connection
    ) throws -> [Listed] {
        let userID = try Policy.requireAccount(caller)
        return try connection.rows(
            """
            SELECT id, ip_addr, user_agent, created_at, seen_at FROM sessions
            WHERE user_id = \(userID) AND expires_at > \(now)
                AND seen_at > \(now.advanced(by: .seconds(-Limits.idleSeconds)))
            ORDER BY seen_at DESC, id DESC LIMIT \(Limits.perAccountMax)
            """
        ) { row in
            Listed(
                id: row.int(0), address: row.text(1), userAgent: row.text(2), createdAt: row.moment(3),
                seenAt: row.moment(4))
        }
    }

    /// Ends one session of the caller's account. Throws `.notFound` when it has none like that.
    package static func end(id: Int64, by caller: Caller, at now: Moment, in tx: any Transaction) throws {
        let userID = try Policy.requireAccount(caller)
        guard try tx.run("DELETE FROM sessions WHERE id = \(id) AND user_id = \(userID)") == 1 else {
            throw Policy.notFound("session")
        }
        try Audit.write(caller, "session_ended", noun: "user", id: userID, at: now, in: tx)
    }

    /// Ends all sessions of the caller's account but one.
    package static func endOthers(than id: Int64, by caller: Caller, at now: Moment, in tx: any Transaction) throws {
        let userID = try Policy.requireAccount(caller)
        try tx.run("DELETE FROM sessions WHERE id <> \(id) AND user_id = \(userID)")
        try Audit.write(caller, "sessions_ended", noun: "user", id: userID, at: now, in: tx)
    }
}
