import Basics
import Fleet
import Operations
import SQL

/// The effects the workflows are made of. Each is safe to repeat and says in its name what it touches.
extension Site {
    func ensureNetwork(_ network: NetworkFacts, zone: ZoneFacts) async throws {
        try await engine(zone).ensureNetwork(
            NetworkSpec(name: network.name, cidr: network.cidr, gateway: network.gateway, labels: network.labels))
    }

    /// Creates the container of an instance from what the rows say now, with all it stands on: network, volumes, image.
    func createContainer(_ instance: InstanceFacts, zone: ZoneFacts) async throws {
        let (vault, installation) = (vault, installation)
        let blueprint = try await database.read { connection in
            try ContainerBlueprint(
                container: instance.containerID, generation: instance.generation,
                in: WorkloadSnapshot.load(containers: [instance.containerID], in: connection, vault: vault),
                installation: installation)
        }
        let engine = try engine(zone)
        // Here too, although an order has a step for it (whose undo removes it): start, rebuild and recovery have none,
        // and since then somebody may have removed the network by hand or the engine may have forgotten it.
        try await engine.ensureNetwork(blueprint.network)
        for volume in blueprint.volumes { try await engine.ensureVolume(volume) }
        _ = try await engine.ensureImage(blueprint.image)
        _ = try await engine.ensureContainer(blueprint.spec)
    }

    /// Lets the ingress follow once the rows of undone containers are gone. While they are still there it would only
    /// learn of them.
    func forget(_ containers: [Int64], zone: ZoneFacts) async throws {
        let rows = try await database.read { connection in
            try connection.int("SELECT count(*) FROM containers WHERE id IN (\(list: containers))") ?? 0
        }
        if rows == 0 { try await ingress.sync(zoneID: zone.id) }
    }

    /// Starts a container; one that its engine will never start again is made anew, and so is one that is missing:
    /// we may have died between its removal and its creation.
    func start(_ instance: InstanceFacts, zone: ZoneFacts) async throws {
        let engine = try engine(zone)
        do { try await engine.startContainer(instance.engineName) } catch let fault as Fault
            where fault.cause is ContainerRemains || fault.code == .notFound
        {
            // Also after `.notFound`: what the engine missed may be the network of a container that is there.
            try await engine.removeContainer(instance.engineName)
            try await createContainer(instance, zone: zone)
            try await engine.startContainer(instance.engineName)
        }
    }

    func stop(_ instance: InstanceFacts, zone: ZoneFacts) async throws {
        try await engine(zone).stopContainer(
            instance.engineName, graceSeconds: ProvisioningLimits.stopGraceSeconds)
    }

    /// Waits until the engine says it runs and, when it is public, the ingress says it answers.
    /// Answers false when `seconds` pass; throws `.invalid` when the container ends.
    func waitForAnswer(_ instance: InstanceFacts, zone: ZoneFacts, seconds: Int) async throws -> Bool {
        let engine = try engine(zone)
        let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
        var mayStartAgain = true
        while true {
            let found = try await engine.inspectContainer(instance.engineName)
            if [nil, .exited, .dead].contains(found?.state) {
                // It may have ended with the engine, or we died while it was made anew; a broken one will end again.
                guard mayStartAgain else { throw Self.ended(instance, found) }
                mayStartAgain = false
                try await start(instance, zone: zone)
                continue
            }
            if found?.state == .running {
                if !instance.isPublic { return true }
                // Somebody asked for a stop meanwhile: it is in no rotation, so the ingress will never find it healthy.
                if try await !database.read({ try ContainerRows.shouldRun(instance, in: $0) }) { return true }
                let health = try await ingress.health(zoneID: zone.id, instanceIDs: [instance.id])
                if health[instance.id] == .healthy { return true }
            }
            if ContinuousClock.now >= deadline { return false }
            try await Task.sleep(for: .milliseconds(ProvisioningLimits.pollMilliseconds))
        }
    }

    private static func ended(_ instance: InstanceFacts, _ found: EngineContainer?) -> Fault {
        guard let found else {
            return Fault(.invalid, "The container \(instance.engineName) disappeared while it started.")
        }
        let how = found.outOfMemory ? "it ran out of memory" : "exit status \(found.exitCode ?? -1)"
        return Fault(.invalid, "The container ended right after its start (\(how)). Its log says why.")
    }

    /// Waits until connections from before the last switch have ended, but not for ever.
    func waitForDrain(zone: ZoneFacts) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(ProvisioningLimits.drainSecondsMax))
        while ContinuousClock.now < deadline {
            if try await ingress.isDrained(zoneID: zone.id) { return }
            try await Task.sleep(for: .milliseconds(ProvisioningLimits.pollMilliseconds))
        }
    }
}

/// Changes of container and instance rows that several workflows record.
enum ContainerRows {
    /// Sets the observed state of containers.
    static func mark(_ containers: [Int64], _ state: String, detail: String? = nil, now: Moment, in tx: any Transaction)
        throws
    {
        try tx.run(
            """
            UPDATE containers SET state = \(state), state_detail = \(detail), updated_at = \(now)
            WHERE id IN (\(list: containers))
            """)
    }

    /// Makes `instance` the one that serves; the one before it drains.
    static func switchTo(_ instance: InstanceFacts, now: Moment, in tx: any Transaction) throws {
        try tx.run(
            """
            UPDATE instances SET state = 'draining', updated_at = \(now)
            WHERE container_id = \(instance.containerID) AND state = 'serving' AND id <> \(instance.id)
            """)
        try tx.run("UPDATE instances SET state = 'serving', updated_at = \(now) WHERE id = \(instance.id)")
    }

    /// Takes instances out of rotation again that nothing served before.
    static func withdraw(_ instances: [InstanceFacts], now: Moment, in tx: any Transaction) throws {
        try tx.run(
            """
            UPDATE instances SET state = 'building', updated_at = \(now)
            WHERE id IN (\(list: instances.map(\.id))) AND state = 'serving'
            """)
    }

    /// Whether the container of the instance is wanted to run.
    static func shouldRun(_ instance: InstanceFacts, in connection: any Connection) throws -> Bool {
        try connection.int(
            "SELECT 1 FROM containers WHERE id = \(instance.containerID) AND desired_state = 'running'") != nil
    }

    /// Whether the instance is the one that serves.
    static func serves(_ instance: InstanceFacts, in connection: any Connection) throws -> Bool {
        try connection.int("SELECT 1 FROM instances WHERE id = \(instance.id) AND state = 'serving'") != nil
    }

    static func removeInstance(_ instance: InstanceFacts, in tx: any Transaction) throws {
        try tx.run("DELETE FROM log_positions WHERE instance_id = \(instance.id)")
        try tx.run("DELETE FROM instances WHERE id = \(instance.id)")
    }

    /// A container that was told to run or stop anew starts with a clean record.
    static func forgetCrashes(_ containers: [Int64], in tx: any Transaction) throws {
        try tx.run(
            """
            UPDATE containers SET crash_count = 0, crashed_at = NULL WHERE id IN (\(list: containers))
            """)
    }
}
