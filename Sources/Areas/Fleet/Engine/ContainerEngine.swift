package import Basics

/// What Berth needs from the container engine of one zone, in the words of the areas. Adapter: `DockerEngine`.
///
/// Every call is safe to repeat: "ensure" finds what is there, "remove" of something absent succeeds. A fault with
/// code `.unavailable` means the engine did not answer or was overloaded, so trying again makes sense; `.invalid` and
/// `.conflict` carry the engine's own message and do not go away by themselves.
package protocol ContainerEngine: Sendable {
    /// Asks the engine who it is. Answers within a few seconds or throws `.unavailable`.
    func facts() async throws -> EngineFacts

    func ensureNetwork(_ network: NetworkSpec) async throws
    /// Succeeds when there is no such network; `.conflict` while containers are attached.
    func removeNetwork(_ name: String) async throws

    func ensureVolume(_ volume: VolumeSpec) async throws
    /// Succeeds when there is no such volume.
    func removeVolume(_ name: String) async throws

    /// Makes the image available on the engine, pulling it when it is missing. Answers its content id
    /// (`sha256:…`).
    func ensureImage(_ image: ImageReference) async throws -> String

    /// Creates the container when there is none of that name, and answers its state. When one of that name exists
    /// with the same `berth.spec` label it is adopted; with another one it is replaced; without our seal: `.conflict`.
    func ensureContainer(_ container: ContainerSpec) async throws -> EngineContainer
    /// Throws `.conflict` caused by ``ContainerRemains`` when only a new container of the name could be started.
    func startContainer(_ name: String) async throws
    /// Sends the stop signal, kills after `graceSeconds`. Succeeds when it is stopped already or absent.
    func stopContainer(_ name: String, graceSeconds: Int) async throws
    /// Sends a signal such as `SIGUSR2` to the container's first process.
    func signalContainer(_ name: String, signal: String) async throws
    /// Changes CPU and memory limits of a container in place.
    func updateContainer(_ name: String, limits: ResourceLimits) async throws
    /// Kills and removes it, whatever its state. Succeeds when there is none.
    func removeContainer(_ name: String) async throws
    /// nil when there is none of that name.
    func inspectContainer(_ name: String) async throws -> EngineContainer?
    /// All containers, running or not, with the label `key=value`.
    func listContainers(label key: String, value: String) async throws -> [EngineContainer]
    /// Names of all networks with the label `key=value`.
    func listNetworks(label key: String, value: String) async throws -> [String]

    /// Puts a tar archive's files under `path` inside the container.
    func upload(tar: [UInt8], to container: String, path: String) async throws
    /// Reads `path` (a file or a folder) from the container as a tar archive of at most `bytesMax` bytes.
    func download(from container: String, path: String, bytesMax: Int) async throws -> [UInt8]
    /// Runs `argv` inside a running container, feeds it `input`, and waits for its end.
    func execute(in container: String, argv: [String], input: [UInt8]) async throws -> ExecutionResult
}

/// What the engine tells by itself: changes, log lines, samples.
package protocol EngineWatch: Sendable {
    /// Events of objects with the label `key=value` since `since`, then as they come, until cancelled or the
    /// connection is lost (then the stream throws `.unavailable`). Docker's network events carry no labels: those of
    /// every network whose name begins with `berth-` are told. An event's labels include what the engine adds, such
    /// as `exitCode` of a `die`. Exec, top and health-check noise is left out.
    func events(since: Moment, label key: String, value: String) -> AsyncThrowingStream<EngineEvent, any Error>
    /// Log lines written at or after `sinceMicroseconds` (µs since 1970), then as they come, until the container ends.
    func logs(of container: String, sinceMicroseconds: Int64) -> AsyncThrowingStream<EngineLogLine, any Error>
    /// One sample; nil when the container does not run.
    func sample(of container: String) async throws -> EngineSample?
    /// The process table: column titles and rows. `.conflict` when the container does not run.
    func processes(of container: String) async throws -> ProcessTable
}

/// Finds the engine of a zone. Connections are kept and shared.
package protocol EngineDirectory: Sendable {
    /// The engine at `endpoint`. Does not connect yet.
    func engine(at endpoint: EngineEndpoint) throws -> any ContainerEngine & EngineWatch
}

