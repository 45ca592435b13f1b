// Members are named as on the wire of the Engine API.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Basics
import Crypto
package import Fleet

/// What a container is made from: a pure function of its spec, with the hardened defaults of every tenant. There is no
/// way to ask for a privileged container, a host folder, or a device.
struct ContainerBody: Encodable, Sendable, Equatable {
    struct Host: Encodable, Sendable, Equatable {
        let NetworkMode: String
        let Mounts: [Mount]
        let Memory: Int64
        let MemorySwap: Int64
        let NanoCpus: Int64
        let PidsLimit: Int64
        let CapDrop: [String]
        let CapAdd: [String]
        let SecurityOpt: [String]
        let LogConfig: Log
        let RestartPolicy: Restart
        let Init: Bool
        let ShmSize: Int64?
    }

    struct Mount: Encodable, Sendable, Equatable {
        let `Type`: String
        let Source: String
        let Target: String
        let ReadOnly: Bool
    }

    struct Log: Encodable, Sendable, Equatable {
        let `Type`: String
        let Config: [String: String]
    }

    struct Restart: Encodable, Sendable, Equatable {
        let Name: String
        let MaximumRetryCount: Int
    }

    struct Networking: Encodable, Sendable, Equatable {
        struct Endpoint: Encodable, Sendable, Equatable {
            let IPAMConfig: [String: String]
            let Aliases: [String]
        }

        let EndpointsConfig: [String: Endpoint]
    }

    let Hostname: String?
    let Image: String
    let Cmd: [String]?
    let Env: [String]
    let Labels: [String: String]
    let HostConfig: Host
    let NetworkingConfig: Networking?

    /// Throws `.invalid` for what the engine would refuse, or worse, accept.
    init(_ spec: ContainerSpec) throws {
        try Self.check(spec)
        let memory = try ContainerLimits.bytes(spec.limits)
        Image = spec.image
        Cmd = spec.command
        Env = spec.environment.map { "\($0.key)=\($0.value)" }.sorted()
        Labels = spec.labels.merging([DockerLabels.spec: ContainerSeal.of(spec)]) { given, _ in given }
        let mode: String
        switch spec.network {
        case .host:
            mode = "host"
            Hostname = nil
            NetworkingConfig = nil
        case .named(let name, let address, let aliases):
            mode = name
            Hostname = spec.hostname
            NetworkingConfig = .init(EndpointsConfig: [
                name: .init(IPAMConfig: ["IPv4Address": address], Aliases: aliases.sorted())
            ])
        }
        HostConfig = Host(
            NetworkMode: mode,
            Mounts: spec.mounts.map {
                Mount(Type: "volume", Source: $0.volume, Target: $0.path, ReadOnly: $0.readOnly)
            },
            Memory: memory.memory, MemorySwap: memory.memoryAndSwap, NanoCpus: memory.nanoCPUs,
            PidsLimit: spec.pidsMax, CapDrop: ["ALL"],
            CapAdd: DockerLimits.capabilitiesBase.union(spec.extraCapabilities).sorted(),
            SecurityOpt: ["no-new-privileges:true"],
            LogConfig: Log(Type: "json-file", Config: ["max-size": "10m", "max-file": "3"]),
            RestartPolicy: Self.restart(spec), Init: spec.useInit, ShmSize: spec.shmBytes > 0 ? spec.shmBytes : nil)
    }

    private static func restart(_ spec: ContainerSpec) -> Restart {
        if spec.alwaysRestart { return Restart(Name: "always", MaximumRetryCount: 0) }
        guard spec.engineRestartsMax > 0 else { return Restart(Name: "no", MaximumRetryCount: 0) }
        return Restart(Name: "on-failure", MaximumRetryCount: spec.engineRestartsMax)
    }

