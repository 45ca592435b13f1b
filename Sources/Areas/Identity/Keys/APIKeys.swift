package import Basics
package import SQL

/// v60 API key pairs: a user name and a secret for HTTP Basic, with all of the account's rights.
package enum APIKeys {
    /// A pair as it is shown, once.
    package struct Pair: Sendable {
        package let id: Int64
        package let username: String
        package let password: Secret<String>
    }

    /// v60 lengths: about 19 and 40 characters. 40 of our alphabet are 238 bits.
    static let usernameCharacters = 19
    static let passwordCharacters = 40

    /// Makes a pair for an account and, as v60 has it, revokes the account's earlier pairs; named keys stay. Only the
    /// account itself, staff, the operator, or Berth may.
    package static func create(
        forUser userID: Int64, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Pair {
        try Policy.require(.operate, on: Holder(noun: "user", ownerID: userID), by: caller)
        guard try tx.int("SELECT id FROM users WHERE id = \(userID) \(.forUpdate)") != nil else {
            throw Policy.notFound("user")
        }
        try tx.run(
            """
            UPDATE api_keys SET revoked_at = \(now)
            WHERE user_id = \(userID) AND name IS NULL AND revoked_at IS NULL
            """)
        return try issue(forUser: userID, by: caller, at: now, in: tx)
    }

    /// A pair for an account that the caller may act for; who asks has made sure of it.
    static func issue(forUser userID: Int64, by caller: Caller, at now: Moment, in tx: any Transaction) throws -> Pair {
        let username = Random.token(usernameCharacters)
        let password = Random.token(passwordCharacters)
        let id = try tx.int(
            """
            INSERT INTO api_keys (user_id, username, secret_sha256, created_at)
            VALUES (\(userID), \(username), \(IssuedSecret.digest(of: password)), \(now))
            RETURNING id
            """)
        guard let id else { throw Fault(.bug, "The new API key could not be stored.") }
        try Audit.write(caller, "created", noun: "api_key", id: id, at: now, in: tx)
        try tx.wake(.identity)
        return Pair(id: id, username: username, password: Secret(password))
    }
}
