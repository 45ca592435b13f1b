import Basics
import SQL

/// The right to watch a zone: one holder at a time, by a lease in the zone's row.
struct ZoneLease: Sendable {
    /// A dead watcher is replaced after this long.
    static let seconds = 15
    /// Renewed this often.
    static let renewSeconds = 5

    let database: any Database
    let clock: any WallClock
    let zoneID: Int64
    /// Names this process.
    let holder: String

    /// Takes or renews the lease. Answers whether it is ours now.
    func hold() async throws -> Bool {
        let (now, zoneID, holder) = (clock.now(), zoneID, holder)
        let until = now.advanced(by: .seconds(Self.seconds))
        return try await database.transaction { tx in
            try tx.run(
                """
                UPDATE zones SET watcher = \(holder), watcher_until = \(until)
                WHERE id = \(zoneID) AND active = 1
                  AND (watcher = \(holder) OR watcher IS NULL OR watcher_until < \(now))
                """) > 0
        }
    }

    /// Gives it up, so that another process need not wait.
    func release() async throws {
        let (zoneID, holder) = (zoneID, holder)
        try await database.transaction { tx in
            try tx.run(
                "UPDATE zones SET watcher = NULL, watcher_until = NULL WHERE id = \(zoneID) AND watcher = \(holder)")
        }
    }
}
