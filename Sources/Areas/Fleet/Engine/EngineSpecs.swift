package import Basics

// What Berth wants of an engine: networks, volumes, images and containers as they should be.

/// A private network as it should be.
package struct NetworkSpec: Sendable, Hashable {
    package let name: String
    /// IPv4, such as `10.64.3.32/27`.
    package let cidr: String
    package let gateway: String
    package let labels: [String: String]

    package init(name: String, cidr: String, gateway: String, labels: [String: String]) {
        self.name = name
        self.cidr = cidr
        self.gateway = gateway
        self.labels = labels
    }
}

/// A named volume as it should be.
package struct VolumeSpec: Sendable, Hashable {
    package let name: String
    package let labels: [String: String]

    package init(name: String, labels: [String: String]) {
        self.name = name
        self.labels = labels
    }
}

/// Where an image comes from, and who may fetch it there.
package struct ImageReference: Sendable, Hashable {
    /// `[host[:port]/]path:tag`
    package let name: String
    package let username: String?
    package let password: Secret<String>?

    package init(name: String, username: String? = nil, password: Secret<String>? = nil) {
        self.name = name
        self.username = username
        self.password = password
    }

    package static func == (a: ImageReference, b: ImageReference) -> Bool {
        a.name == b.name && a.username == b.username && a.password?.reveal() == b.password?.reveal()
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(username)
    }
}

/// What a container may use at most.
package struct ResourceLimits: Sendable, Hashable {
    /// Thousandths of a core.
    package let cpuMilli: Int64
    package let memoryMB: Int64
    /// Swap on top of memory; 0 means none.
    package let swapMB: Int64

    package init(cpuMilli: Int64, memoryMB: Int64, swapMB: Int64 = 0) {
        self.cpuMilli = cpuMilli
        self.memoryMB = memoryMB
        self.swapMB = swapMB
    }
}

/// A container as it should be.
package struct ContainerSpec: Sendable, Hashable {
    /// What the container is attached to.
    package enum Network: Sendable, Hashable {
        /// The machine's own network. For the ingress only, never for a tenant.
        case host
        /// A private network with a fixed IPv4 address and names other containers of the network can use.
        case named(String, address: String, aliases: [String])
    }

    /// A named volume at a path of the container.
    package struct Mount: Sendable, Hashable {
        package let volume: String
        package let path: String
        package let readOnly: Bool

        package init(volume: String, path: String, readOnly: Bool) {
            self.volume = volume
            self.path = path
            self.readOnly = readOnly
        }
    }

    package var name: String
    package var hostname: String
    package var image: String
    /// Arguments for the image's entry point; nil for the image's own.
    package var command: [String]?
    package var environment: [String: String]
    package var labels: [String: String]
    package var network: Network
    package var mounts: [Mount]
    package var limits: ResourceLimits
    /// Capabilities beyond the hardened minimum, such as `SYS_NICE`.
    package var extraCapabilities: [String]
    /// Run a small init as process 1 that reaps and forwards signals.
    package var useInit: Bool
    /// Bytes of /dev/shm; 0 for the engine's default.
    package var shmBytes: Int64
    package var pidsMax: Int64
    /// How often the engine itself restarts it after a crash before leaving it to us.
    package var engineRestartsMax: Int
    /// Our own containers come back with the engine, whatever happened.
    package var alwaysRestart: Bool

    package init(
        name: String, hostname: String, image: String, command: [String]? = nil, environment: [String: String] = [:],
        labels: [String: String], network: Network, mounts: [Mount] = [], limits: ResourceLimits,
        extraCapabilities: [String] = [], useInit: Bool = false, shmBytes: Int64 = 0, pidsMax: Int64 = 512,
        engineRestartsMax: Int = 0, alwaysRestart: Bool = false
    ) {
        self.name = name
        self.hostname = hostname
        self.image = image
        self.command = command
        self.environment = environment
        self.labels = labels
        self.network = network
        self.mounts = mounts
        self.limits = limits
        self.extraCapabilities = extraCapabilities
        self.useInit = useInit
        self.shmBytes = shmBytes
        self.pidsMax = pidsMax
        self.engineRestartsMax = engineRestartsMax
        self.alwaysRestart = alwaysRestart
    }
}
