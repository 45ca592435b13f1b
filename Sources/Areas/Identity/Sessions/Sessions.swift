package import Basics
package import SQL

/// Browsers in which somebody is signed in.
package enum Sessions {
    /// A session that is good at this moment.
    package struct Found: Sendable, Hashable {
        package let id: Int64
        package let userID: Int64
        package let isAdmin: Bool
        package let email: String
    }

    /// Lifetimes and bounds.
    package enum Limits {
        /// Nobody has asked for so long.
        static let idleSeconds: Int64 = 8 * 3600
        /// However often somebody has asked.
        static let seconds: Int64 = 3 * 86_400
        /// A visit within so long of the last one noted is not noted.
        static let noteSeconds: Int64 = 60
        static let userAgentCharactersMax = 200
        static let perAccountMax = 50
    }

    /// Starts a session and answers with its token, for a cookie. The account's oldest end when there are too many.
    package static func start(
        userID: Int64, address: String, userAgent: String, at now: Moment, in tx: any Transaction
    ) throws -> Secret<String> {
        let token = IssuedSecret.make(.session)
        try tx.run(
            """
            INSERT INTO sessions (token_sha256, user_id, ip_addr, user_agent, created_at, seen_at, expires_at)
            VALUES (\(IssuedSecret.digest(of: token.reveal())), \(userID), \(address),
                    \(String(userAgent.prefix(Limits.userAgentCharactersMax))), \(now), \(now),
                    \(now.advanced(by: .seconds(Limits.seconds))))
            """)
        try tx.run(
            """
            DELETE FROM sessions WHERE user_id = \(userID) AND (expires_at <= \(now) OR id NOT IN
                (SELECT id FROM sessions WHERE user_id = \(userID) ORDER BY id DESC LIMIT \(Limits.perAccountMax)))
            """)
        return token
    }

    /// The session of a cookie; nil when it is unknown or over, or its account may not act.
    package static func find(_ token: String, at now: Moment, in database: any Database) async throws -> Found? {
        guard IssuedSecret.isWellFormed(token, .session) else { return nil }
        let digest = IssuedSecret.digest(of: token)
        let found = try await database.read { connection in
            try connection.first(
                """
                SELECT s.id, u.id, u.is_admin, u.email, s.seen_at FROM sessions s JOIN users u ON u.id = s.user_id
                WHERE s.token_sha256 = \(digest) AND s.expires_at > \(now)
                    AND s.seen_at > \(now.advanced(by: .seconds(-Limits.idleSeconds)))
                    AND \(Principal.mayAct(at: now))
                """
            ) { (Found(id: $0.int(0), userID: $0.int(1), isAdmin: $0.bool(2), email: $0.text(3)), $0.moment(4)) }
        }
        guard let (session, seenAt) = found else { return nil }
        if now > seenAt.advanced(by: .seconds(Limits.noteSeconds)) {
            try await database.transaction {
                try $0.run("UPDATE sessions SET seen_at = \(now) WHERE id = \(session.id)")
            }
        }
        return session
    }

    /// Ends the session of a cookie. Doing it twice is doing it once.
    package static func end(_ token: String, in tx: any Transaction) throws {
        try tx.run("DELETE FROM sessions WHERE token_sha256 = \(IssuedSecret.digest(of: token))")
    }

    /// Ends all sessions of an account, as a new password does.
    static func endAll(ofUser id: Int64, in tx: any Transaction) throws {
        try tx.run("DELETE FROM sessions WHERE user_id = \(id)")
    }
}
