import AsyncHTTPClient
import Basics
import DockerEngine
import Edge
import Fleet
import Foundation
import Glibc
import HAProxyControl
import Logging
import NIOCore
import NIOHTTP1
import Testing

/// An ingress on the real engine, with a network and web servers of its own behind it.
struct IngressWorld {
    let engine: any ContainerEngine
    let names: IngressNames
    let control: HAProxyControl
    let port: Int
    private let code: String
    private let network: NetworkSpec

    /// Runs `body` in a fresh world and removes everything it left.
    static func with(_ body: (IngressWorld) async throws -> Void) async throws {
        let address = try #require(
            ProcessInfo.processInfo.environment["BERTH_TEST_DOCKER"],
            "BERTH_TEST_DOCKER must name a Docker Engine; script/test starts one.")
        let world = try IngressWorld(engine: DockerEngine(EngineEndpoint(address: address, tlsDirectory: nil)))
        do { try await body(world) } catch {
            try? await world.removeAll()
            throw error
        }
        try await world.removeAll()
    }

    private init(engine: any ContainerEngine) throws {
        self.engine = engine
        code = "lb\(Random.token(6).lowercased())"
        names = IngressNames(installation: code, zoneID: 1)
        control = HAProxyControl(engine: engine, names: names, logger: Logger(label: "test"))
        port = try Self.freePort()
        let (b, c) = (Int.random(in: 100...199), Int.random(in: 0...255))
        network = NetworkSpec(
            name: "berth-\(code)-web", cidr: "10.\(b).\(c).0/27", gateway: "10.\(b).\(c).1",
            labels: ["berth.installation": code])
    }

    /// What another process would use for the same zone.
    func anotherControl() -> HAProxyControl {
        HAProxyControl(engine: engine, names: names, logger: Logger(label: "test"))
    }

    /// A port nobody listens on right now.
    static func freePort() throws -> Int {
        let taken = try TakenPort()
        defer { taken.release() }
        return taken.port
    }

    /// Starts a web server and answers how the ingress reaches it.
    func startHello(_ number: Int) async throws -> IngressState.Server {
        try await engine.ensureNetwork(network)
        let address = network.gateway.dropLast() + "\(number + 1)"
        let name = "berth-\(code)-hello-\(number)"
        let image = try await engine.ensureImage(ImageReference(name: "berth/hello:1"))
        _ = try await engine.ensureContainer(
            ContainerSpec(
                name: name, hostname: "hello-\(number)", image: image, labels: network.labels,
                network: .named(network.name, address: String(address), aliases: []),
                limits: ResourceLimits(cpuMilli: 1000, memoryMB: 64)))
        try await engine.startContainer(name)
        return IngressState.Server(name: "instance-\(number)", address: String(address), port: 80)
    }

    /// A state with one backend per list of servers, named `rule-0`…, reached as `site-0.example`….
    func state(
        _ groups: [[IngressState.Server]], opening: [[IngressState.Server]] = [], candidates: [IngressState.Server] = []
    ) -> IngressState {
        IngressState(
            httpPort: port,
            routes: groups.indices.map { .init(host: "site-\($0).example", backend: "rule-\($0)") },
            backends: groups.enumerated().map { index, servers in
                .init(
                    name: "rule-\(index)", servers: servers, opening: index < opening.count ? opening[index] : [],
                    useTLS: false)
            },
            candidates: candidates)
    }

    /// One request on a connection of its own: status and body.
    func get(_ host: String, path: String = "/", headers: [(String, String)] = []) async throws -> (Int, String) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.headers.add(name: "Host", value: host)
        request.headers.add(name: "Connection", value: "close")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 20)
        return (Int(response.status.code), String(buffer: body))
    }

    /// How often HAProxy was reloaded since its container was made.
    func reloads() async throws -> Int {
        let master = try await ask("master", "show proc").split(separator: "\n").first { $0.contains(" master ") }
        let fields = try #require(master).split(whereSeparator: \.isWhitespace)
        return try #require(Int(fields[2]))
    }

    /// How many requests the current worker has under way.
    func sessions() async throws -> Int {
        let line = try await ask("admin", "show info").split(separator: "\n").first { $0.hasPrefix("CurrConns: ") }
        let number = try #require(line).dropFirst(11)
        return try #require(Int(number))
    }

    private func ask(_ socket: String, _ question: String) async throws -> String {
        let argv = ["socat", "-t", "5", "-", "UNIX-CONNECT:/run/haproxy/\(socket).sock"]
        let result = try await engine.execute(in: names.container, argv: argv, input: Array((question + "\n").utf8))
        return String(decoding: result.output, as: UTF8.self)
    }

    /// Polls until `condition` holds or ten seconds are over.
    func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, "\(what) did not happen within 10 s")
            try await Task.sleep(for: .milliseconds(30))
        }
    }

    private func removeAll() async throws {
        try await control.remove()
        for container in try await engine.listContainers(label: "berth.installation", value: code) {
            try await engine.removeContainer(container.name)
        }
        try await engine.removeNetwork(network.name)
    }
}

/// A TCP port with a listener on it.
struct TakenPort {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | listen(descriptor, 8) | getsockname(descriptor, $0, &length)
            }
        }
        try #require(result == 0, "no free port")
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    func release() { close(descriptor) }
}
