package import Basics
import Crypto
import FoundationEssentials
package import SQL
import Synchronization

/// Who is behind the credentials of a request.
///
/// A credential costs one indexed read. Those that were right are remembered, as a hash of the header, for a second
/// or until ``WakeChannel/identity`` is woken; wrong ones never are. An unknown user name costs the same as a wrong
/// secret: one read, one hash, one comparison of equal length.
package final class Authenticator: Sendable {
    /// Finds the principal of a bearer token; nil when it is unknown, expired, revoked, or its account may not act.
    package typealias BearerReading = @Sendable (String, Moment, any Connection) throws -> Principal?

    /// Bounds of the memory and of its staleness.
    package enum Limits {
        /// About 100 bytes each.
        package static let rememberedMax = 10_000
        /// A change in another process that could not wake us (SQLite has no means to) is noticed after this many
        /// seconds. One read per second and credential is no cost.
        package static let rememberedSeconds = 1
        /// How often it is written down when keys were used. Nobody asks for the second, and each time is a write.
        package static let usesWrittenSeconds = 60
        /// Longer credentials are not ours.
        package static let credentialBytesMax = 512
    }

    private struct Remembered {
        let principal: Principal
        let until: Moment
        /// What ``Database/wakeCount(_:)`` was before it was read.
        let count: UInt64
    }

    private let database: any Database
    private let clock: any WallClock
    private let bearer: BearerReading
    private let remembered = Mutex<[SHA256Digest: Remembered]>([:])
    /// When keys were used, as far as it is not written down: as many as there are keys.
    private let uses = Mutex<[Int64: Moment]>([:])

    /// `bearer` reads tokens of applications, which this area does not know.
    package init(database: any Database, clock: any WallClock, bearer: @escaping BearerReading) {
        self.database = database
        self.clock = clock
        self.bearer = bearer
    }

    /// Forgets remembered credentials whenever something about who may do what has changed, and writes down each minute
    /// which keys were used. Runs until cancelled; the uses of the last minute are lost then.
    ///
    /// Nothing outdated would be recalled without it: it keeps the database listening and the memory small.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [database, self] in
                for await _ in database.wakeUps(.identity) {
                    remembered.withLock { $0.removeAll(keepingCapacity: true) }
                }
            }
            group.addTask { [self] in
                while (try? await Task.sleep(for: .seconds(Limits.usesWrittenSeconds))) != nil { await writeUses() }
            }
        }
    }

    /// Notes that a request was let in with this. Not needed for what ``recall(_:)`` gave: that is a second old.
    package func noteUse(of principal: Principal) {
        guard let id = principal.keyID else { return }
        let now = clock.now()
        uses.withLock { $0[id] = now }
    }

    /// Writes down when keys were last used. When the database does not take it, the next use will say it again.
    package func writeUses() async {
        let noted = uses.withLock { uses in
            defer { uses.removeAll(keepingCapacity: true) }
            return uses
        }
        if noted.isEmpty { return }
        _ = try? await database.transaction { tx in
            // In one order, so that two processes cannot wait for each other.
            for (id, at) in noted.sorted(by: { $0.key < $1.key }) {
                try tx.run(
                    """
                    UPDATE api_keys SET last_used_at = \(at)
                    WHERE id = \(id) AND (last_used_at IS NULL OR last_used_at < \(at))
                    """)
            }
        }
    }

    /// The principal behind an `Authorization` header, as a whole, when it was right a moment ago. Never waits.
    package func recall(_ header: String) -> Principal? {
        let key = Self.key(header)
        let now = clock.now()
        guard let found = remembered.withLock({ $0[key] }), found.until > now,
            found.count == database.wakeCount(.identity)
        else { return nil }
        return found.principal
    }

    /// The principal behind `Basic` and a valid pair; nil for anything else, without saying what.
    package func basic(_ header: String) async throws -> Principal? {
        guard header.utf8.count <= Limits.credentialBytesMax, let pair = Self.pair(header.dropFirst(6)) else {
            return nil
        }
        return try await find(header) { connection, now in
            try APIKeys.principal(username: pair.username, secret: pair.secret, at: now, on: connection)
        }
    }

    /// The principal behind `Bearer` and a valid token or named key; nil for anything else, without saying what.
    package func bearer(_ header: String) async throws -> Principal? {
        guard header.utf8.count <= Limits.credentialBytesMax else { return nil }
        let token = String(header.dropFirst(7))
        if token.hasPrefix(IssuedSecret.Kind.apiKey.rawValue) {
            return try await find(header) { connection, now in
                try NamedKeys.principal(token, at: now, on: connection)
            }
        }
        return try await find(header) { [bearer] connection, now in try bearer(token, now, connection) }
    }

    private func find(
        _ header: String, _ read: @escaping @Sendable (any Connection, Moment) throws -> Principal?
    ) async throws -> Principal? {
        let count = database.wakeCount(.identity)
        let now = clock.now()
        let found = try await database.read { connection -> Principal? in
            guard var principal = try read(connection, now) else { return nil }
            principal.shares = try Shares.read(principal.userID, at: now, on: connection)
            return principal
        }
        guard let principal = found else { return nil }
        var until = now.advanced(by: .seconds(Limits.rememberedSeconds))
        if let end = principal.expiresAt, end < until { until = end }
        let key = Self.key(header)
        remembered.withLock {
            if $0.count >= Limits.rememberedMax { $0.removeAll(keepingCapacity: true) }
            $0[key] = Remembered(principal: principal, until: until, count: count)
        }
        return principal
    }

    private static func key(_ header: String) -> SHA256Digest {
        var header = header
        return header.withUTF8 { SHA256.hash(data: $0) }
    }

    /// `user:secret` in base64; the secret may contain colons. nil when it is not that.
    package static func pair(_ credentials: some StringProtocol) -> (username: String, secret: String)? {
        guard let data = Data(base64Encoded: String(credentials)), let text = String(validating: data, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        let username = String(text[..<colon])
        // PostgreSQL has no text with a zero in it, and neither have our names.
        if username.utf8.contains(0) { return nil }
        return (username, String(text[text.index(after: colon)...]))
    }
}
