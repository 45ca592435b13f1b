package import Basics
package import Logging
import Operations
package import SQL

/// Removes callbacks that were delivered or given up a month ago: they hold addresses and what to show there. Who wants
/// one sent again has that long.
package struct CallbackSweep: Reconciler {
    /// How many rows were removed.
    package struct Report: Codable, Sendable, Hashable {
        package let callbacks: Int
    }

    package static let name = "callback.sweep"
    package let every = Duration.seconds(3600)

    private let database: any Database
    private let clock: any WallClock

    package init(database: any Database, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    package func activate(logger: Logger) async throws -> Report {
        let now = clock.now()
        return try await database.transaction { tx in
            Report(callbacks: try Outbox.removeEnded([OperationNotice.kind], now: now, in: tx))
        }
    }
}
