package import Basics
package import Identity
package import SQL

/// An access token that is good at this moment.
package struct LiveToken: Sendable, Hashable {
    package let applicationID: Int64
    package let applicationUID: String
    package let grantID: Int64?
    /// The account that allowed it; nil when the application acts for itself.
    package let userID: Int64?
    /// That account belongs to the provider's staff.
    package let isAdmin: Bool
    package let scopes: ScopeSet
    /// nil when it is not limited to some projects.
    package fileprivate(set) var projects: [Int64]?
    package let createdAt: Moment
    package let expiresAt: Moment
}

/// Finds out what a token is good for.
package enum TokenReading {
    /// The token, when it is neither unknown, expired nor revoked, what allowed it still stands, the API key it was
    /// obtained with is still valid, and its account may act.
    package static func live(_ token: String, at now: Moment, on connection: any Connection) throws -> LiveToken? {
        guard IssuedSecret.isWellFormed(token, .accessToken) else { return nil }
        let found = try connection.first(
            """
            SELECT t.application_id, a.uid, t.grant_id, g.user_id, u.is_admin, t.scopes, g.all_projects, t.created_at,
                t.expires_at
            FROM oauth_tokens t JOIN oauth_applications a ON a.id = t.application_id
            LEFT JOIN oauth_grants g ON g.id = t.grant_id
            LEFT JOIN users u ON u.id = g.user_id
            LEFT JOIN api_keys k ON k.id = g.api_key_id
            WHERE t.token_sha256 = \(IssuedSecret.digest(of: token)) AND t.revoked_at IS NULL
                AND t.expires_at > \(now) AND k.revoked_at IS NULL
                AND (t.grant_id IS NULL OR g.revoked_at IS NULL AND \(Principal.mayAct(at: now)))
            """
        ) { row in
            (token: Self.token(row), isLimited: row.intOrNil(6) == 0)
        }
        guard var token = found?.token else { return nil }
        guard found?.isLimited == true, let grant = token.grantID else { return token }
        token.projects = try connection.rows(
            "SELECT project_id FROM oauth_grant_projects WHERE grant_id = \(grant) ORDER BY project_id"
        ) { $0.int(0) }
        return token
    }

    /// What the door asks: see ``Authenticator``.
    package static func principal(_ token: String, at now: Moment, on connection: any Connection) throws -> Principal? {
        guard let token = try live(token, at: now, on: connection) else { return nil }
        return Principal(
            userID: token.userID, isAdmin: token.isAdmin, means: .token, scopes: token.scopes,
            projects: token.projects, applicationID: token.applicationID, expiresAt: token.expiresAt)
    }

    private static func token(_ row: any Row) -> LiveToken {
        LiveToken(
            applicationID: row.int(0), applicationUID: row.text(1), grantID: row.intOrNil(2), userID: row.intOrNil(3),
            isAdmin: row.intOrNil(4) == 1, scopes: ScopeSet(stored: row.text(5)), projects: nil,
            createdAt: row.moment(7), expiresAt: row.moment(8))
    }
}
