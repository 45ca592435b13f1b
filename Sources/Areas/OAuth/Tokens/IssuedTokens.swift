package import Basics
import Identity
import SQL

/// What the token endpoint gives (RFC 6749 §5.1).
package struct IssuedTokens: Sendable {
    package let accessToken: Secret<String>
    package let refreshToken: Secret<String>?
    package let scopes: ScopeSet
    package let createdAt: Moment
    /// Seconds until the access token ends.
    package var expiresIn: Int64 { OAuthLimits.accessTokenSeconds }
}

/// Makes tokens and stores their hashes.
enum TokenIssuing {
    /// A token of `application` for itself, or of what `grant` gave it.
    static func issue(
        _ application: OAuthApplication, grant: Int64?, scopes: ScopeSet, at now: Moment, in tx: any Transaction
    ) throws -> IssuedTokens {
        let token = IssuedSecret.make(.accessToken)
        try tx.run(
            """
            INSERT INTO oauth_tokens (token_sha256, application_id, grant_id, scopes, created_at, expires_at)
            VALUES (\(IssuedSecret.digest(of: token.reveal())), \(application.id), \(grant), \(scopes.text), \(now),
                    \(now.advanced(by: .seconds(OAuthLimits.accessTokenSeconds))))
            """)
        return IssuedTokens(accessToken: token, refreshToken: nil, scopes: scopes, createdAt: now)
    }

    /// The same with a refresh token, which is good until `end`.
    static func issueRefreshable(
        _ application: OAuthApplication, grant: Int64, scopes: ScopeSet, until end: Moment, at now: Moment,
        in tx: any Transaction
    ) throws -> IssuedTokens {
        let issued = try issue(application, grant: grant, scopes: scopes, at: now, in: tx)
        let refresh = IssuedSecret.make(.refreshToken)
        try tx.run(
            """
            INSERT INTO oauth_refresh_tokens (token_sha256, grant_id, scopes, created_at, expires_at)
            VALUES (\(IssuedSecret.digest(of: refresh.reveal())), \(grant), \(scopes.text), \(now), \(end))
            """)
        return IssuedTokens(
            accessToken: issued.accessToken, refreshToken: refresh, scopes: scopes, createdAt: now)
    }
}
