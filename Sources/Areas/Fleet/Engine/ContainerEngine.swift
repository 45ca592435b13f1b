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
