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
    /// One transaction must not hold up others; the rest follows with the next tick.
    private static let rowsMax = 5000

    private let database: any Database
    private let clock: any WallClock

    package init(database: any Database, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    package func activate(logger: Logger) async throws -> Report {
        let now = clock.now()
        return try await database.transaction { tx in
            let keys = try tx.run(
                """
                DELETE FROM idempotency_keys WHERE (holder, name) IN
                    (SELECT holder, name FROM idempotency_keys WHERE expires_at < \(now) LIMIT \(Self.rowsMax))
                """)
            return Report(keys: keys)
        }
    }
}
