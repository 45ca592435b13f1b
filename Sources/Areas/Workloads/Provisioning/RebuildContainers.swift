import Basics
import Fleet
package import Operations
package import SQL

/// Replaces instances, one container after the other.
///
/// Without volumes: the new instance is built beside the old one, must pass the health checks of the ingress, takes
/// over, and only then the old one drains and goes; when the new one fails, the old one never stopped serving.
/// With volumes two instances must not write at once, so the old one stops first and comes back if the new one fails.
package struct RebuildContainers: Workflow {
    package static let kind = WorkflowKind.containerRebuild
    private let site: Site

    package init(site: Site) { self.site = site }

    package func run(_ input: ContainersInput, _ run: OperationRun) async throws {
        let site = site
        let zone = try await run.record("locate", undo: nil) { tx in
            try Facts.zone(projectID: input.projectID, in: tx)
        }
        // Undo runs backwards: the new instances and their rows go first, and last the ingress forgets them.
        try await run.step("ingress", undo: { try await site.ingress.sync(zoneID: zone.id) }, {})
        for container in input.containerIDs {
            try await run.checkCancelled()
            try await Replacement(site: site, zone: zone, containerID: container, run: run).perform()
        }
    }

    /// An old instance that still drains is cleared away by the watcher of the zone.
    package func ended(_ input: ContainersInput, _ ending: OperationEnding, in tx: any Transaction) throws {
        if ending.state != .completed { try tx.wake(.fleet) }
    }
}

/// The replacement of one container's instance by a new one.
struct Replacement: Sendable {
    let site: Site
    let zone: ZoneFacts
    let containerID: Int64
    let run: OperationRun

    private struct Plan: Codable, Sendable {
        /// What runs now; nil when nothing does.
        let old: InstanceFacts?
        let new: InstanceFacts
    }

    func perform() async throws {
        let plan = try await prepare()
        if plan.new.hasVolumes, let old = plan.old { try await stopFirst(old, plan) }
        try await build(plan)
        try await takeOver(plan)
        if let old = plan.old { try await retire(old, plan) }
    }

    private func step(_ name: String) -> String { "\(name)#\(containerID)" }

    private func prepare() async throws -> Plan {
        let (site, containerID) = (site, containerID)
        return try await run.record(
            step("prepare"),
            undo: { tx, plan in
                if try !ContainerRows.serves(plan.new, in: tx) { try ContainerRows.removeInstance(plan.new, in: tx) }
            },
            { tx in
                let old = try Facts.instances(
                    of: [containerID], states: ["serving"], names: site.installation.names, in: tx)
                try Addresses.claimNext(containers: [containerID], in: tx, now: site.clock.now())
                let new = try Facts.instances(
                    of: [containerID], states: ["building"], names: site.installation.names, in: tx)
                guard let instance = new.last else {
                    throw Fault(.bug, "No new instance of container \(containerID) could be prepared.")
                }
                try ContainerRows.forgetCrashes([containerID], in: tx)
                return Plan(old: old.last, new: instance)
            })
    }

    /// The gap that volumes force.
    private func stopFirst(_ old: InstanceFacts, _ plan: Plan) async throws {
        let (site, zone) = (site, zone)
        try await run.step(
            step("stop-old"),
            undo: {
                if try await site.database.read({ try ContainerRows.serves(plan.new, in: $0) }) { return }
                // The old instance may have been removed by hand meanwhile; then the reconciler rebuilds it.
                if try await site.engine(zone).inspectContainer(old.engineName) != nil {
                    try await site.start(old, zone: zone)
                }
            },
            {
                try await site.stop(old, zone: zone)
            })
    }

    private func build(_ plan: Plan) async throws {
        let (site, zone) = (site, zone)
        try await run.step(
            step("create"),
            undo: {
                // After the switch there is no way back: the new instance is the service.
                if try await site.database.read({ try ContainerRows.serves(plan.new, in: $0) }) { return }
                try await site.engine(zone).removeContainer(plan.new.engineName)
            },
            {
                try await site.createContainer(plan.new, zone: zone)
            })
        try await run.step(step("start"), undo: nil) {
            try await site.start(plan.new, zone: zone)
        }
        try await run.step(step("gate"), undo: nil) {
            if plan.new.isPublic { try await site.ingress.sync(zoneID: zone.id) }
            let seconds = ProvisioningLimits.healthGateSeconds
            guard try await site.waitForAnswer(plan.new, zone: zone, seconds: seconds) else {
                throw Fault(
                    .invalid,
                    """
                    The new container did not answer within \(seconds) seconds; the old one goes on. \
                    Look at its log, then rebuild again.
                    """)
            }
        }
    }

    private func takeOver(_ plan: Plan) async throws {
        let (site, zone) = (site, zone)
        try await run.record(step("switch"), undo: nil) { tx in
            try ContainerRows.switchTo(plan.new, now: site.clock.now(), in: tx)
            try ContainerRows.mark([plan.new.containerID], "running", now: site.clock.now(), in: tx)
        }
        try await run.step(step("route"), undo: nil) {
            try await site.ingress.sync(zoneID: zone.id)
        }
    }

    private func retire(_ old: InstanceFacts, _ plan: Plan) async throws {
        let (site, zone) = (site, zone)
        try await run.step(step("drain"), undo: nil) {
            if old.isPublic { try await site.waitForDrain(zone: zone) }
        }
        try await run.step(step("stop"), undo: nil) {
            try await site.stop(old, zone: zone)
        }
        try await run.step(step("remove"), undo: nil) {
            try await site.engine(zone).removeContainer(old.engineName)
        }
        try await run.record(step("finish"), undo: nil) { tx in
            try ContainerRows.removeInstance(old, in: tx)
        }
    }
}
