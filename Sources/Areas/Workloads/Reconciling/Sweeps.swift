package import Basics
import Fleet
package import Logging
import Operations
package import SQL
import Signals

/// Removes log lines and samples that have been kept long enough.
package struct SignalSweep: Reconciler {
    /// What one activation removed.
    package struct Report: Codable, Sendable {
        package let logLines: Int
        package let samples: Int
    }

    package static let name = "signals.sweep"
    package let every = Duration.seconds(300)
    private let database: any Database
    private let clock: any WallClock
    private let logDays: Int

    package init(database: any Database, clock: any WallClock, logDays: Int = SignalLimits.logDaysDefault) {
        self.database = database
        self.clock = clock
        self.logDays = logDays
    }

    package func activate(logger: Logger) async throws -> Report {
        let now = clock.now()
        let oldest = now.advanced(by: .seconds(-logDays * 86_400))
        var lines = 0
        while true {
            let removed = try await database.transaction {
                try LogLines.expire(before: oldest, atMost: SignalLimits.sweepRowsMax, in: $0)
            }
            lines += removed
            if removed < SignalLimits.sweepRowsMax { break }
        }
        let samples = try await database.transaction { tx in
            // The last lines of a removed instance may have been written, with its position, after it went.
            try tx.run("DELETE FROM log_positions WHERE instance_id NOT IN (SELECT id FROM instances)")
            return try Metrics.expire(now: now, in: tx)
        }
        return Report(logLines: lines, samples: samples)
    }
}

/// Removes volumes whose service was deleted long enough ago.
package struct VolumeSweep: Reconciler {
    /// What one activation removed.
    package struct Report: Codable, Sendable {
        package let removed: Int
        /// Still there because their zone did not answer or something still uses them.
        package let postponed: Int
    }

    package static let name = "volumes.sweep"
    package let every = Duration.seconds(60)
    private let site: Site

    package init(site: Site) { self.site = site }

    package func activate(logger: Logger) async throws -> Report {
        let now = site.clock.now()
        let due = try await site.database.read { connection in
            try connection.rows(
                """
                SELECT v.id, z.id, z.docker_endpoint, z.tls_dir FROM volumes v JOIN zones z ON z.id = v.zone_id
                WHERE v.trash_after IS NOT NULL AND v.trash_after < \(now) ORDER BY v.trash_after LIMIT 100
                """
            ) { row in
                (row.int(0), ZoneFacts(id: row.int(1), dockerEndpoint: row.text(2), tlsDirectory: row.textOrNil(3)))
            }
        }
        var (removed, postponed) = (0, 0)
        for (id, zone) in due {
            do {
                try await site.engine(zone).removeVolume(site.installation.names.volume(id))
                try await site.database.transaction { tx in
                    try tx.run("DELETE FROM volumes WHERE id = \(id) AND trash_after IS NOT NULL")
                }
                removed += 1
            } catch let fault as Fault {
                logger.warning(
                    "A volume could not be removed", metadata: ["volume": "\(id)", "error": "\(fault.logLine)"])
                postponed += 1
            }
        }
        return Report(removed: removed, postponed: postponed)
    }
}
