package import Basics
package import Logging
import Operations
package import SQL

/// Removes sessions, mailed links, waiting sign-ins and challenges that are over. Nothing depends on it: what is over
/// is refused, removed or not.
package struct IdentitySweep: Reconciler {
    /// How many rows were removed.
    package struct Report: Codable, Sendable, Hashable {
        package let sessions: Int
        package let links: Int
        package let pendingSignIns: Int
        package let challenges: Int

        package init(sessions: Int, links: Int, pendingSignIns: Int, challenges: Int) {
            self.sessions = sessions
            self.links = links
            self.pendingSignIns = pendingSignIns
            self.challenges = challenges
        }
    }

    package static let name = "identity.sweep"
    package let every = Duration.seconds(600)

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
        return try await database.transaction { tx in
            func removed(_ table: SQL, _ condition: SQL) throws -> Int {
                try ExpiredRows.remove(from: table, where: condition, in: tx)
            }
            return Report(
                sessions: try removed("sessions", "expires_at <= \(now)")
                    + removed("sessions", "seen_at <= \(idle)"),
                links: try removed("account_links", "expires_at <= \(now) AND created_at <= \(counted)"),
                pendingSignIns: try removed("pending_sign_ins", "expires_at <= \(now)"),
                challenges: try removed("passkey_challenges", "expires_at <= \(now)"))
        }
    }
}