/// Where an engine listens: `unix:///path` or `tcp://host:port`, the latter with mutual TLS when `tlsDirectory` is
/// given (`ca.pem`, `cert.pem`, `key.pem`, as `DOCKER_CERT_PATH` has them).
package struct EngineEndpoint: Sendable, Hashable {
    package let address: String
    package let tlsDirectory: String?

    package init(address: String, tlsDirectory: String?) {
        self.address = address
        self.tlsDirectory = tlsDirectory
    }
}

/// What an engine says of itself and its machine.
package struct EngineFacts: Sendable, Hashable {
    /// The engine's own unchanging id.
    package let id: String
    package let version: String
    /// The API version agreed on, such as `1.41`.
    package let apiVersion: String
    /// Thousandths of a core.
    package let cpuMilli: Int64
    package let memoryMB: Int64

    package init(id: String, version: String, apiVersion: String, cpuMilli: Int64, memoryMB: Int64) {
        self.id = id
        self.version = version
        self.apiVersion = apiVersion
        self.cpuMilli = cpuMilli
        self.memoryMB = memoryMB
    }
}

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

/// A container as the engine sees it.
package struct EngineContainer: Sendable, Hashable {
    /// What the container does, in the words of the engine.
    package enum State: String, Sendable, Hashable {
        case created
        case running
        case paused
        case restarting
        case exited
        case dead
        case removing
    }

    package let id: String
    package let name: String
    package let state: State
    /// The image's content id.
    package let imageID: String
    package let labels: [String: String]
    /// Addresses by network name; empty in a list answer of a stopped container.
    package let addresses: [String: String]
    /// nil while it runs, and in a list answer.
    package let exitCode: Int?
    package let outOfMemory: Bool
    /// How often the engine itself restarted it; 0 in a list answer.
    package let restartCount: Int

    package init(
        id: String, name: String, state: State, imageID: String, labels: [String: String], addresses: [String: String],
        exitCode: Int?, outOfMemory: Bool, restartCount: Int
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.imageID = imageID
        self.labels = labels
        self.addresses = addresses
        self.exitCode = exitCode
        self.outOfMemory = outOfMemory
        self.restartCount = restartCount
    }
}

/// How a command in a container ended.
package struct ExecutionResult: Sendable, Hashable {
    package let exitCode: Int
    package let output: [UInt8]
    package let errorOutput: [UInt8]

    package init(exitCode: Int, output: [UInt8], errorOutput: [UInt8]) {
        self.exitCode = exitCode
        self.output = output
        self.errorOutput = errorOutput
    }
}

/// Something that happened on the engine.
package struct EngineEvent: Sendable, Hashable {
    /// `container`, `network`, `image`, `volume`, …
    package let type: String
    /// `die`, `start`, `destroy`, `oom`, …
    package let action: String
    package let name: String
    package let labels: [String: String]
    package let at: Moment

    package init(type: String, action: String, name: String, labels: [String: String], at: Moment) {
        self.type = type
        self.action = action
        self.name = name
        self.labels = labels
        self.at = at
    }
}

/// A line that a container wrote.
package struct EngineLogLine: Sendable, Hashable {
    /// µs since 1970.
    package let atMicroseconds: Int64
    /// 1 for standard output, 2 for standard error.
    package let stream: Int
    package let line: String

    package init(atMicroseconds: Int64, stream: Int, line: String) {
        self.atMicroseconds = atMicroseconds
        self.stream = stream
        self.line = line
    }
}

/// What a container uses at one moment.
package struct EngineSample: Sendable, Hashable {
    /// Thousandths of a core used since the engine's previous sample.
    package let cpuMilli: Int64
    package let memoryKiB: Int64
    package let memoryLimitKiB: Int64

    package init(cpuMilli: Int64, memoryKiB: Int64, memoryLimitKiB: Int64) {
        self.cpuMilli = cpuMilli
        self.memoryKiB = memoryKiB
        self.memoryLimitKiB = memoryLimitKiB
    }
}

/// The processes of a container, one row each.
package struct ProcessTable: Sendable, Hashable {
    package let titles: [String]
    package let rows: [[String]]

    package init(titles: [String], rows: [[String]]) {
        self.titles = titles
        self.rows = rows
    }
}

/// An engine that died while it started or ended a container may keep remains of it, and then never starts it again.
/// Made anew, the container starts.
package struct ContainerRemains: Error {
    /// The engine's own words.
    package let message: String

    package init(message: String) { self.message = message }
}
