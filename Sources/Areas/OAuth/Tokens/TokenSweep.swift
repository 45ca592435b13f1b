package import Basics
package import Logging
import Operations
package import SQL

/// Removes tokens, codes and grants that ended a while ago. Until then they are kept, so that reuse is recognised.
package struct TokenSweep: Reconciler {
    /// How many rows were removed.
    package struct Report: Codable, Sendable, Hashable {
        package let tokens: Int
        package let codes: Int
        package let refreshTokens: Int
        package let grants: Int
        package let deviceCodes: Int

        package init(tokens: Int, codes: Int, refreshTokens: Int, grants: Int, deviceCodes: Int) {
            self.tokens = tokens
            self.codes = codes
            self.refreshTokens = refreshTokens
            self.grants = grants
            self.deviceCodes = deviceCodes
        }
    }

    package static let name = "oauth.sweep"
    package let every = Duration.seconds(600)
    /// One transaction must not hold up others; the rest follows with the next tick.
    private static let rowsMax = 5000

    private let database: any Database
    private let clock: any WallClock

    package init(database: any Database, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    package func activate(logger: Logger) async throws -> Report {
        let now = clock.now()
        let end = now.advanced(by: .seconds(-OAuthLimits.keptSeconds))
        return try await database.transaction { tx in
            func removed(_ table: SQL, _ key: SQL, _ condition: SQL) throws -> Int {
                try tx.run(
                    """
                    DELETE FROM \(table) WHERE \(key) IN
                        (SELECT \(key) FROM \(table) WHERE \(condition) LIMIT \(Self.rowsMax))
                    """)
            }
            let tokens = try removed("oauth_tokens", "token_sha256", "expires_at < \(end)")
            let refreshTokens = try removed("oauth_refresh_tokens", "token_sha256", "expires_at < \(end)")
            // A used code must be known as long as what it gave lives: it goes with its grant.
            let grants = try removed(
                "oauth_grants", "id",
                """
                (revoked_at < \(end) OR created_at < \(end)) AND NOT EXISTS
                    (SELECT 1 FROM oauth_tokens t WHERE t.grant_id = oauth_grants.id AND t.expires_at >= \(now))
                AND (revoked_at < \(end) OR NOT EXISTS
                    (SELECT 1 FROM oauth_refresh_tokens r WHERE r.grant_id = oauth_grants.id))
                """)
            let codes = try removed("oauth_codes", "code_sha256", "expires_at < \(end) AND used_at IS NULL")
            let forgotten = now.advanced(by: .seconds(-OAuthLimits.deviceCodeKeptSeconds))
            // What was allowed goes with its grant.
            let deviceCodes = try removed("oauth_device_codes", "id", "expires_at < \(forgotten) AND grant_id IS NULL")
            _ = try removed(
                "oauth_device_guesses", "user_id", "since < \(now.advanced(by: .seconds(-OAuthLimits.guessSeconds)))")
            return Report(
                tokens: tokens, codes: codes, refreshTokens: refreshTokens, grants: grants, deviceCodes: deviceCodes)
        }
    }
}
