package import Basics
package import SQL
import Synchronization

/// Counts requests and says when there were too many.
///
/// Counting never waits: it is done in memory. On PostgreSQL, where several processes serve, each tells the others a
/// few times a second what it has counted, by way of the database; until then each counts for itself, so that together
/// they may let through what arrives within a quarter of a second. On SQLite one process serves alone. What was counted
/// is forgotten with the process.
package final class RateLimiter: Sendable {
    enum Bounds {
        /// Addresses and credentials that are remembered, about 150 bytes each.
        static let keysMax = 50_000
        /// Between two tellings.
        static let shareMilliseconds = 250
        /// Told in one transaction; the rest follows with the next.
        static let sharedMax = 500
        /// Between two removals of what is over from the database.
        static let sweepSeconds: Int64 = 60
    }

    package let limits: RateLimits
    private let clock: any WallClock
    private let counts = Mutex<[RateKey: RateCount]>([:])

    package init(_ limits: RateLimits, clock: any WallClock) {
        self.limits = limits
        self.clock = clock
    }

    /// Counts one request; nil when there is no limit of this kind.
    package func take(_ key: RateKey) -> RateBudget? { budget(key, taking: true) }

    /// What is left, without counting.
    package func look(_ key: RateKey) -> RateBudget? { budget(key, taking: false) }

    private func budget(_ key: RateKey, taking: Bool) -> RateBudget? {
        guard let limit = limits[key.kind] else { return nil }
        let now = clock.now()
        return counts.withLock { counts in
            if counts[key] == nil, counts.count >= Bounds.keysMax { makeRoom(&counts, at: now) }
            return counts[key, default: RateCount(limit, at: now)].budget(limit, at: now, taking: taking)
        }
    }

    /// Forgets those whose windows are over; when that is not enough, those that are far from their limit, who lose
    /// least by it.
    private func makeRoom(_ counts: inout [RateKey: RateCount], at now: Moment) {
        counts = counts.filter { key, count in limits[key.kind].map { !count.isOver($0, at: now) } ?? false }
        if counts.count < Bounds.keysMax / 2 { return }
        let near = counts.filter { key, count in limits[key.kind].map { count.mine > $0.quota / 10 } ?? false }
        counts = near.count < Bounds.keysMax ? near : [:]
    }

    /// Exchanges counts with the other processes on a PostgreSQL until it is cancelled.
    package func run(on database: any Database) async {
        var swept = Moment(milliseconds: 0)
        while (try? await Task.sleep(for: .milliseconds(Bounds.shareMilliseconds))) != nil {
            await share(on: database)
            let now = clock.now()
            if now < swept.advanced(by: .seconds(Bounds.sweepSeconds)) { continue }
            swept = now
            _ = try? await database.transaction { try $0.run("DELETE FROM rate_counts WHERE ends_at < \(now)") }
        }
    }

    private struct Parcel: Sendable {
        let key: RateKey
        let window: Int64
        let count: Int64
        /// What the others will have been told then.
        let told: Int64
        let endsAt: Moment
    }

    /// Tells what was counted since the last time, and learns what the others have counted of the same.
    package func share(on database: any Database) async {
        let parcels = counts.withLock { counts in
            var parcels: [Parcel] = []
            for (key, count) in counts.filter({ $0.value.unsent > 0 }).prefix(Bounds.sharedMax) {
                guard let limit = limits[key.kind] else { continue }
                // Kept for one window more, in which it still counts in part.
                let end = (count.window + 2) * limit.seconds * 1000
                parcels.append(
                    Parcel(
                        key: key, window: count.window, count: counts[key]?.takeUnsent() ?? 0, told: count.mine,
                        endsAt: Moment(milliseconds: end)))
            }
            // In one order, so that two processes cannot wait for each other.
            return parcels.sorted { $0.key.text < $1.key.text }
        }
        if parcels.isEmpty { return }
        do {
            let totals = try await database.transaction { tx in try parcels.map { try Self.add($0, in: tx) } }
            counts.withLock { counts in
                for (parcel, total) in zip(parcels, totals) {
                    counts[parcel.key]?.learn(total, told: parcel.told, in: parcel.window)
                }
            }
        } catch {
            counts.withLock { counts in
                for parcel in parcels { counts[parcel.key]?.giveBack(parcel.count, of: parcel.window) }
            }
        }
    }

    /// Adds what is new; answers what all processes together have.
    private static func add(_ parcel: Parcel, in tx: any Transaction) throws -> Int64 {
        let total = try tx.int(
            """
            INSERT INTO rate_counts (subject, time_window, requests, ends_at)
            VALUES (\(parcel.key.text), \(parcel.window), \(parcel.count), \(parcel.endsAt))
            ON CONFLICT (subject, time_window) DO UPDATE SET requests = rate_counts.requests + excluded.requests
            RETURNING requests
            """)
        return total ?? parcel.told
    }
}
