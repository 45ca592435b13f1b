package import Basics
package import SQL

/// Strangers who make themselves an account in the panel, where the provider allows it.
///
/// The account is there at once and may do nothing until its address is confirmed. To confirm, one needs the link that
/// was mailed *and* the password: so nobody comes into an account that somebody else has made for his address.
package enum SignUp {
    /// What a person fills in.
    package struct Form: Sendable, Hashable {
        package var firstName: String
        package var lastName: String
        package var email: String

        package init(firstName: String, lastName: String, email: String) {
            self.firstName = firstName
            self.lastName = lastName
            self.email = email
        }
    }

    /// Throws `.invalid` with all that is wrong. Says nothing about accounts there are.
    package static func check(_ form: Form, password: String) throws {
        var problems: [String] = []
        do { _ = try Accounts.checked(new(form)) } catch let fault as Fault { problems += fault.sentences }
        // Where no letter can be sent, nothing can be confirmed.
        if problems.isEmpty, MailAddress(FieldReader.trimmed(form.email)) == nil {
            problems.append(EmailAddress.problem)
        }
        if let problem = PasswordChange.problem(password) { problems.append(problem) }
        if !problems.isEmpty { throw Fault(.invalid, problems) }
    }

    /// Makes the account, or makes one anew that nobody has confirmed; does nothing when there is a confirmed one. The
    /// address is written to in each case. `hash` is made before it is known which.
    package static func register(
        _ form: Form, hash: String, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws {
        let clean = try Accounts.checked(new(form))
        let groupID = try AccountGroups.ensureDefaults(at: now, in: tx).groupID
        let id = try tx.int(
            """
            INSERT INTO users (email, first_name, last_name, password_hash, user_group_id, created_at, updated_at)
            VALUES (\(clean.email), \(clean.firstName), \(clean.lastName), \(hash), \(groupID), \(now), \(now))
            ON CONFLICT (email) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
                password_hash = excluded.password_hash, updated_at = excluded.updated_at
            WHERE users.confirmed_at IS NULL AND users.active = 1
            RETURNING id
            """)
        if let id { try Audit.write(caller, "registered", noun: "user", id: id, at: now, in: tx) }
        try AskedLinks.ask(.welcome, for: clean.email, at: now, in: tx)
    }

    /// By the link that was mailed, after the password was found right. Throws `.invalid` when the link is not good any
    /// more.
    package static func confirm(
        token: String, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Int64 {
        let id = try AccountLinks.take(token, .confirm, at: now, in: tx).userID
        try tx.run("UPDATE users SET confirmed_at = \(now), updated_at = \(now) WHERE id = \(id)")
        try Audit.write(caller, "confirmed", noun: "user", id: id, at: now, in: tx)
        try tx.wake(.identity)
        return id
    }

    private static func new(_ form: Form) -> NewAccount {
        NewAccount(email: form.email, firstName: form.firstName, lastName: form.lastName)
    }
}
