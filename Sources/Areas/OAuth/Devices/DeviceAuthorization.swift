package import Basics
import Identity
package import SQL

/// A device without a browser asks for access (RFC 8628): it shows a code, which its owner enters in a browser
/// elsewhere, and meanwhile asks again and again whether he has decided.
package enum DeviceAuthorization {
    /// What the device is told (§3.2).
    package struct Started: Sendable {
        package let deviceCode: Secret<String>
        /// `BCDF-GHJK`
        package let userCode: String
        package let expiresIn: Int64
        package let interval: Int64
    }

    /// Two codes for what `application` wants to be allowed. `address` is the device's, for its owner to recognise.
    package static func start(
        _ application: OAuthApplication, scope: String?, address: String, at now: Moment, in tx: any Transaction
    ) throws -> Started {
        try require(application)
        let scopes = try ScopeChoice.choose(scope, from: application.scopes.subtracting([.register]))
        let pending = try tx.first(
            """
            SELECT COUNT(*), COUNT(*) FILTER (WHERE ip_addr = \(address)) FROM oauth_device_codes
            WHERE application_id = \(application.id) AND expires_at > \(now)
            """
        ) { (all: $0.int(0), here: $0.int(1)) }
        guard let pending, pending.all < OAuthLimits.pendingDeviceCodesMax,
            pending.here < OAuthLimits.pendingDeviceCodesPerAddressMax
        else {
            throw OAuthProblem(.temporarilyUnavailable, "Too many devices are waiting. Try again in a few minutes.")
        }
        let deviceCode = IssuedSecret.make(.deviceCode)
        let userCode = try insert(deviceCode, application, scopes, address, at: now, in: tx)
        return Started(
            deviceCode: deviceCode, userCode: UserCode.shown(userCode), expiresIn: OAuthLimits.deviceCodeSeconds,
            interval: OAuthLimits.pollSeconds)
    }

    /// Throws unless the application was registered for this.
    static func require(_ application: OAuthApplication) throws {
        guard application.usesDevices else {
            throw OAuthProblem(.unauthorizedClient, "This client is not registered for devices without a browser.")
        }
    }

    /// User codes are short, so two can be alike; then another one is made.
    private static func insert(
        _ deviceCode: Secret<String>, _ application: OAuthApplication, _ scopes: ScopeSet, _ address: String,
        at now: Moment, in tx: any Transaction
    ) throws -> String {
        for _ in 0..<attemptsMax {
            let userCode = UserCode.make()
            let id = try tx.int(
                """
                INSERT INTO oauth_device_codes (device_sha256, user_sha256, application_id, scopes, ip_addr,
                    interval_seconds, created_at, expires_at)
                VALUES (\(IssuedSecret.digest(of: deviceCode.reveal())), \(IssuedSecret.digest(of: userCode)),
                    \(application.id), \(scopes.text), \(address), \(OAuthLimits.pollSeconds), \(now),
                    \(now.advanced(by: .seconds(OAuthLimits.deviceCodeSeconds))))
                ON CONFLICT (user_sha256) DO NOTHING
                RETURNING id
                """)
            if id != nil { return userCode }
        }
        throw OAuthProblem(.temporarilyUnavailable, "No free code was found. Try again.")
    }

    private static let attemptsMax = 5
}
