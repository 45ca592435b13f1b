import Basics
package import DockerEngine
package import Fleet
import Foundation

/// A corner of the test engine for one test: names and labels nobody else uses, removed when the test ends.
package struct TestEngine: Sendable {
    package let endpoint: EngineEndpoint
    package let engine: DockerEngine
    /// Begins every name; also the value of the label `berth.installation`.
    package let prefix: String

    /// The engine that `BERTH_TEST_DOCKER` names.
    package static func endpoint() throws -> EngineEndpoint {
        guard let address = ProcessInfo.processInfo.environment["BERTH_TEST_DOCKER"], !address.isEmpty else {
            throw Fault(.unavailable, "BERTH_TEST_DOCKER is not set. Run the tests by script/test.")
        }
        return EngineEndpoint(address: address, tlsDirectory: nil)
    }

    /// Gives `body` a corner of the engine and cleans it up afterwards, whether `body` succeeds or not. With `proxied`
    /// the test talks to the engine through that endpoint; cleaning up never does.
    package static func run<T>(
        proxied: EngineEndpoint? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (TestEngine) async throws -> T
    ) async throws -> T {
        let direct = TestEngine(
            endpoint: try endpoint(), engine: try DockerEngine(endpoint()),
            prefix: "berth-test-\(Random.token(10).lowercased())")
        let endpoint = proxied ?? direct.endpoint
        let world = TestEngine(endpoint: endpoint, engine: try DockerEngine(endpoint), prefix: direct.prefix)
        do {
            let value = try await body(world)
            try await direct.cleanUp()
            return value
        } catch {
            try? await direct.cleanUp()
            throw error
        }
    }

    package func name(_ what: String) -> String { "\(prefix)-\(what)" }

    package var labels: [String: String] { ["berth.installation": prefix] }

    /// Removes every container, network and volume that carries our label.
    package func cleanUp() async throws {
        for container in try await engine.listContainers(label: "berth.installation", value: prefix) {
            try await engine.removeContainer(container.name)
        }
        for network in try await engine.listNetworks(label: "berth.installation", value: prefix) {
            try await engine.removeNetwork(network)
        }
        for volume in try await engine.listVolumes(label: "berth.installation", value: prefix) {
            try await engine.removeVolume(volume)
        }
    }

    /// An image with a static busybox as /bin/sh and the tools of the tests, made from Debian's busybox-static without
    /// any registry. Shared by all test runs on the engine.
    package func busybox() async throws -> String {
        let name = "berth-test/busybox:1"
        if try await engine.imageID(name) != nil { return name }
        guard let busybox = FileManager.default.contents(atPath: "/bin/busybox") else {
            throw Fault(.unavailable, "/bin/busybox is missing. Install the Debian package busybox-static.")
        }
        var tar = TarWriter()
        for folder in ["bin", "tmp", "etc", "data"] {
            try tar.directory(folder, mode: folder == "tmp" ? 0o1777 : 0o755)
        }
        try tar.file("bin/busybox", Array(busybox), mode: 0o755)
        for tool in [
            "sh", "sleep", "cat", "echo", "ls", "id", "httpd", "wget", "nc", "mkdir", "chown", "printf", "yes",
        ] {
            try tar.symlink("bin/\(tool)", to: "busybox")
        }
        try tar.file("etc/passwd", text: "root:x:0:0:root:/:/bin/sh\n")
        _ = try await engine.importImage(
            name, rootTar: tar.archive(), changes: ["CMD [\"/bin/sleep\", \"3600\"]", "ENV PATH=/bin"])
        return name
    }

    /// A private network of eight addresses at a random place, and the addresses a container may have in it.
    package func network(_ what: String = "net") -> (spec: NetworkSpec, addresses: [String]) {
        let base = "10.\(Int.random(in: 192...254)).\(Int.random(in: 0...255))"
        let start = Int.random(in: 0...31) * 8
        let spec = NetworkSpec(
            name: name(what), cidr: "\(base).\(start)/29", gateway: "\(base).\(start + 1)", labels: labels)
        return (spec, (2...6).map { "\(base).\(start + $0)" })
    }

    /// A container that sleeps, in `network` (which must exist).
    package func container(
        _ what: String = "c", image: String, network: NetworkSpec, address: String, command: [String]? = nil
    ) -> ContainerSpec {
        ContainerSpec(
            name: name(what), hostname: what, image: image, command: command, environment: ["GREETING": "hello"],
            labels: labels, network: .named(network.name, address: address, aliases: [what]),
            limits: ResourceLimits(cpuMilli: 500, memoryMB: 64))
    }

    /// A running container with a network of its own.
    package func running(_ what: String = "c", command: [String]? = nil) async throws -> ContainerSpec {
        let (network, addresses) = network("net-\(what)")
        try await engine.ensureNetwork(network)
        let spec = container(
            what, image: try await busybox(), network: network, address: addresses[0], command: command)
        _ = try await engine.ensureContainer(spec)
        try await engine.startContainer(spec.name)
        return spec
    }
}
