import Basics
import Fleet
package import Operations
package import SQL

/// Starts stopped containers and puts them back into rotation. One that is missing on the engine is created again.
package struct StartContainers: Workflow {
    package static let kind = WorkflowKind.containerStart
    private let site: Site

    package init(site: Site) { self.site = site }

    package func run(_ input: ContainersInput, _ run: OperationRun) async throws {
        let power = PowerSteps(site: site, projectID: input.projectID, containerIDs: input.containerIDs, run: run)
        let ground = try await power.locate()
        for instance in ground.instances { try await power.bringUp(instance, ground) }
        try await power.settle("running", ground)
    }
}

/// Takes containers out of rotation, then stops them.
package struct StopContainers: Workflow {
    package static let kind = WorkflowKind.containerStop
    private let site: Site

    package init(site: Site) { self.site = site }

    package func run(_ input: ContainersInput, _ run: OperationRun) async throws {
        let power = PowerSteps(site: site, projectID: input.projectID, containerIDs: input.containerIDs, run: run)
        let ground = try await power.locate()
        try await power.leaveRotation(ground)
        for instance in ground.instances { try await power.takeDown(instance, ground) }
        try await power.settle("stopped", ground)
    }
}

/// Stops and starts containers one after the other, so that a service of several goes on answering.
package struct RestartContainers: Workflow {
    package static let kind = WorkflowKind.containerRestart
    private let site: Site

    package init(site: Site) { self.site = site }

    package func run(_ input: ContainersInput, _ run: OperationRun) async throws {
        let power = PowerSteps(site: site, projectID: input.projectID, containerIDs: input.containerIDs, run: run)
        let ground = try await power.locate()
        for instance in ground.instances {
            try await power.takeDown(instance, ground)
            try await power.bringUp(instance, ground)
        }
        try await power.settle("running", ground)
    }
}

/// Brings back what should run and does not: after a crash, a removal by hand, a restart of the engine.
/// Started by the reconciler, never by a person; it shows in the project's events like everything else.
package struct RecoverContainer: Workflow {
    package static let kind = WorkflowKind.containerRecover
    private let site: Site

    package init(site: Site) { self.site = site }

    package func run(_ input: ContainerRecoverInput, _ run: OperationRun) async throws {
        if input.givesUp {
            throw Fault(
                .invalid,
                """
                The container crashed \(CrashPolicy.crashesMax) times within \(CrashPolicy.windowSeconds / 60) minutes \
                and was left stopped. Look at its log, then start or rebuild it.
                """)
        }
        let power = PowerSteps(site: site, projectID: input.projectID, containerIDs: [input.containerID], run: run)
        let stillWanted = try await run.record("check", undo: nil) { tx in
            try tx.int(
                """
                SELECT c.id FROM containers c
                JOIN services s ON s.id = c.service_id AND s.state = 'active'
                JOIN projects p ON p.id = s.project_id AND p.state = 'active'
                WHERE c.id = \(input.containerID) AND c.desired_state = 'running' AND c.state <> 'crash_loop'
                """) != nil
        }
        // Between the crash and now somebody may have stopped or deleted it.
        guard stillWanted else { return }
        let ground = try await power.locate()
        for instance in ground.instances { try await power.bringUp(instance, ground) }
        try await power.settle("running", ground)
    }

    /// A failed attempt counts like a crash: the next one waits longer, and at some time there is none.
    package func ended(_ input: ContainerRecoverInput, _ ending: OperationEnding, in tx: any Transaction) throws {
        guard ending.state == .failed, !input.givesUp else { return }
        try ZoneRows.noteFailedRecovery(
            containerID: input.containerID, projectID: input.projectID, detail: ending.error ?? input.reason,
            now: site.clock.now(), in: tx)
    }
}

/// The steps that start, stop, restart and recovery share.
struct PowerSteps: Sendable {
    let site: Site
    let projectID: Int64
    let containerIDs: [Int64]
    let run: OperationRun

    func locate() async throws -> Ground {
        let (site, projectID, containerIDs) = (site, projectID, containerIDs)
        return try await run.record("locate", undo: nil) { tx in
            try Facts.ground(
                projectID: projectID, containers: containerIDs, states: ["serving"],
                names: site.installation.names, in: tx)
        }
    }

    func bringUp(_ instance: InstanceFacts, _ ground: Ground) async throws {
        let site = site
        try await run.step("create#\(instance.containerID)", undo: nil) {
            try await site.createContainer(instance, zone: ground.zone)
        }
        try await run.step("start#\(instance.containerID)", undo: nil) {
            try await site.start(instance, zone: ground.zone)
        }
    }

    func takeDown(_ instance: InstanceFacts, _ ground: Ground) async throws {
        let site = site
        try await run.step("stop#\(instance.containerID)", undo: nil) {
            try await site.stop(instance, zone: ground.zone)
        }
    }

    /// The rows say already that these should not run, so a sync takes them out.
    func leaveRotation(_ ground: Ground) async throws {
        guard ground.instances.contains(where: \.isPublic) else { return }
        let site = site
        try await run.step("leave", undo: nil) {
            try await site.ingress.sync(zoneID: ground.zone.id)
        }
    }

    /// Records the outcome and lets the ingress follow.
    func settle(_ state: String, _ ground: Ground) async throws {
        let site = site
        let containers = ground.instances.map(\.containerID)
        try await run.record("settle", undo: nil) { tx in
            try ContainerRows.mark(containers, state, now: site.clock.now(), in: tx)
        }
        guard state == "running", ground.instances.contains(where: \.isPublic) else { return }
        try await run.step("route", undo: nil) {
            try await site.ingress.sync(zoneID: ground.zone.id)
        }
    }
}
