import Basics
import Fleet
package import Logging
import SQL

/// Keeps one watcher running for every active zone, also for zones that are added while we run.
package struct FleetWatch: Sendable {
    /// A new zone is noticed this soon even when nobody wakes us.
    private static let lookSeconds = 5

    private let site: Site
    private let holder: String
    private let logger: Logger

    /// `holder` names this process among all that share the database.
    package init(site: Site, holder: String, logger: Logger) {
        self.site = site
        self.holder = holder
        self.logger = logger
    }

    /// Watches until cancelled.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            var watched: Set<Int64> = []
            while !Task.isCancelled {
                for zone in await zones() where watched.insert(zone.id).inserted {
                    let watcher = ZoneWatcher(site: site, zone: zone, holder: holder, logger: logger)
                    group.addTask { await watcher.run() }
                }
                try? await Task.sleep(for: .seconds(Self.lookSeconds))
            }
            group.cancelAll()
        }
    }

    private func zones() async -> [ZoneFacts] {
        do {
            return try await site.database.read { connection in
                try connection.rows("SELECT id, docker_endpoint, tls_dir FROM zones WHERE active = 1 ORDER BY id") {
                    ZoneFacts(id: $0.int(0), dockerEndpoint: $0.text(1), tlsDirectory: $0.textOrNil(2))
                }
            }
        } catch {
            logger.warning("Zones could not be read", metadata: ["error": "\(error)"])
            return []
        }
    }
}
