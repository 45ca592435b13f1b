package import Basics
package import SQL

/// Reads and changes what accounts say about themselves.
package enum Profiles {
    /// The account `id`, or the caller's own. Throws `.notFound` for what the caller may not see.
    package static func view(_ id: Int64?, by caller: Caller, on connection: any Connection) throws -> Profile {
        let id = try permitted(id, to: .view, by: caller)
        guard let found = try ProfileRows.find(id, on: connection) else { throw Policy.notFound("user") }
        return found
    }

    /// An account, and a number that belongs to it.
    package typealias Counted = (profile: Profile, count: Int64)

    /// The same with what `count` selects for the account `u`, in one statement.
    package static func view(
        _ id: Int64?, by caller: Caller, counting count: SQL, in database: any Database
    ) async throws -> Counted {
        let statement = ProfileRows.statement(try permitted(id, to: .view, by: caller), beside: count)
        guard let found = try await database.first(statement, counted) else { throw Policy.notFound("user") }
        return found
    }

    /// The same within a transaction.
    package static func view(
        _ id: Int64?, by caller: Caller, counting count: SQL, on connection: any Connection
    ) throws -> Counted {
        let statement = ProfileRows.statement(try permitted(id, to: .view, by: caller), beside: count)
        guard let found = try connection.first(statement, counted) else { throw Policy.notFound("user") }
        return found
    }

    @Sendable private static func counted(_ row: any Row) -> Counted { (ProfileRows.profile(row), row.int(30)) }

    /// Changes the account `id`, or the caller's own, by a body `{"user": {…}}`. Throws `.malformed` when there is no
    /// such object, `.invalid` with one sentence for everything that is wrong.
    ///
    /// Another e-mail address is in force at once when staff says so. Others are sent a link there (``EmailChange``).
    package static func change(
        _ id: Int64?, to body: JSONValue, provided unchanged: @escaping Unchanged = { _, _ in }, by caller: Caller,
        mail: MailQueue, at now: Moment, in database: any Database
    ) async throws {
        let id = try permitted(id, to: .operate, by: caller)
        try Policy.requireWholeAccount(caller)
        try await database.transaction { tx in
            _ = try tx.int("SELECT id FROM users WHERE id = \(id) \(.forUpdate)")
            try change(id, to: body, provided: unchanged, by: caller, mail: mail, at: now, in: tx)
        }
    }

    private static func change(
        _ id: Int64, to body: JSONValue, provided unchanged: Unchanged, by caller: Caller, mail: MailQueue,
        at now: Moment, in tx: any Transaction
    ) throws {
        guard let old = try ProfileRows.find(id, on: tx) else { throw Policy.notFound("user") }
        guard let fields = body["user"]?.members else {
            throw Fault(.malformed, "The request needs an object \"user\".")
        }
        var reader = FieldReader(fields, path: "")
        var new = old.data
        new.adopt(&reader, byStaff: caller.isAdmin)
        if new.currency != old.data.currency {
            try Currency.require(new.currency, inPlanOfGroup: old.groupID, &reader, on: tx)
        }
        if try ProfileRows.isTaken(email: new.email, forOtherThan: id, on: tx) { reader.adopt([emailTaken]) }
        if let externalID = new.externalID,
            try ProfileRows.isTaken(externalID: externalID, forOtherThan: id, on: tx)
        {
            reader.adopt([externalIDTaken])
        }
        if !reader.problems.isEmpty { throw Fault(.invalid, reader.problems) }
        // What would be refused anyway is refused for that reason (RFC 9110 §13.2.1).
        try unchanged(id, tx)
        if new.email != old.data.email {
            if caller.isAdmin, let account = try Accounts.find(id: id, on: tx) {
                try EmailChange.told(account, new: new.email, mail: mail, at: now, in: tx)
            } else {
                try EmailChange.ask(id, to: new.email, by: caller, mail: mail, at: now, in: tx)
                new.email = old.data.email
            }
        }
        if new == old.data { return }
        do { try ProfileRows.update(id, to: new, at: now, in: tx) } catch DatabaseProblem.notUnique(let constraint) {
            throw taken(constraint)
        }
        try Audit.write(
            caller, "updated", noun: "user", id: id, raw: new.differences(from: old.data).compact, at: now, in: tx)
    }

    /// What a unique index means when somebody was faster than our look.
    static func taken(_ constraint: String) -> Fault {
        Fault(.invalid, constraint.contains("external_id") ? externalIDTaken : emailTaken)
    }

    private static let emailTaken = "E-mail has already been taken."
    private static let externalIDTaken = "external_id has already been taken."

    /// The id that is meant, when the caller may do this to it.
    private static func permitted(_ id: Int64?, to action: Action, by caller: Caller) throws -> Int64 {
        let id = try id ?? Policy.requireAccount(caller)
        try Policy.require(action, on: Holder(noun: "user", ownerID: id), by: caller)
        return id
    }
}

extension ProfileData {
    /// `{"changed": ["email"]}` for the audit trail: which fields, not what was in them, which is nobody's business
    /// years later.
    fileprivate func differences(from old: ProfileData) -> JSONValue {
        let fields: [(String, Bool)] = [
            ("fname", firstName != old.firstName), ("lname", lastName != old.lastName), ("email", email != old.email),
            ("locale", locale != old.locale), ("company_name", companyName != old.companyName),
            ("phone", phone != old.phone), ("address1", address1 != old.address1),
            ("address2", address2 != old.address2), ("city", city != old.city), ("state", state != old.state),
            ("zip", zip != old.zip), ("country", country != old.country), ("currency", currency != old.currency),
            ("c_sftp_pass", sftpPassword != old.sftpPassword), ("external_id", externalID != old.externalID),
            ("labels", labels != old.labels),
        ]
        return .object(["changed": .array(fields.filter(\.1).map { .string($0.0) })])
    }
}
