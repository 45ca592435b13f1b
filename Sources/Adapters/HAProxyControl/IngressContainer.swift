import Basics
import Fleet
import Logging

/// What the ingress of one zone is called on its engine.
package struct IngressNames: Sendable, Hashable {
    package let container: String
    package let hostname: String
    package let labels: [String: String]

    /// `installation` is the installation's code, which keeps two Berths on one engine apart.
    package init(installation: String, zoneID: Int64) {
        container = "berth-\(installation)-ingress-\(zoneID)"
        hostname = "ingress-\(zoneID)"
        labels = ["berth.installation": installation, "berth.zone": "\(zoneID)", "berth.kind": "ingress"]
    }
}

/// The container HAProxy runs in: made when it is missing, made anew when it cannot start.
struct IngressContainer {
    let engine: any ContainerEngine
    let names: IngressNames
    let logger: Logger

    /// Answers when HAProxy can be asked. A new container runs HAProxy without any listener.
    func ensureRunning() async throws {
        let spec = try await spec()
        let found = try await engine.ensureContainer(spec)
        if found.state == .running { return }
        if found.state != .restarting {
            do {
                try await engine.startContainer(names.container)
                if try await answers() { return }
            } catch let fault as Fault where !fault.isTransient {
                // An engine that was stopped may keep remains which let this one never start again ("task already
                // exists").
                logger.warning("the ingress cannot be started", metadata: ["error": "\(fault.logLine)"])
            }
        }
        // It has a state that it cannot run with any more, such as a port that was taken while it was down.
        logger.warning("the ingress does not start and is made anew", metadata: ["container": "\(names.container)"])
        try await engine.removeContainer(names.container)
        _ = try await engine.ensureContainer(spec)
        try await engine.startContainer(names.container)
        guard try await answers() else {
            throw Fault(.unavailable, "HAProxy does not start: see the log of the container \(names.container).")
        }
    }

    private func answers() async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(HAProxyLimits.startSeconds)
        while ContinuousClock.now < deadline {
            guard let now = try await engine.inspectContainer(names.container), now.state == .running else {
                return false
            }
            do {
                let result = try await engine.execute(in: names.container, argv: ["ingress", "status"], input: [])
                if result.exitCode == 0, result.output.first != UInt8(ascii: "-") { return true }
            } catch let fault as Fault where [.notFound, .conflict].contains(fault.code) {
                // It ended between the two questions; the next round sees it.
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private func spec() async throws -> ContainerSpec {
        let image: String
        do { image = try await engine.ensureImage(ImageReference(name: HAProxyControl.image)) } catch let fault as Fault
            where !fault.isTransient
        {
            throw Fault(
                .unavailable,
                "The engine lacks the image \(HAProxyControl.image). Build it there with script/images --engine.",
                cause: fault)
        }
        let facts = try await engine.facts()
        // The content id, not the name: when the image is built anew the container is replaced at the next start.
        return ContainerSpec(
            name: names.container, hostname: names.hostname, image: image, labels: names.labels, network: .host,
            limits: ResourceLimits(cpuMilli: facts.cpuMilli, memoryMB: HAProxyLimits.memoryMB),
            pidsMax: HAProxyLimits.processesMax, alwaysRestart: true)
    }
}
