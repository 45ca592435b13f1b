package import Basics
package import SQL

/// Sign-ins whose password was right and that wait for the second factor. Kept here, not in the browser.
package enum PendingSignIns {
    /// Bounds.
    enum Limits {
        static let seconds: Int64 = 600
        /// Then one begins anew, with the password.
        static let triesMax: Int64 = 5
        static let perAccountMax = 20
    }

    /// What became of a code.
    package enum Outcome: Sendable, Hashable {
        /// The account may be signed in.
        case right(userID: Int64)
        case wrong
        /// There is nothing that waits, or not any more: begin anew.
        case over
    }

    /// Notes that an account's password was right. Answers a token for a cookie; nil when the account has no second
    /// factor and may be signed in at once.
    package static func begin(userID: Int64, at now: Moment, in tx: any Transaction) throws -> Secret<String>? {
        guard try SecondFactor.status(userID, on: tx).isOn else { return nil }
        let token = IssuedSecret.make(.pendingSignIn)
        try tx.run(
            """
            INSERT INTO pending_sign_ins (token_sha256, user_id, expires_at)
            VALUES (\(IssuedSecret.digest(of: token.reveal())), \(userID),
                    \(now.advanced(by: .seconds(Limits.seconds))))
            """)
        try tx.run(
            """
            DELETE FROM pending_sign_ins WHERE user_id = \(userID) AND id NOT IN
                (SELECT id FROM pending_sign_ins WHERE user_id = \(userID) ORDER BY id DESC
                 LIMIT \(Limits.perAccountMax))
            """)
        return token
    }

    /// The account whose sign-in waits; nil when none does.
    package static func find(_ token: String, at now: Moment, on connection: any Connection) throws -> Int64? {
        guard IssuedSecret.isWellFormed(token, .pendingSignIn) else { return nil }
        return try connection.int(
            """
            SELECT p.user_id FROM pending_sign_ins p JOIN users u ON u.id = p.user_id
            WHERE p.token_sha256 = \(IssuedSecret.digest(of: token)) AND p.expires_at > \(now)
                AND p.tries < \(Limits.triesMax) AND \(Principal.mayAct(at: now))
            """)
    }

    /// Tries a code. A wrong one counts like a wrong password, also towards the lock of the account; the right one ends
    /// the waiting.
    package static func answer(
        _ token: String, code: String, vault: Vault, at now: Moment, in tx: any Transaction
    ) throws -> Outcome {
        guard let userID = try find(token, at: now, on: tx) else { return .over }
        // The try is on record before it is looked at, under the same condition: many at once are no more than in turn.
        let counted = try tx.run(
            """
            UPDATE pending_sign_ins SET tries = tries + 1
            WHERE token_sha256 = \(IssuedSecret.digest(of: token)) AND tries < \(Limits.triesMax)
            """)
        guard counted == 1 else { return .over }
        guard try SecondFactor.accepts(code, ofUser: userID, vault: vault, at: now, in: tx) else {
            try SignIn.countFailure(of: userID, at: now, in: tx)
            return .wrong
        }
        try end(token, userID, in: tx)
        return .right(userID: userID)
    }

    /// Ends the waiting: the account is signed in, by whatever it showed. The count of failures begins anew.
    static func end(_ token: String, _ userID: Int64, in tx: any Transaction) throws {
        try tx.run("DELETE FROM pending_sign_ins WHERE token_sha256 = \(IssuedSecret.digest(of: token))")
        try tx.run("UPDATE users SET failed_logins = 0 WHERE id = \(userID) AND failed_logins > 0")
    }
}
