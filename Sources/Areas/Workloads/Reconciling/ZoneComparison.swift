import Basics
import Fleet

/// Compares what should be with what is, in one zone. A pure function: no clock, no engine, no database.
///
/// It leaves alone what an operation is working on (`isBusy`): two hands on one container is how things break.
struct ZoneComparison {
    /// A row of the database.
    struct Wanted: Sendable, Hashable {
        let instance: InstanceFacts
        let projectID: Int64
        /// `building`, `serving` or `draining`.
        let instanceState: String
        /// `running`, `stopped` or `removed`.
        let desiredState: String
        /// What we believe of the container.
        let containerState: String
        let crashes: CrashPolicy.Record
        let isBusy: Bool
    }

    /// What to do about a difference.
    enum Action: Sendable, Hashable {
        /// It should run and does not: note the crash; recovery follows when it is due.
        case noteCrash(containerID: Int64, projectID: Int64, detail: String, counts: Bool)
        /// It runs, and our record says otherwise.
        case noteRunning(containerID: Int64)
        /// It should not run and does.
        case stop(containerID: Int64, serviceID: Int64, projectID: Int64)
        /// An instance that an operation left half-way and no row or operation stands for any more.
        case discard(InstanceFacts)
        /// A container of ours without a row.
        case removeOrphan(name: String)
    }

    /// Container ids above this were never handed out by this database: after a restore from a backup they may be
    /// newer than what the database knows, so they are left alone.
    let highestContainerID: Int64
    /// The engine was away since the last look: containers that ended meanwhile did not crash by themselves.
    let engineWasAway: Bool
    /// Projects with an operation that has not ended.
    let busyProjects: Set<Int64>

    func actions(wanted: [Wanted], actual: [EngineContainer]) -> [Action] {
        let byName = Dictionary(actual.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var actions = wanted.compactMap { action(for: $0, byName[$0.instance.engineName]) }
        let known = Set(wanted.map(\.instance.engineName))
        for container in actual where !known.contains(container.name) {
            if isOrphan(container) { actions.append(.removeOrphan(name: container.name)) }
        }
        return actions
    }

    private func action(for row: Wanted, _ found: EngineContainer?) -> Action? {
        if row.isBusy { return nil }
        if row.instanceState != "serving" { return .discard(row.instance) }
        let id = row.instance.containerID
        switch (row.desiredState, found?.state) {
        case ("running", .running?), ("running", .restarting?), ("running", .paused?):
            return row.containerState == "running" ? nil : .noteRunning(containerID: id)
        case ("running", let state):
            if row.containerState == "crashed" || row.containerState == "crash_loop" { return nil }
            return .noteCrash(
                containerID: id, projectID: row.projectID, detail: detail(state, found),
                counts: !engineWasAway && state != nil)
        case ("stopped", .running?), ("stopped", .restarting?):
            return .stop(containerID: id, serviceID: row.instance.serviceID, projectID: row.projectID)
        default:
            return nil
        }
    }

    private func detail(_ state: EngineContainer.State?, _ found: EngineContainer?) -> String {
        switch state {
        case nil: "The container was gone from the engine."
        case .exited?:
            engineWasAway
                ? "The container had ended when the engine came back."
                : found?.outOfMemory == true
                    ? "The container ran out of memory." : "The container ended by itself."
        case let other?: "The container was \(other.rawValue)."
        }
    }

    private func isOrphan(_ container: EngineContainer) -> Bool {
        guard let id = container.labels[EngineNames.containerLabel].flatMap({ Int64($0) }), id <= highestContainerID,
            let project = container.labels[EngineNames.projectLabel].flatMap({ Int64($0) })
        else { return false }
        return !busyProjects.contains(project)
    }
}
