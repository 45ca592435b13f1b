package import Basics
package import SQL

/// A key with a name: one string, sent as `Authorization: Bearer bth_key_…`, that is good for some things only.
package struct NamedKey: Sendable, Hashable {
    package let id: Int64
    package let name: String
    package let scopes: ScopeSet
    /// The one project it reaches; nil when it reaches all of the account.
    package let projectID: Int64?
    /// Where it may be used from; empty: from everywhere.
    package let addresses: [String]
    package let expiresAt: Moment?
    /// To the minute.
    package let lastUsedAt: Moment?
    package let createdAt: Moment
    let ownerID: Int64
}

/// Makes, shows and ends named keys.
///
/// Only who has a v60 pair, with all of the account's rights, may: a token that could make keys could make one that may
/// more than itself.
package enum NamedKeys {
    /// The caller's own keys, newest first, without those that were ended, and how many there are on all pages.
    package static func list(
        _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([NamedKey], total: Int64) {
        try requirePair(caller)
        let owned: SQL =
            "name IS NOT NULL AND revoked_at IS NULL AND \(Policy.owned("user_id", project: nil, by: caller))"
        return try await database.read { connection in
            let keys = try rows("\(owned) ORDER BY id DESC LIMIT \(page.size) OFFSET \(page.offset)", on: connection)
            return (keys, total: try connection.int("SELECT COUNT(*) FROM api_keys WHERE \(owned)") ?? 0)
        }
    }

    /// One key. Throws `.notFound` for what the caller may not see.
    package static func view(_ id: Int64, by caller: Caller, from database: any Database) async throws -> NamedKey {
        try requirePair(caller)
        return try await database.read { try find(id, to: .view, by: caller, on: $0) }
    }

    /// Makes a key for the caller's account of a body `{"api_key": {…}}`; the secret is shown this once. Throws
    /// `.malformed`, or `.invalid` with one sentence for everything that is wrong.
    package static func create(
        _ body: JSONValue, by caller: Caller, at now: Moment, in database: any Database
    ) async throws -> (NamedKey, Secret<String>) {
        try requirePair(caller)
        guard let userID = caller.userID else { throw Fault(.forbidden, "A key belongs to an account.") }
        let draft = try NamedKeyDraft(body, by: caller, at: now)
        let addresses = draft.networks.map(\.text).joined(separator: " ")
        let secret = IssuedSecret.make(.apiKey)
        let key = try await database.transaction { tx in
            // The lock makes the count right for everybody.
            _ = try tx.int("SELECT id FROM users WHERE id = \(userID) \(.forUpdate)")
            try draft.require(forUser: userID, on: tx)
            let id = try tx.int(
                """
                INSERT INTO api_keys (user_id, username, secret_sha256, name, scopes, project_id, addresses, expires_at,
                    created_at)
                VALUES (\(userID), \(Random.token(APIKeys.usernameCharacters)),
                    \(IssuedSecret.digest(of: secret.reveal())), \(draft.name), \(draft.scopes.text),
                    \(draft.projectID), \(addresses), \(draft.expiresAt), \(now))
                RETURNING id
                """)
            guard let id else { throw Fault(.bug, "The new API key could not be stored.") }
            let raw = JSONValue.object(["name": .string(draft.name), "scopes": .string(draft.scopes.text)]).compact
            try Audit.write(caller, "created", noun: "api_key", id: id, raw: raw, at: now, in: tx)
            return try find(id, to: .view, by: caller, on: tx)
        }
        return (key, secret)
    }

    /// Ends a key: the next request with it is refused.
    package static func delete(_ id: Int64, by caller: Caller, at now: Moment, in database: any Database) async throws {
        try requirePair(caller)
        try await database.transaction { tx in
            _ = try find(id, to: .delete, by: caller, on: tx)
            // Somebody was faster.
            guard try APIKeys.end(id, by: caller, at: now, in: tx) else { throw Policy.notFound(noun) }
        }
    }

    /// What a key is good for; nil when it is unknown, ended or expired, or its account may not act.
    static func principal(_ key: String, at now: Moment, on connection: any Connection) throws -> Principal? {
        guard IssuedSecret.isWellFormed(key, .apiKey) else { return nil }
        return try connection.first(
            """
            SELECT k.id, k.user_id, u.is_admin, k.scopes, k.project_id, k.addresses, k.expires_at
            FROM api_keys k JOIN users u ON u.id = k.user_id
            WHERE k.secret_sha256 = \(IssuedSecret.digest(of: key)) AND k.name IS NOT NULL AND k.revoked_at IS NULL
                AND (k.expires_at IS NULL OR k.expires_at > \(now)) AND \(Principal.mayAct(at: now))
            """
        ) { row in
            let addresses = split(row.text(5))
            return Principal(
                userID: row.int(1), isAdmin: row.bool(2), means: .token, scopes: ScopeSet(stored: row.text(3)),
                projects: row.intOrNil(4).map { [$0] }, expiresAt: row.momentOrNil(6), keyID: row.int(0),
                networks: addresses.isEmpty ? nil : addresses.compactMap { try? IPNetwork($0) })
        }
    }

    private static let noun = "API key"

    private static func requirePair(_ caller: Caller) throws {
        if caller.means == .token {
            throw Fault(
                .forbidden, "Use an API key pair with HTTP Basic here: tokens and named keys cannot manage keys.")
        }
    }

    private static func find(
        _ id: Int64, to action: Action, by caller: Caller, on connection: any Connection
    ) throws -> NamedKey {
        let found = try rows("id = \(id) AND name IS NOT NULL AND revoked_at IS NULL", on: connection).first
        guard let found else { throw Policy.notFound(noun) }
        try Policy.require(action, on: Holder(noun: noun, ownerID: found.ownerID), by: caller)
        return found
    }

    private static func rows(_ condition: SQL, on connection: any Connection) throws -> [NamedKey] {
        try connection.rows(
            """
            SELECT id, name, scopes, project_id, addresses, expires_at, last_used_at, created_at, user_id
            FROM api_keys WHERE \(condition)
            """
        ) { row in
            NamedKey(
                id: row.int(0), name: row.text(1), scopes: ScopeSet(stored: row.text(2)), projectID: row.intOrNil(3),
                addresses: split(row.text(4)), expiresAt: row.momentOrNil(5), lastUsedAt: row.momentOrNil(6),
                createdAt: row.moment(7), ownerID: row.int(8))
        }
    }

    private static func split(_ addresses: String) -> [String] { addresses.split(separator: " ").map(String.init) }
}
