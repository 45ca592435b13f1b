import Basics
import Fleet
package import Operations
package import SQL

/// Removes a service: out of rotation, containers, then the rows with everything they claimed. Its volumes are kept for
/// a while and removed by the sweep.
package struct TrashService: Workflow {
    package static let kind = WorkflowKind.serviceTrash
    private let site: Site

    package init(site: Site) { self.site = site }

    package func run(_ input: ServiceTrashInput, _ run: OperationRun) async throws {
        let site = site
        let removal = Removal(site: site, projectID: input.projectID, run: run)
        let ground = try await removal.locate { tx in
            try Facts.containers(serviceID: input.serviceID, in: tx)
        }
        guard let ground else { return }
        try await removal.containers(ground)
        try await run.record("rows", undo: nil) { tx in
            try Teardown.removeService(input.serviceID, in: tx, now: site.clock.now())
        }
    }
}

/// Removes a project with all its services and its network.
package struct TrashProject: Workflow {
    package static let kind = WorkflowKind.projectTrash
    private let site: Site

    package init(site: Site) { self.site = site }

    package func run(_ input: ProjectTrashInput, _ run: OperationRun) async throws {
        let site = site
        let removal = Removal(site: site, projectID: input.projectID, run: run)
        let ground = try await removal.locate { tx in
            try tx.rows(
                """
                SELECT c.id FROM containers c JOIN services s ON s.id = c.service_id
                WHERE s.project_id = \(input.projectID) ORDER BY c.id
                """
            ) { $0.int(0) }
        }
        guard let ground else { return }
        try await removal.containers(ground)
        try await run.step("network", undo: nil) {
            try await site.engine(ground.zone).removeNetwork(site.installation.names.network(project: input.projectID))
        }
        try await run.record("rows", undo: nil) { tx in
            try Teardown.removeProject(input.projectID, in: tx, now: site.clock.now())
        }
    }
}

/// Makes a changed number of containers real.
package struct ScaleService: Workflow {
    package static let kind = WorkflowKind.serviceScaling
    private let site: Site

    package init(site: Site) { self.site = site }

    package func run(_ input: ServiceScalingInput, _ run: OperationRun) async throws {
        if !input.addedIDs.isEmpty { try await grow(input, run) }
        if !input.removedIDs.isEmpty { try await shrink(input, run) }
    }

    /// Also when it was cancelled before its first step.
    package func ended(_ input: ServiceScalingInput, _ ending: OperationEnding, in tx: any Transaction) throws {
        guard ending.state != .completed else { return }
        for id in input.addedIDs { try Teardown.removeContainer(id, in: tx) }
        // The ingress may know the new ones already.
        try tx.wake(.fleet)
    }

    private func grow(_ input: ServiceScalingInput, _ run: OperationRun) async throws {
        let site = site
        let ground = try await run.record("locate", undo: nil) { tx in
            try Facts.ground(
                projectID: input.projectID, containers: input.addedIDs, states: ["building", "serving"],
                names: site.installation.names, in: tx)
        }
        // Undo runs backwards: containers go first, then the rows, and last the ingress forgets them.
        try await run.step("ingress", undo: { try await site.forget(input.addedIDs, zone: ground.zone) }, {})
        try await run.record(
            "begin",
            undo: { tx in
                for id in input.addedIDs { try Teardown.removeContainer(id, in: tx) }
            },
            { tx in try ContainerRows.mark(input.addedIDs, "building", now: site.clock.now(), in: tx) })
        for instance in ground.instances {
            try await run.step(
                "create#\(instance.containerID)",
                undo: { try await site.engine(ground.zone).removeContainer(instance.engineName) },
                {
                    try await site.createContainer(instance, zone: ground.zone)
                })
            try await run.step("start#\(instance.containerID)", undo: nil) {
                try await site.start(instance, zone: ground.zone)
            }
        }
        try await Opening(site: site, zone: ground.zone, instances: ground.instances, run: run).serve()
    }

    private func shrink(_ input: ServiceScalingInput, _ run: OperationRun) async throws {
        let site = site
        let removal = Removal(site: site, projectID: input.projectID, run: run)
        guard let ground = try await removal.locate({ _ in input.removedIDs }) else { return }
        try await removal.containers(ground)
        try await run.record("rows", undo: nil) { tx in
            for id in input.removedIDs { try Teardown.removeContainer(id, in: tx) }
        }
    }
}

/// Takes containers out of rotation and off the engine.
struct Removal: Sendable {
    let site: Site
    let projectID: Int64
    let run: OperationRun

    /// nil when the project is gone already.
    func locate(_ containers: @escaping @Sendable (any Transaction) throws -> [Int64]) async throws -> Ground? {
        let (site, projectID) = (site, projectID)
        return try await run.record("locate", undo: nil) { tx in
            guard try tx.int("SELECT 1 FROM projects WHERE id = \(projectID)") != nil else { return nil }
            return try Facts.ground(
                projectID: projectID, containers: try containers(tx), states: ["building", "serving", "draining"],
                names: site.installation.names, in: tx)
        }
    }

    func containers(_ ground: Ground) async throws {
        let site = site
        try await run.step("leave", undo: nil) {
            try await site.ingress.sync(zoneID: ground.zone.id)
        }
        for instance in ground.instances {
            try await run.step("stop#\(instance.id)", undo: nil) {
                try await site.stop(instance, zone: ground.zone)
            }
            try await run.step("remove#\(instance.id)", undo: nil) {
                try await site.engine(ground.zone).removeContainer(instance.engineName)
            }
        }
    }
}
