package import Basics
import Identity
package import SQL

/// What a device waits for, as its owner is shown it.
package struct DeviceRequest: Sendable, Hashable {
    package let application: OAuthApplication
    package let scopes: ScopeSet
    /// `BCDF-GHJK`
    package let userCode: String
    /// Where the device asked from.
    package let address: String
    package let createdAt: Moment
    fileprivate let id: Int64

    /// What became of a code that somebody entered.
    package enum Found: Sendable, Hashable {
        case request(DeviceRequest)
        /// There is no such code, or it was decided, or is too old: one cannot tell which.
        case unknown
        /// The account has guessed too often.
        case tooMany
    }

    /// The undecided request with this code. Commit the transaction whatever the answer is: wrong codes are counted.
    package static func find(
        _ text: String, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Found {
        let userID = try Policy.requireAccount(caller)
        guard let code = UserCode.normalized(text) else { return .unknown }
        // Before looking, or guesses at the same time would not see each other.
        guard try DeviceGuesses.permit(userID, at: now, in: tx) else { return .tooMany }
        guard let request = try pending(code, at: now, in: tx) else { return .unknown }
        try DeviceGuesses.forgive(userID, in: tx)
        return .request(request)
    }

    /// Allows it. `projects` nil: all of them, also later ones. Throws like
    /// ``Consent/allow(_:projects:by:at:in:)``.
    package func allow(projects: [Int64]?, by caller: Caller, at now: Moment, in tx: any Transaction) throws {
        let grant = try Consent.grant(
            .device, application, scopes: scopes, projects: projects, by: caller, at: now, in: tx)
        try tx.run("UPDATE oauth_device_codes SET state = 'allowed', grant_id = \(grant) WHERE id = \(id)")
    }

    /// Denies it.
    package func deny(by caller: Caller, at now: Moment, in tx: any Transaction) throws {
        try tx.run("UPDATE oauth_device_codes SET state = 'denied' WHERE id = \(id)")
        try Audit.write(caller, "denied", noun: "oauth_application", id: application.id, at: now, in: tx)
    }

    /// Locked until the end of the transaction, so that it is decided once.
    private static func pending(_ code: String, at now: Moment, in tx: any Transaction) throws -> DeviceRequest? {
        let found = try tx.first(
            """
            SELECT id, application_id, scopes, ip_addr, created_at FROM oauth_device_codes
            WHERE user_sha256 = \(IssuedSecret.digest(of: code)) AND state = 'pending' AND expires_at > \(now)
            \(.forUpdate)
            """
        ) { (id: $0.int(0), application: $0.int(1), scopes: $0.text(2), address: $0.text(3), at: $0.moment(4)) }
        guard let found, let application = try Applications.find(id: found.application, on: tx),
            application.usesDevices
        else { return nil }
        return DeviceRequest(
            application: application, scopes: ScopeSet(stored: found.scopes), userCode: UserCode.shown(code),
            address: found.address, createdAt: found.at, id: found.id)
    }
}

/// How often accounts enter codes that are not there.
enum DeviceGuesses {
    /// Counts a guess; false when there were too many already.
    static func permit(_ userID: Int64, at now: Moment, in tx: any Transaction) throws -> Bool {
        let begin = now.advanced(by: .seconds(-OAuthLimits.guessSeconds))
        let failures = try tx.int(
            """
            INSERT INTO oauth_device_guesses (user_id, failures, since) VALUES (\(userID), 1, \(now))
            ON CONFLICT (user_id) DO UPDATE SET
                failures = CASE WHEN oauth_device_guesses.since < \(begin) THEN 1
                                ELSE oauth_device_guesses.failures + 1 END,
                since = CASE WHEN oauth_device_guesses.since < \(begin) THEN \(now)
                             ELSE oauth_device_guesses.since END
            RETURNING failures
            """)
        return failures ?? 0 <= OAuthLimits.guessesMax
    }

    /// It was no guess.
    static func forgive(_ userID: Int64, in tx: any Transaction) throws {
        try tx.run(
            "UPDATE oauth_device_guesses SET failures = failures - 1 WHERE user_id = \(userID) AND failures > 0")
    }
}
