import Basics
import Edge
import Fleet
import Synchronization

/// Engines and load balancers that answer after ``latency`` and keep what they were told in memory.
final class FakeFleet: EngineDirectory {
    static let latency = Duration.milliseconds(5)
    private let engines = Mutex<[String: FakeEngine]>([:])

    func engine(at endpoint: EngineEndpoint) throws -> any ContainerEngine & EngineWatch {
        engines.withLock { engines in
            if let known = engines[endpoint.address] { return known }
            let made = FakeEngine()
            engines[endpoint.address] = made
            return made
        }
    }

    /// Containers that run anywhere.
    var running: Int { engines.withLock { $0.values.reduce(0) { $0 + $1.running } } }
}

/// One node.
final class FakeEngine: ContainerEngine, EngineWatch {
    private let containers = Mutex<[String: EngineContainer.State]>([:])

    var running: Int { containers.withLock { $0.values.count { $0 == .running } } }

    private func answer() async throws { try await Task.sleep(for: FakeFleet.latency) }

    func facts() async throws -> EngineFacts {
        EngineFacts(id: "fake", version: "1", apiVersion: "1.41", cpuMilli: 64_000, memoryMB: 65_536)
    }

    func ensureNetwork(_ network: NetworkSpec) async throws { try await answer() }
    func removeNetwork(_ name: String) async throws { try await answer() }
    func ensureVolume(_ volume: VolumeSpec) async throws { try await answer() }
    func removeVolume(_ name: String) async throws { try await answer() }

    func ensureImage(_ image: ImageReference) async throws -> String {
        try await answer()
        return "sha256:0"
    }

    func ensureContainer(_ container: ContainerSpec) async throws -> EngineContainer {
        try await set(container.name, .created)
        return view(container.name, .created)
    }

    func startContainer(_ name: String) async throws { try await set(name, .running) }
    func stopContainer(_ name: String, graceSeconds: Int) async throws { try await set(name, .exited) }
    func signalContainer(_ name: String, signal: String) async throws { try await answer() }
    func updateContainer(_ name: String, limits: ResourceLimits) async throws { try await answer() }
    func removeContainer(_ name: String) async throws { try await set(name, nil) }

    func inspectContainer(_ name: String) async throws -> EngineContainer? {
        try await answer()
        return containers.withLock { $0[name] }.map { view(name, $0) }
    }

    func listContainers(label key: String, value: String) async throws -> [EngineContainer] { [] }
    func listNetworks(label key: String, value: String) async throws -> [String] { [] }
    func upload(tar: [UInt8], to container: String, path: String) async throws { try await answer() }
    func download(from container: String, path: String, bytesMax: Int) async throws -> [UInt8] { [] }

    func execute(in container: String, argv: [String], input: [UInt8]) async throws -> ExecutionResult {
        ExecutionResult(exitCode: 0, output: [], errorOutput: [])
    }

    func events(since: Moment, label key: String, value: String) -> AsyncThrowingStream<EngineEvent, any Error> {
        AsyncThrowingStream { $0.finish() }
    }

    func logs(of container: String, sinceMicroseconds: Int64) -> AsyncThrowingStream<EngineLogLine, any Error> {
        AsyncThrowingStream { $0.finish() }
    }

    func sample(of container: String) async throws -> EngineSample? { nil }
    func processes(of container: String) async throws -> ProcessTable { ProcessTable(titles: [], rows: []) }

    private func set(_ name: String, _ state: EngineContainer.State?) async throws {
        try await answer()
        containers.withLock { $0[name] = state }
    }

    private func view(_ name: String, _ state: EngineContainer.State) -> EngineContainer {
        EngineContainer(
            id: name, name: name, state: state, imageID: "sha256:0", labels: [:], addresses: [:], exitCode: nil,
            outOfMemory: false, restartCount: 0)
    }
}

/// Takes every state and finds every server healthy.
final class FakeBalancer: LoadBalancer {
    private let known = Mutex<Set<String>>([])

    func apply(_ state: IngressState) async throws {
        try await Task.sleep(for: FakeFleet.latency)
        let names = state.backends.flatMap(\.servers).map(\.name) + state.candidates.map(\.name)
        known.withLock { $0 = Set(names) }
    }

    func health() async throws -> [String: ServerHealth] {
        known.withLock { Dictionary(uniqueKeysWithValues: $0.map { ($0, .healthy) }) }
    }

    func isDrained() async throws -> Bool { true }
    func remove() async throws {}
}
