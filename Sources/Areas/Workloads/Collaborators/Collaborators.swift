package import Basics
package import Identity
package import SQL

/// Lets owners invite others to what is theirs, and put them out again.
package enum Collaborators {
    /// Bounds of sharing.
    package enum Limits {
        /// Of one project or image.
        static let perThingMax: Int64 = 100
        /// That one account may work with: they are read with every credential.
        static let perAccountMax: Int64 = 500
    }

    /// The collaborators of a thing by last name, those who have not accepted yet among them, and how many there are.
    package static func list(
        _ kind: SharedKind, _ id: Int64, _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([Collaboration], total: Int64) {
        try await database.read { connection in
            try require(kind, id, by: caller, on: connection)
            return (
                try CollaborationRows.find(
                    kind,
                    """
                    c.\(kind.column) = \(id) ORDER BY u.last_name, u.first_name, c.id
                    LIMIT \(page.size) OFFSET \(page.offset)
                    """, on: connection),
                total: try connection.int("SELECT COUNT(*) FROM \(kind.table) WHERE \(kind.column) = \(id)") ?? 0
            )
        }
    }

    /// One collaborator of a thing.
    package static func view(
        _ row: Int64, of kind: SharedKind, _ id: Int64, by caller: Caller, from database: any Database
    ) async throws -> Collaboration {
        try await database.read { connection in
            try require(kind, id, by: caller, on: connection)
            return try find(row, of: kind, id, on: connection)
        }
    }

    /// Invites the account with an e-mail address, which gets a letter. It sees nothing of the thing until it accepts.
    package static func invite(
        _ email: String?, to kind: SharedKind, _ id: Int64, by caller: Caller, mail: MailQueue, at now: Moment,
        in database: any Database
    ) async throws -> Collaboration {
        try await database.transaction { tx in
            let owner = try require(kind, id, by: caller, on: tx)
            guard let address = email.flatMap(EmailAddress.parse) else { throw Fault(.invalid, EmailAddress.problem) }
            // A suspended or unconfirmed account is not told from none: that is nobody else's business.
            let found = try tx.int(
                "SELECT u.id FROM users u WHERE u.email = \(address) AND \(Principal.mayAct(at: now))")
            guard let user = found else { throw Fault(.invalid, "Collaborator must exist.") }
            guard user != owner else {
                throw Fault(.invalid, "The owner of the \(kind.noun) cannot be its collaborator.")
            }
            let sender = caller.userID ?? owner
            // The locks make the counts right for everybody who invites, or is invited, at the same time; in order, so
            // that two who invite each other do not wait for each other.
            _ = try tx.rows(
                "SELECT id FROM users WHERE id IN (\(list: [sender, user])) ORDER BY id \(.forUpdate)"
            ) { $0.int(0) }
            try requireRoom(kind, id, user, on: tx)
            let row = try tx.int(
                """
                INSERT INTO \(kind.table) (\(kind.column), user_id, created_at, updated_at)
                VALUES (\(id), \(user), \(now), \(now))
                ON CONFLICT (\(kind.column), user_id) DO NOTHING RETURNING id
                """)
            guard let row else {
                throw Fault(.invalid, "This person is a collaborator already, or has been invited.")
            }
            try Audit.write(
                caller, "invited", noun: kind.noun, id: id, raw: JSONValue.object(["user": .int(user)]).compact,
                at: now, in: tx)
            let invited = try find(row, of: kind, id, on: tx)
            try write(invited, from: sender, by: caller, mail: mail, at: now, in: tx)
            return invited
        }
    }

    /// The letter. An address that no mail can be sent to gets none: its owner finds the invitation in the panel.
    private static func write(
        _ invited: Collaboration, from sender: Int64, by caller: Caller, mail: MailQueue, at now: Moment,
        in tx: any Transaction
    ) throws {
        try InvitationLetters.count(from: sender, to: invited.person.id, at: now, in: tx)
        guard MailAddress(invited.person.email) != nil else { return }
        try mail.put(
            InvitationLetter.of(invited, byOwner: sender == invited.owner.id, publicURL: mail.publicURL), at: now,
            in: tx)
    }

    /// Puts a collaborator out, or takes an invitation back. The next request of his finds nothing.
    package static func remove(
        _ row: Int64, from kind: SharedKind, _ id: Int64, by caller: Caller, at now: Moment, in database: any Database
    ) async throws {
        try await database.transaction { tx in
            try require(kind, id, by: caller, on: tx)
            let found = try find(row, of: kind, id, on: tx)
            try tx.run("DELETE FROM \(kind.table) WHERE id = \(row)")
            try tx.wake(.identity)
            try Audit.write(
                caller, "removed collaborator", noun: kind.noun, id: id,
                raw: JSONValue.object(["user": .int(found.person.id)]).compact, at: now, in: tx)
        }
    }

    /// Answers the owner. Throws `.notFound` for who does not know of the thing, `.forbidden` for its collaborators.
    @discardableResult
    private static func require(
        _ kind: SharedKind, _ id: Int64, by caller: Caller, on connection: any Connection
    ) throws -> Int64 {
        let found = try connection.first(
            "SELECT t.owner_id, t.is_there FROM (\(kind.things)) t WHERE t.id = \(id)"
        ) { (owner: $0.intOrNil(0), isThere: $0.bool(1)) }
        guard let found else { throw Policy.notFound(kind.noun) }
        let holder = kind.holder(id: id, ownerID: found.owner, isThere: found.isThere)
        try Policy.require(.share, on: holder, by: caller)
        guard let owner = found.owner else {
            throw Fault(.conflict, "This \(kind.noun) is the provider's: everybody may use it.")
        }
        return owner
    }

    private static func find(
        _ row: Int64, of kind: SharedKind, _ id: Int64, on connection: any Connection
    ) throws -> Collaboration {
        let found = try CollaborationRows.find(kind, "c.id = \(row) AND c.\(kind.column) = \(id)", on: connection)
        guard let collaboration = found.first else { throw Policy.notFound("collaborator") }
        return collaboration
    }

    private static func requireRoom(
        _ kind: SharedKind, _ id: Int64, _ user: Int64, on connection: any Connection
    ) throws {
        let here = try connection.int("SELECT COUNT(*) FROM \(kind.table) WHERE \(kind.column) = \(id)") ?? 0
        let his = try connection.int("SELECT COUNT(*) FROM \(kind.table) WHERE user_id = \(user)") ?? 0
        guard here < Limits.perThingMax else {
            throw Fault(.invalid, "A \(kind.noun) has at most \(Limits.perThingMax) collaborators.")
        }
        guard his < Limits.perAccountMax else {
            throw Fault(.invalid, "This person works with \(Limits.perAccountMax) others already.")
        }
    }
}
