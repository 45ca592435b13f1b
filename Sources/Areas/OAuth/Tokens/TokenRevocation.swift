package import Basics
import Identity
package import SQL

/// Ends tokens (RFC 7009).
package enum TokenRevocation {
    /// Ends `token`, which `application` was given. A refresh token takes everything that its grant gave with it. An
    /// unknown token is no fault (§2.2); one of another application is refused (§2.1).
    package static func revoke(
        _ token: String, by application: OAuthApplication, at now: Moment, in tx: any Transaction
    ) throws {
        let digest = IssuedSecret.digest(of: token)
        let owner = try tx.first(
            """
            SELECT g.application_id, g.id FROM oauth_refresh_tokens t JOIN oauth_grants g ON g.id = t.grant_id
            WHERE t.token_sha256 = \(digest)
            """
        ) { (applicationID: $0.int(0), grant: $0.int(1)) }
        if let owner {
            try require(owner.applicationID, is: application)
            try revokeGrant(owner.grant, at: now, in: tx)
            return
        }
        guard let id = try tx.int("SELECT application_id FROM oauth_tokens WHERE token_sha256 = \(digest)") else {
            return
        }
        try require(id, is: application)
        try tx.run(
            "UPDATE oauth_tokens SET revoked_at = \(now) WHERE token_sha256 = \(digest) AND revoked_at IS NULL")
        try tx.wake(.identity)
    }

    /// Ends everything that one act of allowing gave.
    static func revokeGrant(_ id: Int64, at now: Moment, in tx: any Transaction) throws {
        try tx.run("UPDATE oauth_grants SET revoked_at = \(now) WHERE id = \(id) AND revoked_at IS NULL")
        try tx.wake(.identity)
    }

    private static func require(_ id: Int64, is application: OAuthApplication) throws {
        guard id == application.id else {
            throw OAuthProblem(.unauthorizedClient, "The token was given to another client.")
        }
    }
}
