import Basics
import Fleet
package import Logging
import Operations
import SQL
import Signals
import Synchronization

/// Watches one zone while it holds the zone's lease: heartbeat, events, comparison, logs, samples.
package struct ZoneWatcher: Sendable {
    /// A full comparison happens at least this often; events make it happen at once.
    static let comparisonSeconds = 30
    /// The engine is asked whether it is there.
    static let heartbeatSeconds = 5
    /// Crashed containers that are due are looked for this often.
    static let recoveryTickMilliseconds = 500

    let site: Site
    let zone: ZoneFacts
    let lease: ZoneLease
    let logger: Logger

    package init(site: Site, zone: ZoneFacts, holder: String, logger: Logger) {
        self.site = site
        self.zone = zone
        var logger = logger
        logger[metadataKey: "zone"] = "\(zone.id)"
        self.logger = logger
        lease = ZoneLease(database: site.database, clock: site.clock, zoneID: zone.id, holder: holder)
    }

    /// Watches whenever the lease is ours, until cancelled.
    package func run() async {
        while !Task.isCancelled {
            do {
                if try await lease.hold() {
                    try await watch()
                }
            } catch is CancellationError {
                break
            } catch {
                logger.warning("Watching was interrupted", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(ZoneLease.renewSeconds))
        }
        try? await lease.release()
    }

    /// Runs everything until the lease is lost, which ends the rest.
    private func watch() async throws {
        let engine = try site.engine(zone)
        let comparing = ZoneComparing(site: site, zone: zone, engine: engine, logger: logger)
        logger.info("Watching the zone")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keepLease() }
            group.addTask { await comparing.sink.run() }
            group.addTask { try await heartbeat(comparing) }
            group.addTask { try await followEvents(comparing) }
            group.addTask { try await comparing.run() }
            group.addTask { try await recover() }
            group.addTask { try await sample(comparing) }
            defer { group.cancelAll() }
            // The first to end is the lease keeper (lost) or a failure; both end the watch.
            try await group.next()
        }
    }

    private func keepLease() async throws {
        while try await lease.hold() {
            try await Task.sleep(for: .seconds(ZoneLease.renewSeconds))
        }
        logger.info("Another process watches the zone now")
    }

    private func heartbeat(_ comparing: ZoneComparing) async throws {
        while true {
            do {
                let facts = try await comparing.engine.facts()
                let (zoneID, now) = (zone.id, site.clock.now())
                try await site.database.transaction { tx in
                    try Zones.markOnline(zoneID, facts: facts, at: now, in: tx)
                }
                comparing.engineAnswered()
            } catch let fault as Fault {
                comparing.engineWasSilent()
                let (zoneID, now) = (zone.id, site.clock.now())
                try await site.database.transaction { tx in
                    try Zones.markUnreachable(
                        zoneID, detail: fault.sentences.joined(separator: " "), at: now, in: tx)
                }
            }
            try await Task.sleep(for: .seconds(Self.heartbeatSeconds))
        }
    }

    /// An event is only a reason to look; what is done follows from the comparison.
    private func followEvents(_ comparing: ZoneComparing) async throws {
        var since = site.clock.now()
        while true {
            do {
                let events = comparing.engine.events(
                    since: since, label: EngineNames.installationLabel, value: site.installation.code)
                for try await event in events {
                    since = max(since, event.at)
                    if Self.interesting.contains(event.action) { comparing.look() }
                }
            } catch let fault as Fault {
                logger.debug("The event stream ended", metadata: ["error": "\(fault.logLine)"])
                comparing.engineWasSilent()
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private static let interesting: Set<String> = [
        "die", "destroy", "start", "oom", "kill", "stop", "pause", "unpause",
    ]

    private func recover() async throws {
        while true {
            let (zoneID, now) = (zone.id, site.clock.now())
            let due = try await site.database.read { try ZoneRows.hasCrashes(zoneID: zoneID, in: $0) }
            if due {
                let started = try await site.database.transaction { tx in
                    try ZoneRows.recoverDue(zoneID: zoneID, now: now, in: tx)
                }
                if started > 0 { logger.info("Recovering containers", metadata: ["count": "\(started)"]) }
            }
            try await Task.sleep(for: .milliseconds(Self.recoveryTickMilliseconds))
        }
    }

    private func sample(_ comparing: ZoneComparing) async throws {
        while true {
            let engine = comparing.engine
            var samples: [(Int64, EngineSample)] = []
            for target in comparing.running() {
                guard let sample = try? await engine.sample(of: target.engineName) else { continue }
                samples.append((target.containerID, sample))
            }
            if !samples.isEmpty {
                let (now, batch) = (site.clock.now(), samples)
                try await site.database.transaction { tx in
                    for (container, sample) in batch {
                        try Metrics.add(
                            containerID: container, at: now, cpuMilli: sample.cpuMilli, memoryKiB: sample.memoryKiB,
                            memoryLimitKiB: sample.memoryLimitKiB, in: tx)
                    }
                }
            }
            try await Task.sleep(for: .seconds(SignalLimits.sampleIntervalSeconds))
        }
    }
}
