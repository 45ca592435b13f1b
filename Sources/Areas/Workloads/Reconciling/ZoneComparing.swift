import Basics
import Fleet
import Logging
import Operations
import SQL
import Signals
import Synchronization

/// The comparing half of a zone's watcher: looks when told to or when it is time, and acts on what it finds.
final class ZoneComparing: Sendable {
    private struct State {
        var engineWasAway = true
        var running: [InstanceFacts] = []
        var followed: [Int64: Task<Void, Never>] = [:]
    }

    /// Between two looks.
    private static let pauseMilliseconds = 200

    let engine: any ContainerEngine & EngineWatch
    let sink: LogSink
    private let site: Site
    private let zone: ZoneFacts
    private let logger: Logger
    private let state = Mutex(State())
    private let looks: AsyncStream<Void>
    private let lookNow: AsyncStream<Void>.Continuation

    init(site: Site, zone: ZoneFacts, engine: any ContainerEngine & EngineWatch, logger: Logger) {
        self.site = site
        self.zone = zone
        self.engine = engine
        self.logger = logger
        sink = LogSink(database: site.database, logger: logger)
        (looks, lookNow) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Something happened; compare soon.
    func look() { lookNow.yield() }

    /// The engine did not answer: what ended meanwhile did not crash by itself.
    func engineWasSilent() { state.withLock { $0.engineWasAway = true } }

    /// The engine answers again: see what is left.
    func engineAnswered() {
        if state.withLock({ $0.engineWasAway }) { look() }
    }

    /// Instances that ran at the last look.
    func running() -> [InstanceFacts] { state.withLock { $0.running } }

    func run() async throws {
        defer { stopFollowing() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [lookNow] in
                while true {
                    lookNow.yield()
                    try await Task.sleep(for: .seconds(ZoneWatcher.comparisonSeconds))
                }
            }
            group.addTask { [lookNow, database = site.database] in
                for await _ in database.wakeUps(.fleet) { lookNow.yield() }
            }
            group.addTask { [self] in
                for await _ in looks {
                    do { try await compare() } catch let fault as Fault {
                        logger.warning("The comparison could not be made", metadata: ["error": "\(fault.logLine)"])
                    }
                    // Events come in bursts; one look answers for all of a burst.
                    try await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// One full comparison. Rows are read before the engine is asked, so that a container made in between is not
    /// taken for one without a row.
    func compare() async throws {
        let (zoneID, names) = (zone.id, site.installation.names)
        let before = try await site.database.read {
            try ZoneRows.picture(zoneID: zoneID, names: names, in: $0)
        }
        let wasAway = state.withLock { $0.engineWasAway }
        let actual = try await engine.listContainers(label: EngineNames.installationLabel, value: names.code)
        // What an operation began after the first reading is left alone too.
        let picture = try await site.database.read {
            try ZoneRows.picture(zoneID: zoneID, names: names, in: $0)
        }
        let comparison = ZoneComparison(
            highestContainerID: before.highestContainerID, engineWasAway: wasAway,
            busyProjects: picture.busyProjects.union(before.busyProjects))
        let known = Set(before.wanted.map(\.instance))
        let stillKnown = picture.wanted.filter { known.contains($0.instance) }
        let engineNames = Set(picture.wanted.map(\.instance.engineName))
        let relevant = actual.filter { container in
            container.labels[EngineNames.zoneLabel] == String(zoneID)
                && (!engineNames.contains(container.name)
                    || stillKnown.contains { $0.instance.engineName == container.name })
        }
        for action in comparison.actions(wanted: stillKnown, actual: relevant) { try await perform(action) }
        note(stillKnown, relevant)
        // Also when nothing changed in the rows: the ingress itself may have been removed or restarted. And when no row
        // is left: it may still know the last ones.
        if !stillKnown.isEmpty || relevant.contains(where: { $0.labels[EngineNames.kindLabel] == "ingress" }) {
            try await site.ingress.sync(zoneID: zoneID)
        }
        state.withLock { $0.engineWasAway = false }
    }

    private func perform(_ action: ZoneComparison.Action) async throws {
        let now = site.clock.now()
        switch action {
        case .noteCrash(let container, let project, let detail, let counts):
            logger.notice("A container does not run", metadata: ["container": "\(container)", "detail": "\(detail)"])
            try await site.database.transaction { tx in
                try ZoneRows.noteCrash(
                    containerID: container, projectID: project, detail: detail, counts: counts, now: now, in: tx)
            }
        case .noteRunning(let container):
            try await site.database.transaction { tx in
                try ContainerRows.mark([container], "running", now: now, in: tx)
            }
        case .stop(let container, let service, let project):
            try await site.database.transaction { tx in
                try ZoneRows.enqueueStop(
                    containerID: container, serviceID: service, projectID: project, now: now, in: tx)
            }
        case .discard(let instance):
            // The operation may have failed before it took the instance out of rotation.
            try await site.ingress.sync(zoneID: zone.id)
            try await engine.removeContainer(instance.engineName)
            try await site.database.transaction { tx in try ContainerRows.removeInstance(instance, in: tx) }
        case .removeOrphan(let name):
            logger.notice("Removing a container without a row", metadata: ["name": "\(name)"])
            try await engine.removeContainer(name)
        }
    }

    /// Remembers what runs, and follows the logs of what is new.
    private func note(_ wanted: [ZoneComparison.Wanted], _ actual: [EngineContainer]) {
        let runningNames = Set(actual.filter { $0.state == .running }.map(\.name))
        let running = wanted.filter { runningNames.contains($0.instance.engineName) }.map(\.instance)
        state.withLock { state in
            state.running = running
            for instance in running where state.followed[instance.id] == nil {
                let source = LogLines.Source(
                    serviceID: instance.serviceID, containerID: instance.containerID, instanceID: instance.id)
                // It ends with the container, or with its connection; then the next look follows again.
                state.followed[instance.id] = Task { [self] in
                    await sink.follow(source, engine: engine, container: instance.engineName)
                    self.state.withLock { $0.followed[instance.id] = nil }
                }
            }
        }
    }

    private func stopFollowing() {
        let tasks = state.withLock { state in
            defer { state.followed = [:] }
            return Array(state.followed.values)
        }
        for task in tasks { task.cancel() }
    }
}
