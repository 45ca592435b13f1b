package import Basics
package import Logging
import Operations
package import SQL

/// Removes answers that need not be given again any more.
package struct IdempotencySweep: Reconciler {
    /// How many rows were removed.
    package struct Report: Codable, Sendable, Hashable {
        package let keys: Int

        package init(keys: Int) { self.keys = keys }
    }

    package static let name = "idempotency.sweep"
    package let every = Duration.seconds(600)

    private let database: any Database
    private let clock: any WallClock

    package init(database: any Database, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    package func activate(logger: Logger) async throws -> Report {
        let now = clock.now()
        return try await database.transaction { tx in
            Report(
                keys: try ExpiredRows.remove(
                    from: "idempotency_keys", by: "holder, name", where: "expires_at < \(now)", in: tx))
        }
    }
}
