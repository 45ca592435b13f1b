import Basics
import Identity
import SQL

extension Grants {
    private struct Polled: Sendable {
        let id: Int64
        let applicationID: Int64
        let scopes: ScopeSet
        let state: String
        let interval: Int64
        let polledAt: Moment?
        let usedAt: Moment?
        let expiresAt: Moment
        let grant: Int64?
        /// The grant stands and its account may act.
        let isGood: Bool

        /// A device that asks too soon (RFC 8628 §3.5).
        func isEarly(at now: Moment) -> Bool {
            guard let polledAt else { return false }
            let due = polledAt.advanced(by: .milliseconds(interval * 1000 - OAuthLimits.pollSlackMilliseconds))
            return now < due
        }
    }

    /// RFC 8628 §3.4: whether the owner of a device has decided. Tokens are given once; a device code that comes again
    /// later ends everything it gave, because one of the two is a thief.
    func deviceCode(_ request: TokenRequest, _ application: OAuthApplication) async throws -> Outcome {
        try DeviceAuthorization.require(application)
        guard let code = request.deviceCode else { throw OAuthProblem(.invalidRequest, "device_code is missing.") }
        let digest = IssuedSecret.digest(of: code)
        let now = clock.now()
        return try await database.transaction { tx in
            guard let found = try Self.polled(digest, at: now, in: tx), found.applicationID == application.id else {
                return .refused(.invalidGrant("The device code is not one of this client."))
            }
            if found.state == "used" {
                // Until then the answer may have been lost, or a sloppy client asked twice at once.
                if let usedAt = found.usedAt, let grant = found.grant,
                    now > usedAt.advanced(by: .seconds(OAuthLimits.refreshGraceSeconds))
                {
                    try TokenRevocation.revokeGrant(grant, at: now, in: tx)
                }
                return .refused(.invalidGrant("The device code was used already."))
            }
            if found.state == "denied" {
                return .refused(OAuthProblem(.accessDenied, "The resource owner denied the request."))
            }
            guard found.expiresAt > now else {
                return .refused(OAuthProblem(.expiredToken, "The device code has expired. Ask for another one."))
            }
            guard !found.isEarly(at: now) else {
                let interval = min(found.interval + OAuthLimits.pollSeconds, OAuthLimits.pollSecondsMax)
                try tx.run(
                    """
                    UPDATE oauth_device_codes SET interval_seconds = \(interval), polled_at = \(now)
                    WHERE id = \(found.id)
                    """)
                return .refused(
                    OAuthProblem(.slowDown, "Too soon. Wait \(interval) seconds between requests from now on."))
            }
            guard let grant = found.grant else {
                try tx.run("UPDATE oauth_device_codes SET polled_at = \(now) WHERE id = \(found.id)")
                return .refused(OAuthProblem(.authorizationPending, "The person has not decided yet."))
            }
            guard found.isGood else {
                return .refused(OAuthProblem(.accessDenied, "What the person allowed was taken back."))
            }
            try tx.run("UPDATE oauth_device_codes SET state = 'used', used_at = \(now) WHERE id = \(found.id)")
            return .issued(try TokenIssuing.issue(application, grant: grant, scopes: found.scopes, at: now, in: tx))
        }
    }

    private static func polled(_ digest: String, at now: Moment, in tx: any Transaction) throws -> Polled? {
        // Of two questions at once, one must see what the other has done.
        let lock = try tx.first(
            "SELECT 1 FROM oauth_device_codes WHERE device_sha256 = \(digest) \(.forUpdate)", { $0.int(0) })
        guard lock != nil else { return nil }
        return try tx.first(
            """
            SELECT c.id, c.application_id, c.scopes, c.state, c.interval_seconds, c.polled_at, c.used_at, c.expires_at,
                c.grant_id, CASE WHEN g.revoked_at IS NULL AND \(Principal.mayAct(at: now)) THEN 1 ELSE 0 END
            FROM oauth_device_codes c
            LEFT JOIN oauth_grants g ON g.id = c.grant_id LEFT JOIN users u ON u.id = g.user_id
            WHERE c.device_sha256 = \(digest)
            """
        ) {
            Polled(
                id: $0.int(0), applicationID: $0.int(1), scopes: ScopeSet(stored: $0.text(2)), state: $0.text(3),
                interval: $0.int(4), polledAt: $0.momentOrNil(5), usedAt: $0.momentOrNil(6), expiresAt: $0.moment(7),
                grant: $0.intOrNil(8), isGood: $0.bool(9))
        }
    }
}
