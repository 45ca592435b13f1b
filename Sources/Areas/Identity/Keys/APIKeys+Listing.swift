package import Basics
package import SQL

extension APIKeys {
    /// A key without its secret.
    package struct Listed: Sendable, Hashable {
        package let id: Int64
        package let username: String
        /// nil for a v60 pair.
        package let name: String?
        package let createdAt: Moment
        /// nil while it works.
        package let revokedAt: Moment?
    }

    /// The keys of an account, newest first. Only the account itself, staff, the operator, or Berth may see them.
    package static func list(
        ofUser userID: Int64, by caller: Caller, on connection: any Connection
    ) throws -> [Listed] {
        try Policy.require(.view, on: Holder(noun: "user", ownerID: userID), by: caller)
        return try connection.rows(
            "SELECT id, username, name, created_at, revoked_at FROM api_keys WHERE user_id = \(userID) ORDER BY id DESC"
        ) {
            Listed(
                id: $0.int(0), username: $0.text(1), name: $0.textOrNil(2), createdAt: $0.moment(3),
                revokedAt: $0.momentOrNil(4))
        }
    }

    /// Ends a key and the tokens that were obtained with it, at once. Doing it twice is doing it once.
    package static func revoke(
        username: String, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws {
        let found = try tx.first(
            "SELECT id, user_id FROM api_keys WHERE username = \(username)"
        ) { (id: $0.int(0), userID: $0.int(1)) }
        guard let found else { throw Policy.notFound("API key") }
        try Policy.require(.operate, on: Holder(noun: "API key", ownerID: found.userID), by: caller)
        _ = try end(found.id, by: caller, at: now, in: tx)
    }

    /// Ends a key of either kind; false when it had ended. Who asks has made sure that the caller may.
    static func end(_ id: Int64, by caller: Caller, at now: Moment, in tx: any Transaction) throws -> Bool {
        let changed = try tx.run("UPDATE api_keys SET revoked_at = \(now) WHERE id = \(id) AND revoked_at IS NULL")
        guard changed == 1 else { return false }
        try Audit.write(caller, "revoked", noun: "api_key", id: id, at: now, in: tx)
        try tx.wake(.identity)
        return true
    }
}
