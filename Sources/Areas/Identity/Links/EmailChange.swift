package import Basics
package import SQL

/// Another e-mail address for an account: asked for by its owner, in force when the link that was sent there is opened.
package enum EmailChange {
    /// Writes to both addresses. Throws `.invalid` when the new one is no address, the same, or taken, and `.throttled`
    /// when it was asked too often.
    package static func ask(
        _ id: Int64, to text: String, by caller: Caller, mail: MailQueue, at now: Moment, in tx: any Transaction
    ) throws {
        try Policy.require(.operate, on: Holder(noun: "user", ownerID: id), by: caller)
        guard let account = try Accounts.find(id: id, on: tx) else { throw Policy.notFound("user") }
        guard let email = EmailAddress.parse(text), MailAddress(email) != nil else {
            throw Fault(.invalid, EmailAddress.problem)
        }
        guard email != account.email else { throw Fault(.invalid, "The account has this address already.") }
        guard try !ProfileRows.isTaken(email: email, forOtherThan: id, on: tx) else { throw Profiles.taken("email") }
        // The last one asked for is the one that counts.
        try AccountLinks.end(.changeEmail, ofUser: id, in: tx)
        let link = try AccountLinks.issue(
            .changeEmail, userID: id, email: email, publicURL: mail.publicURL, at: now, in: tx)
        guard let link else {
            throw Fault(.throttled, "The address was to be changed too often. Try again in an hour.")
        }
        try mail.put(AccountLetters.confirmChange(to: email, name: account.firstName, link: link), at: now, in: tx)
        try mail.put(
            AccountLetters.changeAsked(
                to: account.email, name: account.firstName, new: email, forgot: "\(mail.publicURL)/password/forgot"),
            at: now, in: tx)
        try Audit.write(caller, "email_change_asked", noun: "user", id: id, at: now, in: tx)
    }

    /// The address that waits to be confirmed; nil when none does.
    package static func pending(_ id: Int64, at now: Moment, on connection: any Connection) throws -> String? {
        try connection.first(
            """
            SELECT email FROM account_links
            WHERE user_id = \(id) AND purpose = 'change_email' AND expires_at > \(now) ORDER BY id DESC LIMIT 1
            """
        ) { $0.text(0) }
    }

    /// By the link that was mailed to the new address; answers the address. The old one is told. Throws `.invalid` when
    /// the link is not good any more, or another account has the address by now.
    package static func confirm(
        token: String, by caller: Caller, mail: MailQueue, at now: Moment, in tx: any Transaction
    ) throws -> String {
        let found = try AccountLinks.take(token, .changeEmail, at: now, in: tx)
        guard let account = try Accounts.find(id: found.userID, on: tx) else { throw AccountLinks.expired }
        do {
            try tx.run(
                """
                UPDATE users SET email = \(found.email), confirmed_at = COALESCE(confirmed_at, \(now)),
                    updated_at = \(now)
                WHERE id = \(found.userID)
                """)
        } catch DatabaseProblem.notUnique { throw Profiles.taken("email") }
        try told(account, new: found.email, mail: mail, at: now, in: tx)
        try Audit.write(caller, "email_changed", noun: "user", id: found.userID, at: now, in: tx)
        try tx.wake(.identity)
        return found.email
    }

    /// Tells the old address, whose links to choose a password end: they lie in a mailbox that is not the account's.
    static func told(
        _ account: Account, new: String, mail: MailQueue, at now: Moment, in tx: any Transaction
    ) throws {
        try AccountLinks.end(.reset, ofUser: account.id, in: tx)
        try mail.put(
            AccountLetters.emailChanged(to: account.email, name: account.firstName, new: new), at: now, in: tx)
    }
}
