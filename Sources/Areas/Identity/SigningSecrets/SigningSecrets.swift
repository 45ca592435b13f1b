package import Basics
import Crypto
import FoundationEssentials
package import SQL

/// What messages to an account's own servers are signed with, so that they can tell ours from others
/// (https://www.standardwebhooks.com, symmetric signatures).
package struct SigningSecrets: Sendable {
    /// Times and sizes.
    package enum Limits {
        /// For how long both sign after a new one was made, so that receivers can follow.
        package static let previousSeconds: Int64 = 86_400
        /// 192 bits at least, says the specification.
        static let bytes = 32
    }

    /// A secret as its owner sees it.
    package struct Shown: Sendable, Hashable {
        /// `whsec_` and base64.
        package let secret: String
        package let createdAt: Moment
    }

    private let database: any Database
    private let vault: Vault
    private let clock: any WallClock

    package init(database: any Database, vault: Vault, clock: any WallClock) {
        self.database = database
        self.vault = vault
        self.clock = clock
    }

    /// The caller's secret, made now when there is none.
    package func show(by caller: Caller) async throws -> Shown {
        let user = try Self.owner(caller)
        try await ensure(user)
        return try await database.read { [vault] connection in
            guard let row = try Self.row(user, on: connection) else { throw Policy.notFound("signing secret") }
            return Shown(secret: try vault.open(row.secret, from: Self.place(user)).reveal(), createdAt: row.createdAt)
        }
    }

    /// Makes another one. The one before signs beside it for a day.
    package func rotate(by caller: Caller) async throws -> Shown {
        let user = try Self.owner(caller)
        let (secret, sealed) = try make(user)
        let now = clock.now()
        try await database.transaction { tx in
            try tx.run(
                """
                INSERT INTO signing_secrets (user_id, secret, created_at) VALUES (\(user), \(sealed), \(now))
                ON CONFLICT (user_id) DO UPDATE
                SET previous = signing_secrets.secret, secret = excluded.secret, created_at = excluded.created_at
                """)
            try Audit.write(caller, "rotated", noun: "signing_secret", id: user, at: now, in: tx)
        }
        return Shown(secret: secret, createdAt: now)
    }

    /// Makes a secret for an account that has none.
    package func ensure(_ user: Int64) async throws {
        if try await database.read({ try Self.row(user, on: $0) }) != nil { return }
        let (_, sealed) = try make(user)
        let now = clock.now()
        try await database.transaction { tx in
            try tx.run(
                """
                INSERT INTO signing_secrets (user_id, secret, created_at) VALUES (\(user), \(sealed), \(now))
                ON CONFLICT (user_id) DO NOTHING
                """)
        }
    }

    /// The value of `webhook-signature` for a message of the account `user`.
    package func signature(of body: String, id: String, at timestamp: Int64, for user: Int64) async throws -> String {
        try await ensure(user)
        guard let row = try await database.read({ try Self.row(user, on: $0) }) else {
            throw Fault(.unavailable, "The account's signing secret is not there.")
        }
        let isYoung = clock.now() < row.createdAt.advanced(by: .seconds(Limits.previousSeconds))
        let sealed = [row.secret] + (isYoung ? [row.previous].compactMap { $0 } : [])
        let content = Data("\(id).\(timestamp).\(body)".utf8)
        return try sealed.map { sealed in
            let secret = try vault.open(sealed, from: Self.place(user)).reveal()
            guard let key = Data(base64Encoded: String(secret.dropFirst(Self.prefix.count))) else {
                throw Fault(.bug, "A signing secret is not base64.")
            }
            let code = HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: key))
            return "v1," + Data(code).base64EncodedString()
        }.joined(separator: " ")
    }

    private static let prefix = "whsec_"

    private func make(_ user: Int64) throws -> (secret: String, sealed: String) {
        let key = SymmetricKey(size: .init(bitCount: Limits.bytes * 8))
        let secret = Self.prefix + key.withUnsafeBytes { Data($0) }.base64EncodedString()
        return (secret, try vault.seal(Secret(secret), for: Self.place(user)))
    }

    /// Throws for credentials that do not stand for the whole account: with the secret, messages can be forged.
    private static func owner(_ caller: Caller) throws -> Int64 {
        try Policy.requireWholeAccount(caller)
        return try Policy.requireAccount(caller)
    }

    private static func place(_ user: Int64) -> Vault.Place {
        Vault.Place(table: "signing_secrets", row: user, column: "secret")
    }

    private struct Row: Sendable {
        let secret: String
        let previous: String?
        let createdAt: Moment
    }

    private static func row(_ user: Int64, on connection: any Connection) throws -> Row? {
        try connection.first("SELECT secret, previous, created_at FROM signing_secrets WHERE user_id = \(user)") {
            Row(secret: $0.text(0), previous: $0.textOrNil(1), createdAt: $0.moment(2))
        }
    }
}
