import Basics
package import Fleet

/// Where this Berth is and what it is called, as containers and engines are told.
package struct Installation: Sendable, Hashable {
    /// Distinguishes the objects of two installations on one engine.
    package let code: String
    /// Where the API answers, such as `https://berth.example/api`.
    package let apiEndpoint: String

    package init(code: String, apiEndpoint: String) {
        self.code = code
        self.apiEndpoint = apiEndpoint
    }

    package var names: EngineNames { EngineNames(code: code) }
}

/// What the engine must have for one generation of one container: a pure function of the rows.
package struct ContainerBlueprint: Sendable, Hashable {
    package let network: NetworkSpec
    package let volumes: [VolumeSpec]
    package let image: ImageReference
    package let spec: ContainerSpec

    /// Throws `.notFound` when the container or that generation of it is not in the snapshot, `.invalid` with every
    /// problem when its environment or command cannot be resolved.
    package init(
        container id: Int64, generation: Int64, in snapshot: WorkloadSnapshot, installation: Installation
    ) throws {
        guard let container = snapshot.containers[id],
            let instance = container.instances.first(where: { $0.generation == generation }),
            let service = snapshot.services[container.serviceID],
            let project = snapshot.projects[service.facts.projectID]
        else { throw Fault(.notFound, "The container \(id) has no generation \(generation).") }
        let names = installation.names
        let labels = names.labels(zone: project.zoneID, project: project.id)
        network = try ContainerBlueprint.network(of: project, names: names)
        volumes = Set(service.mounts.map(\.volumeID)).sorted().map {
            VolumeSpec(name: names.volume($0), labels: labels)
        }
        image = ImageReference(
            name: service.imageReference, username: service.registryUsername, password: service.registryPassword)
        let resolved = try ContainerBlueprint.resolve(
            container, instance, of: service, in: snapshot, project: project, installation: installation)
        spec = ContainerSpec(
            name: names.container(id, generation: generation),
            hostname: container.name,
            image: service.imageReference,
            command: resolved.command,
            environment: resolved.environment,
            labels: labels.merging(
                [
                    "berth.service": String(container.serviceID), "berth.container": String(id),
                    "berth.generation": String(generation),
                ], uniquingKeysWith: { _, new in new }),
            network: .named(
                network.name, address: instance.address, aliases: [service.facts.name, container.name]),
            mounts: service.mounts.map {
                ContainerSpec.Mount(volume: names.volume($0.volumeID), path: $0.path, readOnly: $0.readOnly)
            },
            limits: service.limits,
            extraCapabilities: service.capabilities.sorted(),
            useInit: service.useInit,
            shmBytes: service.shmBytes,
            pidsMax: WorkloadLimits.processesPerContainerMax,
            engineRestartsMax: WorkloadLimits.engineRestartsMax)
    }

    /// Only the container itself; see ``init(container:generation:in:installation:)``.
    package static func spec(
        container id: Int64, generation: Int64, in snapshot: WorkloadSnapshot, installation: Installation
    ) throws -> ContainerSpec {
        try ContainerBlueprint(container: id, generation: generation, in: snapshot, installation: installation).spec
    }

    /// The private network of a project.
    package static func network(of project: WorkloadSnapshot.Project, names: EngineNames) throws -> NetworkSpec {
        guard let subnet = Subnet(cidr: project.cidr) else {
            throw Fault(.bug, "The network of project \(project.id) has an unusable range \(project.cidr).")
        }
        return NetworkSpec(
            name: names.network(project: project.id), cidr: project.cidr, gateway: subnet.gateway,
            labels: names.labels(zone: project.zoneID, project: project.id))
    }

    private static func resolve(
        _ container: WorkloadSnapshot.Container, _ instance: WorkloadSnapshot.Instance,
        of service: WorkloadSnapshot.Service, in snapshot: WorkloadSnapshot, project: WorkloadSnapshot.Project,
        installation: Installation
    ) throws -> (environment: [String: String], command: [String]?) {
        // "self" is this container, not the service's first one.
        var facts = service.facts
        facts.containerName = container.name
        facts.address = instance.address
        let resolver = EnvironmentResolver(
            service: facts, project: snapshot.services.mapValues(\.facts),
            surroundings: Surroundings(
                apiEndpoint: installation.apiEndpoint, httpPort: project.zoneHTTPPort,
                httpsPort: project.zoneHTTPSPort))
        let environment = resolver.environment()
        let command = resolver.arguments(service.command)
        let problems = environment.problems + command.problems
        if !problems.isEmpty { throw Fault(.invalid, problems) }
        return (environment.values, command.arguments)
    }
}
