import Basics
import Fleet
package import Operations
package import SQL

/// Makes the rows of an order real: network, then container by container in the order of their dependencies, then the
/// ingress. When it fails for good nothing of the order is left but the order itself, which says so.
package struct ProvisionOrder: Workflow {
    package static let kind = WorkflowKind.orderProvision
    private let site: Site

    package init(site: Site) { self.site = site }

    private struct Ground: Codable, Sendable {
        let zone: ZoneFacts
        let network: NetworkFacts
        let instances: [InstanceFacts]
        /// The project has other services, so its network is not this order's to remove.
        let projectIsShared: Bool
    }

    package func run(_ input: OrderProvisionInput, _ run: OperationRun) async throws {
        let site = site
        let ground = try await locate(input, run)
        // Undo runs backwards: containers and network go first, then the rows, and last the ingress forgets them.
        let containers = ground.instances.map(\.containerID)
        try await run.step("ingress", undo: { try await site.forget(containers, zone: ground.zone) }, {})
        try await begin(input, run)
        try await run.step(
            "network",
            undo: {
                if !ground.projectIsShared { try await site.engine(ground.zone).removeNetwork(ground.network.name) }
            },
            {
                try await makeNetwork(input.projectID, ground)
            })
        let opening = Opening(site: site, zone: ground.zone, instances: ground.instances, run: run)
        async let announced: Void = opening.announce()
        for instance in ground.instances {
            try await run.checkCancelled()
            try await start(instance, ground, run)
        }
        try await announced
        try await opening.serve()
        for instance in ground.instances where instance.isPublic {
            _ = try await run.step("answer#\(instance.containerID)", undo: nil) {
                try await site.waitForAnswer(
                    instance, zone: ground.zone, seconds: ProvisioningLimits.firstAnswerSeconds)
            }
        }
    }

    /// Makes the network. A new project whose addresses are taken on the engine gets others: nobody knows the old ones
    /// yet.
    private func makeNetwork(_ project: Int64, _ ground: Ground) async throws {
        let site = site
        for _ in 0..<ProvisioningLimits.networkTriesMax {
            let network = try await site.database.read {
                try Facts.network(projectID: project, zone: ground.zone, names: site.installation.names, in: $0)
            }
            do { return try await site.ensureNetwork(network, zone: ground.zone) } catch let fault as Fault
                where fault.cause is SubnetTaken && !ground.projectIsShared
            {
                try await site.database.transaction { tx in
                    guard let zone = try ZoneQueries.zone(ground.zone.id, on: tx) else { throw fault }
                    try NetworkSlots.move(project: project, zone: zone, in: tx, now: site.clock.now())
                }
            }
        }
        throw Fault(
            .conflict,
            "The engine has given \(ProvisioningLimits.networkTriesMax) networks of this zone's pool to somebody else. "
                + "Give the zone a --network-pool of its own.")
    }

    /// The order ends in the transaction that ends the operation, so what a client was told is never taken back. Also
    /// when it was cancelled before its first step: then nothing of the order stays but the order itself.
    package func ended(_ input: OrderProvisionInput, _ ending: OperationEnding, in tx: any Transaction) throws {
        let now = site.clock.now()
        if ending.state != .completed {
            try Teardown.removeOrdered(projectID: input.projectID, containerIDs: input.containerIDs, in: tx, now: now)
            // Others may have told the ingress of rows that went only now.
            try tx.wake(.fleet)
        }
        // Orders use the same words.
        try tx.run(
            "UPDATE orders SET status = \(ending.state.rawValue), updated_at = \(now) WHERE id = \(input.orderID)")
    }

    private func locate(_ input: OrderProvisionInput, _ run: OperationRun) async throws -> Ground {
        let site = site
        return try await run.record("locate", undo: nil) { tx in
            let zone = try Facts.zone(projectID: input.projectID, in: tx)
            let network = try Facts.network(
                projectID: input.projectID, zone: zone, names: site.installation.names, in: tx)
            let instances = try Facts.instances(
                of: input.containerIDs, states: ["building", "serving"], names: site.installation.names, in: tx)
            let others = try tx.int(
                """
                SELECT count(*) FROM containers c JOIN services s ON s.id = c.service_id
                WHERE s.project_id = \(input.projectID) AND c.id NOT IN (\(list: input.containerIDs))
                """)
            return Ground(zone: zone, network: network, instances: instances, projectIsShared: (others ?? 0) > 0)
        }
    }

    private func begin(_ input: OrderProvisionInput, _ run: OperationRun) async throws {
        let site = site
        try await run.record(
            "begin",
            // The rows go before the ingress is told for the last time. How the order ended is said at the end.
            undo: { tx in
                try Teardown.removeOrdered(
                    projectID: input.projectID, containerIDs: input.containerIDs, in: tx, now: site.clock.now())
            },
            { tx in
                try tx.run(
                    """
                    UPDATE orders SET status = 'processing', updated_at = \(site.clock.now())
                    WHERE id = \(input.orderID)
                    """)
                try ContainerRows.mark(input.containerIDs, "building", now: site.clock.now(), in: tx)
            })
    }

    private func start(_ instance: InstanceFacts, _ ground: Ground, _ run: OperationRun) async throws {
        let site = site
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
}
