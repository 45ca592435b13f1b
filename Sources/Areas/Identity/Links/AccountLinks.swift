package import Basics
package import SQL

/// Links that are mailed to somebody. Whoever opens one has the mailbox; so each is good once, for a while, and only
/// its hash is kept.
package enum AccountLinks {
    /// What a link is for.
    package enum Purpose: String, Sendable, CaseIterable {
        /// The address of a new account is its owner's.
        case confirm
        /// So is the one an account is to have from now on.
        case changeEmail = "change_email"
        /// The owner may choose a new password.
        case reset

        /// How long it is good.
        var seconds: Int64 {
            switch self {
            case .confirm, .changeEmail: 3 * 86_400
            case .reset: 3600
            }
        }

        /// The page it leads to.
        var path: String {
            switch self {
            case .confirm: "/account/confirm"
            case .changeEmail: "/account/email/confirm"
            case .reset: "/password/reset"
            }
        }
    }

    /// A link that is good at this moment.
    package struct Found: Sendable, Hashable {
        package let userID: Int64
        /// Where it was sent.
        package let email: String
    }

    /// So many of one purpose are sent to an account within ``windowSeconds``: nobody can fill a mailbox through us.
    static let perAccountMax: Int64 = 5
    static let windowSeconds: Int64 = 3600

    /// A new link; nil when there were too many already. `cause` is the number of the message that asked for it: the
    /// second time with the same one gives nil.
    static func issue(
        _ purpose: Purpose, userID: Int64, email: String, cause: Int64? = nil, publicURL: String, at now: Moment,
        in tx: any Transaction
    ) throws -> String? {
        let recent = try tx.int(
            """
            SELECT COUNT(*) FROM account_links WHERE user_id = \(userID) AND purpose = \(purpose.rawValue)
                AND created_at > \(now.advanced(by: .seconds(-windowSeconds)))
            """)
        if recent ?? 0 >= perAccountMax { return nil }
        let token = IssuedSecret.make(.accountLink).reveal()
        let made = try tx.run(
            """
            INSERT INTO account_links (token_sha256, user_id, purpose, email, cause, created_at, expires_at)
            VALUES (\(IssuedSecret.digest(of: token)), \(userID), \(purpose.rawValue), \(email), \(cause), \(now),
                    \(now.advanced(by: .seconds(purpose.seconds))))
            ON CONFLICT DO NOTHING
            """)
        return made == 1 ? "\(publicURL)\(purpose.path)?token=\(token)" : nil
    }

    /// The link of a token, which stays good: programs that look at mail open links too.
    package static func find(
        _ token: String, _ purpose: Purpose, at now: Moment, on connection: any Connection
    ) throws -> Found? {
        guard IssuedSecret.isWellFormed(token, .accountLink) else { return nil }
        return try connection.first(
            """
            SELECT l.user_id, l.email FROM account_links l JOIN users u ON u.id = l.user_id
            WHERE l.token_sha256 = \(IssuedSecret.digest(of: token)) AND l.purpose = \(purpose.rawValue)
                AND l.expires_at > \(now) AND u.active = 1
            """
        ) { Found(userID: $0.int(0), email: $0.text(1)) }
    }

    /// Uses a link up, and ends the others of its purpose. Throws `.invalid` when it is not good any more.
    static func take(_ token: String, _ purpose: Purpose, at now: Moment, in tx: any Transaction) throws -> Found {
        guard let found = try find(token, purpose, at: now, on: tx),
            try tx.run("DELETE FROM account_links WHERE token_sha256 = \(IssuedSecret.digest(of: token))") == 1
        else { throw expired }
        try end(purpose, ofUser: found.userID, in: tx)
        return found
    }

    /// Ends all links of a purpose that an account has. They still count against ``perAccountMax``.
    static func end(_ purpose: Purpose, ofUser id: Int64, in tx: any Transaction) throws {
        try tx.run(
            "UPDATE account_links SET expires_at = created_at WHERE user_id = \(id) AND purpose = \(purpose.rawValue)")
    }

    /// What one says to whoever opens a link that is used, too old, or none.
    package static let expired = Fault(.invalid, "This link has been used already, or is too old. Ask for a new one.")
}
