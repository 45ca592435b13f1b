package import Basics
package import SQL

/// A public key of an account, for its bastions.
package struct SSHKey: Sendable, Hashable {
    package let id: Int64
    /// The key's comment.
    package let label: String?
    package let createdAt: Moment
    package let updatedAt: Moment
    let ownerID: Int64
}

/// The SSH keys of accounts.
package enum SSHKeys {
    /// The caller's own keys, oldest first, and how many there are on all pages.
    package static func list(
        _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([SSHKey], total: Int64) {
        let owned = Policy.owned("user_id", project: nil, by: caller)
        return try await database.read { connection in
            let keys = try rows("WHERE \(owned) ORDER BY id LIMIT \(page.size) OFFSET \(page.offset)", on: connection)
            return (keys, total: try connection.int("SELECT COUNT(*) FROM ssh_keys WHERE \(owned)") ?? 0)
        }
    }

    /// One key. Throws `.notFound` for what the caller may not see.
    package static func view(_ id: Int64, by caller: Caller, from database: any Database) async throws -> SSHKey {
        try await database.read { try find(id, to: .view, by: caller, on: $0) }
    }

    /// Adds a key in OpenSSH's form of one line to the caller's account. Throws `.invalid` when it is none, too weak,
    /// or there already.
    package static func add(
        _ line: String, by caller: Caller, at now: Moment, in database: any Database
    ) async throws -> SSHKey {
        let userID = try Policy.requireAccount(caller)
        try Policy.requireWholeAccount(caller)
        let key: SSHPublicKey
        do { key = try SSHPublicKey(line) } catch { throw Fault(.invalid, "The key \(error.what).") }
        return try await database.transaction { tx in
            // The lock makes the count below right for everybody.
            _ = try tx.int("SELECT id FROM users WHERE id = \(userID) \(.forUpdate)")
            let count = try tx.int("SELECT COUNT(*) FROM ssh_keys WHERE user_id = \(userID)") ?? 0
            guard count < SSHKeyLimits.keysPerAccountMax else {
                throw Fault(
                    .invalid,
                    "An account has at most \(SSHKeyLimits.keysPerAccountMax) SSH keys. Delete one that is not used.")
            }
            let id = try tx.int(
                """
                INSERT INTO ssh_keys (user_id, label, public_key, fingerprint, created_at, updated_at)
                VALUES (\(userID), \(key.comment), \(key.text), \(key.fingerprint), \(now), \(now))
                ON CONFLICT (user_id, fingerprint) DO NOTHING RETURNING id
                """)
            guard let id else { throw Fault(.invalid, "The key is on this account already (\(key.fingerprint)).") }
            try audit(caller, "created", id, key.fingerprint, at: now, in: tx)
            return try find(id, to: .view, by: caller, on: tx)
        }
    }

    /// Removes a key.
    package static func delete(_ id: Int64, by caller: Caller, at now: Moment, in database: any Database) async throws {
        try await database.transaction { tx in
            let key = try find(id, to: .delete, by: caller, on: tx)
            try Policy.requireWholeAccount(caller)
            let fingerprint = try tx.first("SELECT fingerprint FROM ssh_keys WHERE id = \(key.id)") { $0.text(0) }
            // Somebody was faster.
            guard try tx.run("DELETE FROM ssh_keys WHERE id = \(key.id)") == 1 else { throw Policy.notFound(noun) }
            try audit(caller, "deleted", id, fingerprint ?? "", at: now, in: tx)
        }
    }

    private static let noun = "SSH key"

    private static func audit(
        _ caller: Caller, _ event: String, _ id: Int64, _ fingerprint: String, at now: Moment, in tx: any Transaction
    ) throws {
        let raw = JSONValue.object(["fingerprint": .string(fingerprint)]).compact
        try Audit.write(caller, event, noun: "ssh_key", id: id, raw: raw, at: now, in: tx)
    }

    private static func find(
        _ id: Int64, to action: Action, by caller: Caller, on connection: any Connection
    ) throws -> SSHKey {
        guard let key = try rows("WHERE id = \(id)", on: connection).first else { throw Policy.notFound(noun) }
        try Policy.require(action, on: Holder(noun: noun, ownerID: key.ownerID), by: caller)
        return key
    }

    private static func rows(_ condition: SQL, on connection: any Connection) throws -> [SSHKey] {
        try connection.rows("SELECT id, label, created_at, updated_at, user_id FROM ssh_keys \(condition)") {
            SSHKey(
                id: $0.int(0), label: $0.textOrNil(1), createdAt: $0.moment(2), updatedAt: $0.moment(3),
                ownerID: $0.int(4))
        }
    }
}
