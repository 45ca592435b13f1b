package import Basics
package import Fleet
import Synchronization

/// The container engine of one zone through the Docker Engine HTTP API, over a Unix socket or TCP with mutual TLS.
///
/// Three layers: ``Transport`` (requests, deadlines, classification, breaker), the typed calls in `Calls/`, one file
/// per noun, and in those the functions of the ports ``ContainerEngine`` and ``EngineWatch``. All state lives in the
/// engine itself; here are only connections, the agreed API version, and the previous CPU reading of each container.
///
/// A lost answer is harmless by construction: whatever is made has a name chosen by the caller, so the second attempt
/// finds what the first one did.
package struct DockerEngine: ContainerEngine, EngineWatch {
    let transport: Transport
    let readings = Readings()

    /// The engine at `endpoint`, with connections of its own. Does not connect yet. Throws `.invalid` when the address
    /// or the certificates are unusable.
    package init(_ endpoint: EngineEndpoint) throws(Fault) {
        self.init(address: try EngineAddress(endpoint), clients: HTTPClients())
    }

    init(address: EngineAddress, clients: HTTPClients) {
        transport = Transport(address: address, clients: clients)
    }

    /// Runs a typed call and turns its error into the fault the areas know.
    func asking<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as DockerError {
            throw error.fault
        }
    }
}

/// The engines of all zones. One per process.
package final class DockerDirectory: EngineDirectory {
    private let clients = HTTPClients()
    private let engines = Mutex<[EngineEndpoint: DockerEngine]>([:])

    package init() {}

    package func engine(at endpoint: EngineEndpoint) throws -> any ContainerEngine & EngineWatch {
        if let known = engines.withLock({ $0[endpoint] }) { return known }
        let fresh = DockerEngine(address: try EngineAddress(endpoint), clients: clients)
        return engines.withLock { engines in
            // Whoever came first wins, so that all share one breaker and one set of readings.
            if let known = engines[endpoint] { return known }
            engines[endpoint] = fresh
            return fresh
        }
    }

    /// Forgets the engine at `endpoint`, for example because its certificates were replaced on disk.
    package func forget(_ endpoint: EngineEndpoint) { engines.withLock { $0[endpoint] = nil } }
}
