package import Basics
package import Identity
package import SQL

/// Registers and finds OAuth applications.
package enum Applications {
    /// What is shown once, when an application is registered or gets another secret.
    package struct Registered: Sendable {
        package let application: OAuthApplication
        /// nil for a public application.
        package let secret: Secret<String>?
    }

    /// Registers an application. Customers register their own; staff and the operator also ones of nobody. Throws
    /// `.invalid` with every problem at once.
    package static func create(
        _ draft: ApplicationDraft, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Registered {
        let ownerID = caller.isAdmin ? draft.ownerID : caller.userID
        try Policy.require(.create, on: Holder(noun: "application", ownerID: ownerID), by: caller)
        let clean = try draft.checked(by: caller)
        try requireOwner(ownerID, on: tx)
        let secret = clean.isConfidential ? IssuedSecret.make(.clientSecret) : nil
        let digest = secret.map { IssuedSecret.digest(of: $0.reveal()) }
        let id = try tx.int(
            """
            INSERT INTO oauth_applications (uid, secret_sha256, name, redirect_uris, scopes, uses_devices, owner_id,
                                            created_at, updated_at)
            VALUES (\(Random.token(uidCharacters)), \(digest), \(clean.name),
                    \(clean.redirectURIs.joined(separator: "\n")), \(clean.scopes.text), \(clean.usesDevices),
                    \(ownerID), \(now), \(now))
            RETURNING id
            """)
        guard let id, let application = try find(id: id, on: tx) else {
            throw Fault(.bug, "The new application could not be read back.")
        }
        try Audit.write(caller, "created", noun: "oauth_application", id: id, at: now, in: tx)
        return Registered(application: application, secret: secret)
    }

    /// Gives a confidential application another secret; the earlier one stops working at once, its tokens do not.
    package static func rotateSecret(
        uid: String, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Registered {
        try rotateSecret(of: try lookup(uid: uid, to: .operate, by: caller, on: tx), by: caller, at: now, in: tx)
    }

    static func rotateSecret(
        of application: OAuthApplication, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Registered {
        guard application.isConfidential else {
            throw Fault(.conflict, "The application \(application.name) is public: it has no secret.")
        }
        let secret = IssuedSecret.make(.clientSecret)
        try tx.run(
            """
            UPDATE oauth_applications SET secret_sha256 = \(IssuedSecret.digest(of: secret.reveal())),
                updated_at = \(now) WHERE id = \(application.id)
            """)
        try Audit.write(caller, "secret_rotated", noun: "oauth_application", id: application.id, at: now, in: tx)
        return Registered(application: application, secret: secret)
    }

    /// Removes an application with everything it was given. Its tokens stop working at once.
    package static func delete(uid: String, by caller: Caller, at now: Moment, in tx: any Transaction) throws {
        try delete(try lookup(uid: uid, to: .delete, by: caller, on: tx), by: caller, at: now, in: tx)
    }

    static func delete(
        _ application: OAuthApplication, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws {
        try tx.run("DELETE FROM oauth_applications WHERE id = \(application.id)")
        try Audit.write(caller, "deleted", noun: "oauth_application", id: application.id, at: now, in: tx)
        try tx.wake(.identity)
    }

    /// The application with this public name, when the caller may do `action` to it. Throws `.notFound` otherwise.
    package static func lookup(
        uid: String, to action: Action, by caller: Caller, on connection: any Connection
    ) throws -> OAuthApplication {
        guard let found = try find(uid: uid, on: connection) else { throw Policy.notFound("application") }
        try Policy.require(action, on: Holder(noun: "application", ownerID: found.ownerID), by: caller)
        return found
    }

    /// All applications, oldest first. For the operator's shell.
    package static func list(on connection: any Connection) throws -> [OAuthApplication] {
        try connection.rows("SELECT \(columns) FROM oauth_applications ORDER BY id", application)
    }

    static func find(id: Int64, on connection: any Connection) throws -> OAuthApplication? {
        try find("id = \(id)", on: connection)
    }

    static func find(uid: String, on connection: any Connection) throws -> OAuthApplication? {
        try find("uid = \(uid)", on: connection)
    }

    private static func find(_ condition: SQL, on connection: any Connection) throws -> OAuthApplication? {
        try connection.first("SELECT \(columns) FROM oauth_applications WHERE \(condition)", application)
    }

    /// 24 of 62 characters: no two are ever alike.
    private static let uidCharacters = 24

    static let columns: SQL = """
        id, uid, name, redirect_uris, scopes, secret_sha256 IS NOT NULL, uses_devices, owner_id, created_at, updated_at
        """

    static func application(_ row: any Row) -> OAuthApplication {
        OAuthApplication(
            id: row.int(0), uid: row.text(1), name: row.text(2),
            redirectURIs: row.text(3).split(separator: "\n").map(String.init),
            scopes: ScopeSet(stored: row.text(4)), isConfidential: row.bool(5), usesDevices: row.bool(6),
            ownerID: row.intOrNil(7), createdAt: row.moment(8), updatedAt: row.moment(9))
    }
}
