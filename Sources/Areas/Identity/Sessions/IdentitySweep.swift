package import Basics
package import Logging
import Operations
package import SQL

/// Removes sessions, mailed links, waiting sign-ins and challenges that are over. Nothing depends on it: what is over
/// is refused, removed or not. Accounts that strangers made and nobody has confirmed for a month go, too.
package struct IdentitySweep: Reconciler {
    /// How many rows were removed.
    package struct Report: Codable, Sendable, Hashable {
        package let sessions: Int
        package let links: Int
        package let pendingSignIns: Int
        package let challenges: Int
        package let accounts: Int

        package init(sessions: Int, links: Int, pendingSignIns: Int, challenges: Int, accounts: Int) {
            self.sessions = sessions
            self.links = links
            self.pendingSignIns = pendingSignIns
            self.challenges = challenges
            self.accounts = accounts
        }
    }

    package static let name = "identity.sweep"
    package let every = Duration.seconds(600)
    /// A letter can be asked for again in that time.
    private static let unconfirmedSeconds: Int64 = 30 * 86_400
    /// How many are looked up at a time.
    private static let accountsMax = 200

    private let database: any Database
    private let clock: any WallClock

    package init(database: any Database, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    package func activate(logger: Logger) async throws -> Report {
        let now = clock.now()
        let idle = now.advanced(by: .seconds(-Sessions.Limits.idleSeconds))
        // Ended ones still count against how many an account is sent.
        let counted = now.advanced(by: .seconds(-AccountLinks.windowSeconds))
        let accounts = try await removeUnconfirmed(at: now)
        return try await database.transaction { tx in
            func removed(_ table: SQL, _ condition: SQL) throws -> Int {
                try ExpiredRows.remove(from: table, where: condition, in: tx)
            }
            return Report(
                sessions: try removed("sessions", "expires_at <= \(now)")
                    + removed("sessions", "seen_at <= \(idle)"),
                links: try removed("account_links", "expires_at <= \(now) AND created_at <= \(counted)"),
                pendingSignIns: try removed("pending_sign_ins", "expires_at <= \(now)"),
                challenges: try removed("passkey_challenges", "expires_at <= \(now)"),
                accounts: accounts)
        }
    }

    /// One by one: what something hangs on – staff may have begun something for it – stays.
    private func removeUnconfirmed(at now: Moment) async throws -> Int {
        let end = now.advanced(by: .seconds(-Self.unconfirmedSeconds))
        var (count, after, more) = (0, Int64(0), true)
        while more {
            let last = after
            let ids = try await database.read { connection in
                try connection.rows(
                    """
                    SELECT id FROM users WHERE confirmed_at IS NULL AND updated_at < \(end) AND id > \(last)
                    ORDER BY id LIMIT \(Self.accountsMax)
                    """
                ) { $0.int(0) }
            }
            for id in ids where try await remove(unconfirmed: id, before: end, at: now) { count += 1 }
            (after, more) = (ids.last ?? after, ids.count == Self.accountsMax)
        }
        return count
    }
    private func remove(unconfirmed id: Int64, before end: Moment, at now: Moment) async throws -> Bool {
        do {
            return try await database.transaction { tx in
                guard
                    try tx.run("DELETE FROM users WHERE id = \(id) AND confirmed_at IS NULL AND updated_at < \(end)")
                        == 1
                else { return false }
                try Audit.write(.system(Self.name), "removed_unconfirmed", noun: "user", id: id, at: now, in: tx)
                return true
            }
        } catch DatabaseProblem.missingReference { return false }
    }
}
