package import Basics
package import SQL

/// Creates and finds accounts.
package enum Accounts {
    /// Creates an account. Only staff, the operator, or Berth itself may. Throws `.invalid` with every problem at
    /// once, `.conflict` when the e-mail is taken.
    package static func create(
        _ new: NewAccount, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Account {
        try Policy.requireStaff(caller)
        let clean = try checked(new)
        let groupID = try group(named: clean.group, at: now, in: tx)
        let id: Int64?
        do {
            id = try tx.int(
                """
                INSERT INTO users (email, first_name, last_name, is_admin, user_group_id, confirmed_at, created_at,
                                   updated_at)
                VALUES (\(clean.email), \(clean.firstName), \(clean.lastName), \(clean.isAdmin), \(groupID),
                        \(now), \(now), \(now))
                RETURNING id
                """)
        } catch DatabaseProblem.notUnique {
            throw Fault(.conflict, "There is an account with the e-mail address \(clean.email) already.")
        }
        guard let id, let account = try find(id: id, on: tx) else {
            throw Fault(.bug, "The new account could not be read back.")
        }
        try Audit.write(caller, "created", noun: "user", id: id, at: now, in: tx)
        return account
    }

    /// The account with this address, upper or lower case; nil when there is none.
    package static func find(email: String, on connection: any Connection) throws -> Account? {
        try connection.first("SELECT \(columns) FROM users WHERE email = \(email.lowercased())", account)
    }

    /// The account with this id; nil when there is none.
    package static func find(id: Int64, on connection: any Connection) throws -> Account? {
        try connection.first("SELECT \(columns) FROM users WHERE id = \(id)", account)
    }

    /// Suspends an account, or lets it in again. Its keys stop and start working at once.
    package static func setActive(
        _ active: Bool, id: Int64, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws {
        try Policy.requireStaff(caller)
        guard try tx.run("UPDATE users SET active = \(active), updated_at = \(now) WHERE id = \(id)") == 1 else {
            throw Policy.notFound("user")
        }
        try Audit.write(caller, active ? "unsuspended" : "suspended", noun: "user", id: id, at: now, in: tx)
        try tx.wake(.identity)
    }

    private static let columns: SQL =
        "id, email, first_name, last_name, is_admin, active, user_group_id, currency, created_at"

    private static func account(_ row: any Row) -> Account {
        Account(
            id: row.int(0), email: row.text(1), firstName: row.text(2), lastName: row.text(3), isAdmin: row.bool(4),
            active: row.bool(5), groupID: row.int(6), currency: row.text(7), createdAt: row.moment(8))
    }

    private static func group(named name: String?, at now: Moment, in tx: any Transaction) throws -> Int64 {
        guard let name else { return try AccountGroups.ensureDefaults(at: now, in: tx).groupID }
        guard let id = try tx.int("SELECT id FROM user_groups WHERE name = \(name) AND active = 1") else {
            throw Fault(.invalid, "There is no user group named \(name).")
        }
        return id
    }

    /// The same, trimmed. Throws `.invalid` with every problem at once.
    static func checked(_ new: NewAccount) throws -> NewAccount {
        var clean = new
        clean.firstName = FieldReader.trimmed(new.firstName)
        clean.lastName = FieldReader.trimmed(new.lastName)
        var problems: [String] = []
        for (what, name) in [("First name", clean.firstName), ("Last name", clean.lastName)] {
            if name.isEmpty { problems.append("\(what) can't be blank.") }
            if name.unicodeScalars.count > AccountLimits.nameCharactersMax {
                problems.append("\(what) is too long; at most \(AccountLimits.nameCharactersMax) characters.")
            }
        }
        if let email = EmailAddress.parse(new.email) {
            clean.email = email
        } else {
            problems.append(EmailAddress.problem)
        }
        if !problems.isEmpty { throw Fault(.invalid, problems) }
        return clean
    }
}
