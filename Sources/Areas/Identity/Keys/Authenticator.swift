package import Basics
import Crypto
import FoundationEssentials
package import SQL
import Synchronization

/// Who is behind the credentials of a request.
///
/// A pair costs one indexed read. Pairs that were right are remembered, as a hash of the header, for a few seconds or
/// until ``WakeChannel/identity``; wrong ones never are. An unknown user name costs the same as a wrong secret: one
/// read, one hash, one comparison of equal length.
package final class Authenticator: Sendable {
    /// The account behind a valid pair.
    package struct Principal: Sendable, Hashable {
        package let userID: Int64
        package let isAdmin: Bool
    }

    /// Bounds of the memory and of its staleness.
    package enum Limits {
        /// About 100 bytes each.
        package static let rememberedMax = 10_000
        /// A revocation in another process that could not wake us is noticed after this many seconds.
        package static let rememberedSeconds = 5
        /// Longer credentials are not ours.
        package static let credentialBytesMax = 512
    }

    private struct Remembered {
        let principal: Principal
        let until: Moment
    }

    private let database: any Database
    private let clock: any WallClock
    private let remembered = Mutex<[SHA256Digest: Remembered]>([:])
    /// Counts forgettings, so that a read which began before one is not remembered after it.
    private let epoch = Mutex(0)
    /// What an unknown user's secret is compared with.
    private let nobody = String(repeating: "0", count: 64)

    package init(database: any Database, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    /// Forgets remembered pairs whenever something about who may do what has changed. Runs until cancelled.
    package func run() async {
        for await _ in database.wakeUps(.identity) { forget() }
    }

    /// Forgets all remembered pairs.
    package func forget() {
        epoch.withLock { $0 += 1 }
        remembered.withLock { $0.removeAll(keepingCapacity: true) }
    }

    /// The account behind the base64 part of a `Basic` header when the pair was right a moment ago. Never waits.
    package func recall(_ credentials: Substring) -> Principal? {
        let key = Self.key(credentials)
        let now = clock.now()
        return remembered.withLock {
            guard let found = $0[key], found.until > now else { return nil }
            return found.principal
        }
    }

    /// The account behind the base64 part of a `Basic` header; nil for anything that is not a valid pair of an active
    /// account, without saying which.
    package func principal(_ credentials: Substring) async throws -> Principal? {
        if let principal = recall(credentials) { return principal }
        guard credentials.utf8.count <= Limits.credentialBytesMax, let (username, password) = Self.pair(credentials)
        else { return nil }
        let before = epoch.withLock { $0 }
        let stored = try await database.read { connection in
            try connection.first(
                """
                SELECT k.secret_sha256, u.id, u.is_admin, u.active
                FROM api_keys k JOIN users u ON u.id = k.user_id
                WHERE k.username = \(username) AND k.revoked_at IS NULL
                """
            ) { (digest: $0.text(0), userID: $0.int(1), isAdmin: $0.bool(2), active: $0.bool(3)) }
        }
        let right = Self.equal(APIKeys.digest(of: password), stored?.digest ?? nobody)
        guard right, let stored, stored.active else { return nil }
        let principal = Principal(userID: stored.userID, isAdmin: stored.isAdmin)
        if epoch.withLock({ $0 }) == before { remember(credentials, principal) }
        return principal
    }

    private func remember(_ credentials: Substring, _ principal: Principal) {
        let key = Self.key(credentials)
        let until = clock.now().advanced(by: .seconds(Limits.rememberedSeconds))
        remembered.withLock {
            if $0.count >= Limits.rememberedMax { $0.removeAll(keepingCapacity: true) }
            $0[key] = Remembered(principal: principal, until: until)
        }
    }

    private static func key(_ credentials: Substring) -> SHA256Digest {
        var credentials = credentials
        return credentials.withUTF8 { SHA256.hash(data: $0) }
    }

    /// `user:secret`; the secret may contain colons.
    private static func pair(_ credentials: Substring) -> (String, String)? {
        guard let data = Data(base64Encoded: String(credentials)), let text = String(validating: data, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        let username = String(text[..<colon])
        // PostgreSQL has no text with a zero in it, and neither have our names.
        if username.utf8.contains(0) { return nil }
        return (username, String(text[text.index(after: colon)...]))
    }

    /// Compares without stopping at the first difference.
    private static func equal(_ a: String, _ b: String) -> Bool {
        let a = Array(a.utf8)
        let b = Array(b.utf8)
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in a.indices { difference |= a[index] ^ b[index] }
        return difference == 0
    }
}
