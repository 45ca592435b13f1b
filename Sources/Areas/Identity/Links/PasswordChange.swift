package import Basics
package import SQL

/// New passwords of people. Each ends all sessions, and its owner is told by mail.
package enum PasswordChange {
    /// What is wrong with a new password; nil when nothing is.
    package static func problem(_ password: String) -> String? {
        (Passwords.charactersMin...Passwords.charactersMax).contains(password.count)
            ? nil
            : "A password has \(Passwords.charactersMin) to \(Passwords.charactersMax) characters."
    }

    /// By a link that was mailed: whoever has it has the mailbox, so the address is confirmed, and a lock ends.
    /// `hash` was made by ``Passwords/hash(_:cost:)``. Throws `.invalid` when the link is not good any more.
    package static func reset(
        token: String, hash: String, by caller: Caller, mail: MailQueue, at now: Moment, in tx: any Transaction
    ) throws {
        let id = try AccountLinks.take(token, .reset, at: now, in: tx).userID
        try tx.run(
            """
            UPDATE users SET failed_logins = 0, locked_until = NULL, confirmed_at = COALESCE(confirmed_at, \(now))
            WHERE id = \(id)
            """)
        try store(hash, id, "password_reset", by: caller, mail: mail, at: now, in: tx)
    }

    /// By its owner, who is signed in and has said the present one.
    package static func change(
        _ id: Int64, hash: String, by caller: Caller, mail: MailQueue, at now: Moment, in tx: any Transaction
    ) throws {
        try Policy.require(.operate, on: Holder(noun: "user", ownerID: id), by: caller)
        try store(hash, id, "password_changed", by: caller, mail: mail, at: now, in: tx)
    }

    private static func store(
        _ hash: String, _ id: Int64, _ event: String, by caller: Caller, mail: MailQueue, at now: Moment,
        in tx: any Transaction
    ) throws {
        try Passwords.store(hash, forUser: id, at: now, in: tx)
        try Sessions.endAll(ofUser: id, in: tx)
        try tx.run("DELETE FROM pending_sign_ins WHERE user_id = \(id)")
        // Whoever fears for the account ends with it what an intruder may have begun.
        for purpose in AccountLinks.Purpose.allCases { try AccountLinks.end(purpose, ofUser: id, in: tx) }
        try Audit.write(caller, event, noun: "user", id: id, at: now, in: tx)
        try tx.wake(.identity)
        guard let account = try Accounts.find(id: id, on: tx) else { throw Policy.notFound("user") }
        try mail.put(
            AccountLetters.passwordChanged(
                to: account.email, name: account.firstName, forgot: "\(mail.publicURL)/password/forgot"),
            at: now, in: tx)
    }
}
