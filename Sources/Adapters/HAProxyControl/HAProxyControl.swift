import Basics
package import Edge
package import Fleet
package import Logging

/// The load balancer of one zone: HAProxy in a container of its own on the zone's engine.
///
/// Nothing is remembered that could not be wrong: which state is live is asked of the running HAProxy by the program
/// `ingress` inside the container (images/ingress), which also checks, switches, reloads, probes and rolls back, in one
/// call, so that a change ends well or not at all even when we die in its middle. The files live in the container's own
/// layer: they are there after a restart, and gone with the container, which then gets the next state from us.
package actor HAProxyControl: LoadBalancer {
    /// The image that script/images builds.
    package static let image = "berth/ingress:1"

    /// Callers that wait for the same change.
    private struct Wave {
        var configuration: HAProxyConfiguration
        var waiting: [CheckedContinuation<Void, any Error>]
    }

    private let engine: any ContainerEngine
    private let names: IngressNames
    private let logger: Logger
    private var next: Wave?
    private var isApplying = false
    private var lastReload: ContinuousClock.Instant?
    /// What the last change made live, while the container is known to run.
    private var live: Live?

    private struct Live {
        let name: String
        let reloadHash: String

        init(_ configuration: HAProxyConfiguration) {
            (name, reloadHash) = (configuration.name, configuration.reloadHash)
        }
    }

    package init(engine: any ContainerEngine, names: IngressNames, logger: Logger) {
        self.engine = engine
        self.names = names
        self.logger = logger
    }

    /// Callers that come while a change is under way, or within 250 ms after a reload when another is needed, share the
    /// next: the newest state wins.
    package func apply(_ state: IngressState) async throws {
        let configuration = try HAProxyConfiguration(state)
        try await withCheckedThrowingContinuation { continuation in
            var wave = next ?? Wave(configuration: configuration, waiting: [])
            wave.configuration = configuration
            wave.waiting.append(continuation)
            next = wave
            if !isApplying {
                isApplying = true
                Task { await self.applyWaves() }
            }
        }
    }

    package func health() async throws -> [String: ServerHealth] {
        let answer = try await ask(["ingress", "servers"])
        return HAProxyStatistics.health(csv: answer)
    }

    package func isDrained() async throws -> Bool {
        let fields = try await ask(["ingress", "status"]).split(whereSeparator: \.isWhitespace)
        return fields.last == "0"
    }

    package func remove() async throws {
        live = nil
        try await during("removing the ingress \(names.container)") {
            try await engine.removeContainer(names.container)
        }
    }

    private func applyWaves() async {
        while let asked = next {
            if let lastReload, asked.configuration.reloadHash != live?.reloadHash {
                // A sleep that is cut short only makes the change come sooner.
                try? await Task.sleep(until: lastReload + .milliseconds(HAProxyLimits.coalesceMilliseconds))
            }
            guard let wave = next else { break }
            next = nil
            do {
                try await during("changing the ingress \(names.container)") { try await change(wave.configuration) }
                for caller in wave.waiting { caller.resume() }
            } catch {
                for caller in wave.waiting { caller.resume(throwing: error) }
            }
        }
        isApplying = false
    }

    private func change(_ configuration: HAProxyConfiguration) async throws {
        if live != nil {
            // The usual case: the container runs. When it does not, start from the beginning.
            do { return try await transfer(configuration) } catch let fault as Fault
                where [.notFound, .conflict].contains(fault.code)
            {
                live = nil
            }
        }
        try await IngressContainer(engine: engine, names: names, logger: logger).ensureRunning()
        try await transfer(configuration)
    }

    /// Brings the files in and makes them live, in the running container, in one call.
    private func transfer(_ configuration: HAProxyConfiguration) async throws {
        // What we made live last is there, unless somebody else's changes tidied it away.
        var result = try await apply(configuration, bringing: live?.name != configuration.name)
        if result.exitCode == 66 { result = try await apply(configuration, bringing: true) }
        let said = Self.text(result.output + result.errorOutput)
        switch result.exitCode {
        case 0:
            live = Live(configuration)
            if said == "reload" { lastReload = .now }
            if said != "unchanged" {
                logger.info("ingress changed", metadata: ["container": "\(names.container)", "by": "\(said)"])
            }
        case 65:
            throw Fault(.invalid, "HAProxy refuses the configuration: \(said)")
        case 70:
            lastReload = .now
            throw Fault(.unavailable, said)
        default:
            throw Fault(.unavailable, "The ingress did not take the change: \(said)")
        }
    }

    private func apply(_ configuration: HAProxyConfiguration, bringing: Bool) async throws -> ExecutionResult {
        let archive = bringing ? try Self.archive(configuration) : []
        let argv = bringing ? ["take", configuration.name, "\(archive.count)"] : ["apply", configuration.name]
        return try await engine.execute(in: names.container, argv: ["ingress"] + argv, input: archive)
    }

    private func ask(_ argv: [String]) async throws -> String {
        try await during("asking the ingress \(names.container)") {
            let result: ExecutionResult
            do { result = try await engine.execute(in: names.container, argv: argv, input: []) } catch let fault
                as Fault
                where [.notFound, .conflict].contains(fault.code)
            {
                throw Fault(.unavailable, "The ingress does not run; it comes back with the next change.", cause: fault)
            }
            guard result.exitCode == 0 else {
                throw Fault(.unavailable, "The ingress does not answer: \(Self.text(result.errorOutput))")
            }
            return String(decoding: result.output, as: UTF8.self)
        }
    }

    private static func archive(_ configuration: HAProxyConfiguration) throws -> [UInt8] {
        var tar = TarWriter()
        try tar.directory(configuration.name)
        // HAProxy's worker reads nothing: its master has read it all before.
        try tar.file(configuration.name + "/hosts.map", text: configuration.map)
        try tar.file(configuration.name + "/haproxy.cfg", text: configuration.configuration)
        return tar.archive()
    }

    private static func text(_ output: [UInt8]) -> String {
        let text = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return String(text.prefix(HAProxyLimits.messageCharactersMax))
    }
}
