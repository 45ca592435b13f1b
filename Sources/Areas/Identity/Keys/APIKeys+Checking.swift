package import Basics
package import SQL

extension APIKeys {
    /// Who has this v60 pair; nil when it is not valid or its account may not act, without saying which.
    package static func principal(
        username: String, secret: String, at now: Moment, on connection: any Connection
    ) throws -> Principal? {
        let stored = try connection.first(
            """
            SELECT k.secret_sha256, k.id, u.id, u.is_admin
            FROM api_keys k JOIN users u ON u.id = k.user_id
            WHERE k.username = \(username) AND k.name IS NULL AND k.revoked_at IS NULL AND \(Principal.mayAct(at: now))
            """
        ) { (digest: $0.text(0), keyID: $0.int(1), userID: $0.int(2), isAdmin: $0.bool(3)) }
        guard IssuedSecret.matches(secret, digest: stored?.digest), let stored else { return nil }
        return Principal(
            userID: stored.userID, isAdmin: stored.isAdmin, means: .apiKey, scopes: .all, keyID: stored.keyID)
    }
}
