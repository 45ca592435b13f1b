import Basics
import Identity
import SQL

extension Grants {
    private struct Refreshable: Sendable {
        let grant: Int64
        let applicationID: Int64
        let scopes: ScopeSet
        let expiresAt: Moment
        let usedAt: Moment?
        let isOver: Bool
    }

    /// RFC 6749 §6 with rotation (RFC 9700 §4.14.2): each refresh token is good once. Presented again, it ends the
    /// whole grant – unless within a few seconds, because the client may not have got its answer.
    func refresh(_ request: TokenRequest, _ application: OAuthApplication) async throws -> Outcome {
        guard let token = request.refreshToken else {
            throw OAuthProblem(.invalidRequest, "refresh_token is missing.")
        }
        let now = clock.now()
        let digest = IssuedSecret.digest(of: token)
        return try await database.transaction { tx in
            guard let found = try Self.refreshable(digest, at: now, in: tx), found.applicationID == application.id
            else {
                return .refused(.invalidGrant("The refresh token is not one of this client."))
            }
            guard !found.isOver, found.expiresAt > now else {
                return .refused(.invalidGrant("The refresh token has expired or was revoked."))
            }
            if let usedAt = found.usedAt,
                now > usedAt.advanced(by: .seconds(OAuthLimits.refreshGraceSeconds))
            {
                try TokenRevocation.revokeGrant(found.grant, at: now, in: tx)
                return .refused(.invalidGrant("The refresh token was used already; all its tokens are revoked."))
            }
            let scopes: ScopeSet
            do {
                scopes = request.scope == nil ? found.scopes : try ScopeChoice.choose(request.scope, from: found.scopes)
            } catch let problem as OAuthProblem { return .refused(problem) }
            try tx.run(
                """
                UPDATE oauth_refresh_tokens SET used_at = \(now)
                WHERE token_sha256 = \(digest) AND used_at IS NULL
                """)
            return .issued(
                try TokenIssuing.issueRefreshable(
                    application, grant: found.grant, scopes: scopes, until: found.expiresAt, at: now, in: tx))
        }
    }

    private static func refreshable(_ digest: String, at now: Moment, in tx: any Transaction) throws -> Refreshable? {
        let lock = try tx.first(
            "SELECT 1 FROM oauth_refresh_tokens WHERE token_sha256 = \(digest) \(.forUpdate)", { $0.int(0) })
        guard lock != nil else { return nil }
        return try tx.first(
            """
            SELECT g.id, g.application_id, t.scopes, t.expires_at, t.used_at, g.revoked_at
            FROM oauth_refresh_tokens t JOIN oauth_grants g ON g.id = t.grant_id JOIN users u ON u.id = g.user_id
            WHERE t.token_sha256 = \(digest) AND \(Principal.mayAct(at: now))
            """
        ) {
            Refreshable(
                grant: $0.int(0), applicationID: $0.int(1), scopes: ScopeSet(stored: $0.text(2)),
                expiresAt: $0.moment(3), usedAt: $0.momentOrNil(4), isOver: $0.intOrNil(5) != nil)
        }
    }
}
