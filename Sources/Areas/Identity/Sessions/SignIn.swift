package import Basics
package import SQL

/// Checks e-mail addresses and passwords of people.
///
/// An actor, because one check costs a fifth of a second and 32 MB on purpose: they are done one after the other,
/// whoever asks, and only so many may wait.
package actor SignIn {
    /// Bounds.
    package enum Limits {
        /// More wrong passwords in a row lock the account.
        static let failuresMax: Int64 = 5
        /// So long; then it is open again by itself.
        static let lockSeconds: Int64 = 900
        /// Further ones are told to come back.
        static let waitingMax = 20
    }

    private struct Candidate: Sendable {
        let id: Int64
        let hash: String?
        let mayAct: Bool
    }

    private let database: any Database
    private let clock: any WallClock
    private let cost: Passwords.Cost
    private var waiting = 0
    /// Of no password at all: what an unknown address is compared with, so that it costs the same.
    private var nobody: String?

    /// `cost` is what the hash of a password should have cost; one of another cost is replaced when its owner signs in.
    package init(database: any Database, clock: any WallClock, cost: Passwords.Cost = .standard) {
        self.database = database
        self.clock = clock
        self.cost = cost
    }

    /// The account of the pair. nil when it is wrong, or the account is locked, suspended or unconfirmed: not even the
    /// right password is told which. Throws `.throttled` when too many ask at once.
    package func check(email: String, password: Secret<String>) async throws -> Int64? {
        guard !email.utf8.contains(0) else { return nil }
        return try await check("u.email = \(email.lowercased())", password) { Principal.mayAct(at: $0) }
    }

    /// Whether the password is that of an account which is known already, confirmed or not. Wrong ones are counted as
    /// when signing in.
    package func check(userID: Int64, password: Secret<String>) async throws -> Bool {
        try await check("u.id = \(userID)", password) { Principal.isOpen(at: $0) } != nil
    }

    /// The hash of a new password, made in turn. Throws `.throttled` like the others.
    package func hash(_ password: Secret<String>) async throws -> String {
        try enter()
        defer { waiting -= 1 }
        // Those behind us come in and are counted.
        await Task.yield()
        return try Passwords.hash(password, cost: cost)
    }

    private func enter() throws {
        guard waiting < Limits.waitingMax else {
            throw Fault(.throttled, "Too many people are signing in at this moment. Try again in a few seconds.")
        }
        waiting += 1
    }

    private func check(
        _ who: SQL, _ password: Secret<String>, may: @Sendable (Moment) -> SQL
    ) async throws -> Int64? {
        try enter()
        defer { waiting -= 1 }
        guard password.reveal().count <= Passwords.charactersMax else { return nil }
        let now = clock.now()
        let may = may(now)
        let found = try await database.read { connection in
            try connection.first(
                "SELECT u.id, u.password_hash, CASE WHEN \(may) THEN 1 ELSE 0 END FROM users u WHERE \(who)"
            ) { Candidate(id: $0.int(0), hash: $0.textOrNil(1), mayAct: $0.bool(2)) }
        }
        let isRight = Passwords.verify(password, against: try found?.hash ?? hashOfNobody())
        guard let found, let hash = found.hash, found.mayAct else { return nil }
        guard isRight else {
            try await noteFailure(of: found.id, at: now)
            return nil
        }
        let better = Passwords.isOutdated(hash, for: cost) ? try Passwords.hash(password, cost: cost) : nil
        try await database.transaction { tx in
            // Whoever knows the password only must not win tries at the second factor by it.
            try tx.run(
                """
                UPDATE users SET failed_logins = 0 WHERE id = \(found.id) AND failed_logins > 0 AND NOT EXISTS
                    (SELECT 1 FROM second_factors f WHERE f.user_id = users.id AND f.confirmed_at IS NOT NULL)
                """)
            if let better { try Passwords.store(better, forUser: found.id, at: now, in: tx) }
        }
        return found.id
    }

    private func noteFailure(of id: Int64, at now: Moment) async throws {
        try await database.transaction { try Self.countFailure(of: id, at: now, in: $0) }
    }

    /// One more wrong password or code. The count begins anew with the lock, so that the first attempt after it does
    /// not lock again.
    package static func countFailure(of id: Int64, at now: Moment, in tx: any Transaction) throws {
        let failures = try tx.int(
            "UPDATE users SET failed_logins = failed_logins + 1 WHERE id = \(id) RETURNING failed_logins")
        guard let failures, failures >= Limits.failuresMax else { return }
        let until = now.advanced(by: .seconds(Limits.lockSeconds))
        try tx.run("UPDATE users SET failed_logins = 0, locked_until = \(until) WHERE id = \(id)")
        try Audit.write(.system("sign-in"), "locked", noun: "user", id: id, at: now, in: tx)
        try tx.wake(.identity)
    }

    private func hashOfNobody() throws -> String {
        if let nobody { return nobody }
        let made = try Passwords.hash(Secret(Random.password()), cost: cost)
        nobody = made
        return made
    }
}
