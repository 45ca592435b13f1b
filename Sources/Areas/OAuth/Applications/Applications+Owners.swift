package import Basics
import Identity
package import SQL

/// Applications as their owners and the provider's staff manage them.
///
/// With an API key pair or a session only: a token that could change applications could make one that may more than
/// itself.
extension Applications {
    /// The caller's own applications, and for staff those of nobody too; oldest first, with how many there are on all
    /// pages.
    package static func list(
        _ page: Page, by caller: Caller, on connection: any Connection
    ) throws -> ([OAuthApplication], total: Int64) {
        try requirePerson(caller)
        let condition = visible(to: caller)
        let found = try connection.rows(
            """
            SELECT \(columns) FROM oauth_applications WHERE \(condition)
            ORDER BY id LIMIT \(page.size) OFFSET \(page.offset)
            """, application)
        let total = try connection.int("SELECT COUNT(*) FROM oauth_applications WHERE \(condition)")
        return (found, total ?? 0)
    }

    /// One application. Throws `.notFound` for what the caller may not see.
    package static func view(
        _ id: Int64, by caller: Caller, on connection: any Connection
    ) throws -> OAuthApplication {
        try requirePerson(caller)
        return try lookup(id: id, to: .view, by: caller, on: connection)
    }

    /// Registers an application of the caller's; one of staff belongs to nobody unless they say whose it is.
    package static func create(
        _ change: ApplicationChange, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Registered {
        try requirePerson(caller)
        if let userID = caller.userID, !caller.isAdmin { try requireRoom(forUser: userID, in: tx) }
        return try create(
            change.applied(to: ApplicationDraft(name: ""), by: caller), by: caller, at: now, in: tx)
    }

    /// Changes an application. What it was given ends when it loses a scope of it, or its secret. The answer holds a
    /// secret when it gets one because it had none.
    package static func change(
        _ id: Int64, _ change: ApplicationChange, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Registered {
        try requirePerson(caller)
        _ = try tx.int("SELECT id FROM oauth_applications WHERE id = \(id) \(.forUpdate)")
        let before = try lookup(id: id, to: .operate, by: caller, on: tx)
        let wanted = try change.applied(to: ApplicationDraft(before), by: caller)
            .checked(by: caller, before: before.scopes)
        try requireOwner(wanted.ownerID, on: tx)
        let secret = wanted.isConfidential && !before.isConfidential ? IssuedSecret.make(.clientSecret) : nil
        let digest: SQL =
            if let secret { "\(IssuedSecret.digest(of: secret.reveal()))" } else {
                wanted.isConfidential ? "secret_sha256" : "NULL"
            }
        try tx.run(
            """
            UPDATE oauth_applications SET name = \(wanted.name), scopes = \(wanted.scopes.text),
                redirect_uris = \(wanted.redirectURIs.joined(separator: "\n")), uses_devices = \(wanted.usesDevices),
                owner_id = \(wanted.ownerID), secret_sha256 = \(digest), updated_at = \(now)
            WHERE id = \(id)
            """)
        // Public now: what was given to somebody who could prove himself is not for everybody.
        if before.isConfidential, !wanted.isConfidential {
            try end(of: id, where: "1 = 1", at: now, in: tx)
        } else {
            try end(of: id, having: before.scopes.subtracting(wanted.scopes), at: now, in: tx)
        }
        try Audit.write(caller, "changed", noun: "oauth_application", id: id, at: now, in: tx)
        return Registered(application: try lookup(id: id, to: .view, by: caller, on: tx), secret: secret)
    }

    /// Gives a confidential application another secret; the earlier one stops working at once, its tokens do not.
    package static func rotateSecret(
        _ id: Int64, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Registered {
        try requirePerson(caller)
        return try rotateSecret(
            of: try lookup(id: id, to: .operate, by: caller, on: tx), by: caller, at: now, in: tx)
    }

    /// Removes an application with everything it was given. Its tokens stop working at once.
    package static func delete(_ id: Int64, by caller: Caller, at now: Moment, in tx: any Transaction) throws {
        try requirePerson(caller)
        try delete(try lookup(id: id, to: .delete, by: caller, on: tx), by: caller, at: now, in: tx)
    }

    /// Throws `.forbidden` for tokens.
    static func requirePerson(_ caller: Caller) throws {
        if caller.means == .token {
            throw Fault(
                .forbidden,
                "Use an API key pair with HTTP Basic here: tokens and named keys cannot manage applications.")
        }
    }

    /// Throws `.invalid` when there is no such account.
    static func requireOwner(_ id: Int64?, on connection: any Connection) throws {
        guard let id else { return }
        guard try Accounts.find(id: id, on: connection) != nil else {
            throw Fault(.invalid, "owner_id is not the number of an account.")
        }
    }

    private static func lookup(
        id: Int64, to action: Action, by caller: Caller, on connection: any Connection
    ) throws -> OAuthApplication {
        guard let found = try find(id: id, on: connection) else { throw Policy.notFound("application") }
        try Policy.require(action, on: Holder(noun: "application", ownerID: found.ownerID), by: caller)
        return found
    }

    private static func visible(to caller: Caller) -> SQL {
        let own = Policy.owned("owner_id", project: nil, by: caller)
        return caller.isAdmin ? "(\(own) OR owner_id IS NULL)" : own
    }

    /// The lock makes the count right for everybody.
    private static func requireRoom(forUser id: Int64, in tx: any Transaction) throws {
        _ = try tx.int("SELECT id FROM users WHERE id = \(id) \(.forUpdate)")
        let count = try tx.int("SELECT COUNT(*) FROM oauth_applications WHERE owner_id = \(id)")
        guard count ?? 0 < OAuthLimits.applicationsPerAccountMax else {
            throw Fault(
                .invalid,
                "An account has at most \(OAuthLimits.applicationsPerAccountMax) applications. Delete one first.")
        }
    }

    /// Ends what was given with a scope that the application has no more.
    private static func end(
        of id: Int64, having scopes: ScopeSet, at now: Moment, in tx: any Transaction
    ) throws {
        if scopes.isEmpty { return }
        let condition = scopes.names.reduce("1 = 0" as SQL) { "\($0) OR ' ' || scopes || ' ' LIKE \("% \($1) %")" }
        try end(of: id, where: condition, at: now, in: tx)
    }

    private static func end(of id: Int64, where condition: SQL, at now: Moment, in tx: any Transaction) throws {
        for table in ["oauth_grants", "oauth_tokens"] as [SQL] {
            try tx.run(
                """
                UPDATE \(table) SET revoked_at = \(now)
                WHERE application_id = \(id) AND revoked_at IS NULL AND (\(condition))
                """)
        }
        try tx.wake(.identity)
    }
}
