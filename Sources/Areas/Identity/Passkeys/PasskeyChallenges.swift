package import Basics
package import SQL

/// What passkeys are asked to sign: random, good once, for five minutes, kept at our side as a hash.
package enum PasskeyChallenges {
    /// What an answer is for. It cannot be used for anything else.
    package enum Purpose: String, Sendable {
        case register
        /// In place of address and password.
        case signIn = "sign_in"
        /// After the password, in place of a code.
        case secondFactor = "second_factor"
    }

    static let seconds: Int64 = 300
    private static let bytes = 32
    /// Of one account at a time; the oldest go.
    private static let perAccountMax = 20
    /// Of people who are not signed in. More, and somebody is at work who does not want to sign in.
    private static let strangersMax: Int64 = 10_000

    /// A new challenge in base64url, for an account or, when signing in, for whoever answers.
    package static func make(
        _ purpose: Purpose, userID: Int64?, at now: Moment, in tx: any Transaction
    ) throws -> String {
        if userID == nil {
            let open = try tx.int(
                """
                SELECT COUNT(*) FROM
                    (SELECT 1 FROM passkey_challenges WHERE expires_at > \(now) LIMIT \(strangersMax)) c
                """)
            if open ?? 0 >= strangersMax {
                throw Fault(.throttled, "Too many people are signing in at this moment. Try again in a few minutes.")
            }
        }
        var generator = SystemRandomNumberGenerator()
        let challenge = Base64URL.encode((0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        try tx.run(
            """
            INSERT INTO passkey_challenges (challenge_sha256, purpose, user_id, expires_at)
            VALUES (\(IssuedSecret.digest(of: challenge)), \(purpose.rawValue), \(userID),
                    \(now.advanced(by: .seconds(seconds))))
            """)
        if let userID {
            try tx.run(
                """
                DELETE FROM passkey_challenges WHERE user_id = \(userID) AND id NOT IN
                    (SELECT id FROM passkey_challenges WHERE user_id = \(userID) ORDER BY id DESC
                     LIMIT \(perAccountMax))
                """)
        }
        return challenge
    }

    /// Uses a challenge up; false when it is not one of ours for this, for this account, or not any more.
    static func take(
        _ challenge: String, _ purpose: Purpose, userID: Int64?, at now: Moment, in tx: any Transaction
    ) throws -> Bool {
        let owner: SQL = userID.map { "user_id = \($0)" } ?? "user_id IS NULL"
        return try tx.run(
            """
            DELETE FROM passkey_challenges WHERE challenge_sha256 = \(IssuedSecret.digest(of: challenge))
                AND purpose = \(purpose.rawValue) AND expires_at > \(now) AND \(owner)
            """) == 1
    }
}