    private static func check(_ spec: ContainerSpec) throws {
        try DockerNames.check(spec.name, "container")
        if case .named(let network, _, _) = spec.network {
            try DockerNames.check(network, "network")
            guard !["host", "none", "bridge", "default"].contains(network) else {
                throw Fault(.invalid, "\(network) is not a network of a project.")
            }
        }
        for mount in spec.mounts {
            // A path here would mount a folder of the machine.
            try DockerNames.check(mount.volume, "volume")
            guard mount.path.hasPrefix("/"), mount.path.count > 1, !mount.path.utf8.contains(0) else {
                throw Fault(.invalid, "\(mount.path) is no place for a volume. Use an absolute path.")
            }
        }
        for (key, value) in spec.environment {
            guard !key.isEmpty, !key.contains("="), !key.utf8.contains(0), !value.utf8.contains(0) else {
                throw Fault(
                    .invalid, "\(key.prefix(100)) is no name for an environment variable, or its value has a NUL.")
            }
        }
        for capability in spec.extraCapabilities where !DockerLimits.capabilitiesAllowed.contains(capability) {
            throw Fault(.invalid, "Containers do not get the capability \(capability.prefix(50)).")
        }
    }
}

/// Limits in the engine's units.
struct ContainerLimits: Encodable, Sendable, Hashable {
    let memory: Int64
    let memoryAndSwap: Int64
    let nanoCPUs: Int64

    private enum CodingKeys: String, CodingKey {
        case memory = "Memory"
        case memoryAndSwap = "MemorySwap"
        case nanoCPUs = "NanoCpus"
    }

    /// Throws `.invalid` for limits that are not positive or do not fit.
    static func bytes(_ limits: ResourceLimits) throws -> ContainerLimits {
        let (total, over) = limits.memoryMB.addingReportingOverflow(limits.swapMB)
        let (memory, over1) = limits.memoryMB.multipliedReportingOverflow(by: 1_048_576)
        let (both, over2) = total.multipliedReportingOverflow(by: 1_048_576)
        let (cpus, over3) = limits.cpuMilli.multipliedReportingOverflow(by: 1_000_000)
        guard !over, !over1, !over2, !over3, limits.memoryMB > 0, limits.cpuMilli > 0, limits.swapMB >= 0 else {
            throw Fault(.invalid, "The limits for CPU and memory of a container must be positive.")
        }
        return ContainerLimits(memory: memory, memoryAndSwap: both, nanoCPUs: cpus)
    }
}

/// What makes two containers of one name the same one: SHA-256 over everything in the spec that cannot be changed in
/// place. Limits are left out, because `updateContainer` changes them; so is the way Berth spells the spec to the
/// engine, so that a new release does not replace every container.
package enum ContainerSeal {
    /// 64 hexadecimal digits; a seal that the spec carries already is answered as it is.
    package static func of(_ spec: ContainerSpec) -> String {
        if let given = spec.labels[DockerLabels.spec] { return given }
        var json = JSONWriter()
        json.object { json in
            json.key("seal")
            json.value(1)
            for (key, value) in [("name", spec.name), ("hostname", spec.hostname), ("image", spec.image)] {
                json.key(text: key)
                json.value(value)
            }
            json.key("command")
            if let command = spec.command { list(command, &json) } else { json.null() }
            json.key("environment")
            pairs(spec.environment, &json)
            json.key("labels")
            pairs(spec.labels, &json)
            json.key("network")
            network(spec.network, &json)
            json.key("mounts")
            json.array { json in
                for mount in spec.mounts { list([mount.volume, mount.path, mount.readOnly ? "ro" : "rw"], &json) }
            }
            json.key("capabilities")
            list(spec.extraCapabilities.sorted(), &json)
            json.key("numbers")
            list(
                [
                    "\(spec.useInit)", "\(spec.shmBytes)", "\(spec.pidsMax)", "\(spec.engineRestartsMax)",
                    "\(spec.alwaysRestart)",
                ],
                &json)
        }
        return SHA256.hash(data: json.finish()).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    private static func list(_ values: [String], _ json: inout JSONWriter) {
        json.array { json in for value in values { json.value(value) } }
    }

    private static func pairs(_ values: [String: String], _ json: inout JSONWriter) {
        json.object { json in
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                json.key(text: key)
                json.value(value)
            }
        }
    }

    private static func network(_ network: ContainerSpec.Network, _ json: inout JSONWriter) {
        switch network {
        case .host: list(["host"], &json)
        case .named(let name, let address, let aliases): list([name, address] + aliases.sorted(), &json)
        }
    }
}
