package import Basics
package import Logging
import Operations
package import SQL

/// Removes letters, and requests for some, that were delivered or given up a month ago: they hold names, addresses and
/// what was written. What only counts invitations goes as soon as it does not count any more.
package struct MailSweep: Reconciler {
    /// How many rows were removed.
    package struct Report: Codable, Sendable, Hashable {
        package let letters: Int
        package let invitations: Int
    }

    package static let name = "mail.sweep"
    package let every = Duration.seconds(3600)

    private let database: any Database
    private let clock: any WallClock

    package init(database: any Database, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    package func activate(logger: Logger) async throws -> Report {
        let now = clock.now()
        let counted = now.advanced(by: .seconds(-InvitationLetters.Limits.windowSeconds))
        return try await database.transaction { tx in
            Report(
                letters: try Outbox.removeEnded([MailDeliverer.kind, AskedLinks.kind], now: now, in: tx),
                invitations: try ExpiredRows.remove(
                    from: "invitation_letters", where: "created_at <= \(counted)", in: tx))
        }
    }
}
