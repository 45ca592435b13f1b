import API
import Basics
import DockerEngine
import Edge
import Egress
import Fleet
import HAProxyControl
import Hummingbird
import HummingbirdCore
import Identity
package import Logging
import NIOCore
import OAuth
import Operations
import Panel
package import SQL
import ServiceLifecycle
import UnixSignals
import Workloads

/// The composition root: settings → database → areas → adapters → workers → HTTP → run.
/// Read it like a table of contents.
package struct Assembly: Sendable {
    /// What clients are told as our release.
    package static let release = "0.1.0"
    /// A stop is over by then, whatever still runs.
    private static let stopSecondsMax = 9

    private let settings: Settings
    private let database: any Database
    private let logger: Logger
    private let clock: any WallClock = SystemWallClock()
    private let stopping = StopFlag()

    package init(settings: Settings, database: any Database, logger: Logger) {
        self.settings = settings
        self.database = database
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT, then stops in an orderly way.
    package func serve() async throws {
        try await Migrator.migrate(database)
        let vault = try OpenVault.open(settings)
        let code = try await InstallationCode.read(database)
        let installation = Workloads.Installation(code: code, apiEndpoint: "\(settings.publicURL)/api")
        let site = makeSite(installation, vault: vault)

        var services: [any Service] = []
        var gauges = [OperationGauges.states(database)]
        if settings.roles.contains(.worker) {
            // The lock on the file says that we are alone, so nobody can still be working on anything.
            if database.dialect == .sqlite { try await database.transaction { try Operations.releaseAll(in: $0) } }
            let worker = Worker(
                database: database, workflows: WorkloadWorkflows.all(site: site), options: workerOptions(),
                name: Self.processName, logger: logger)
            gauges += OperationGauges.worker(worker)
            services += workServices(site, worker: worker)
            let outbox = outbox(vault, installation: code)
            services.append(Background("outbox") { await outbox.run() })
        }
        if settings.roles.contains(.api) {
            let accessLog = AccessLog(sink: StandardError.write)
            let authenticator = Authenticator(
                database: database, clock: clock, bearer: TokenReading.principal(_:at:on:))
            let limiter = RateLimiter(settings.rateLimits, clock: clock)
            var parts = dependencies(site, vault: vault, authenticator: authenticator, accessLog: accessLog)
            parts.limiter = limiter
            parts.trustedProxies = settings.trustedProxies
            parts.crossOrigin = settings.crossOrigin
            parts.stillPages = .documentation(
                publicURL: settings.publicURL, passwordGrant: settings.passwordGrant)
            let api = try API(parts)
            let responder = api.responder()
            services.append(Background("access log") { await accessLog.run() })
            services.append(Background("credentials") { await authenticator.run() })
            // One process serves a SQLite file, so there is nobody to share counts with.
            if database.dialect == .postgres {
                services.append(Background("rate limits") { [database] in await limiter.run(on: database) })
            }
            services.append(http(responder, settings.listen, "api", try Listening.server(settings.tls)))
            if let listen = settings.metricsListen {
                services.append(
                    http(
                        MetricsResponder(requests: responder.metrics, gauges: gauges), listen, "metrics",
                        try Listening.server(nil)))
            }
        } else if let listen = settings.metricsListen {
            services.append(
                http(
                    MetricsResponder(requests: nil, gauges: gauges), listen, "metrics", try Listening.server(nil)))
        }
        try await run(services)
    }

    private func makeSite(_ installation: Workloads.Installation, vault: Vault) -> Site {
        let engines = DockerDirectory()
        let balancers = Balancers(database: database, engines: engines, installation: installation.code, logger: logger)
        let ingress = ZoneIngress(database: database) { try await balancers.balancer(zoneID: $0) }
        return Site(
            database: database, engines: engines, ingress: ingress, vault: vault, clock: clock,
            installation: installation)
    }

    /// Delivers what lies in the outbox.
    private func workServices(_ site: Site, worker: Worker) -> [any Service] {
        let name = Self.processName
        let scheduler = Scheduler(
            database: database,
            reconcilers: [
                SignalSweep(database: database, clock: clock), VolumeSweep(site: site),
                DeletionSweep(database: database, clock: clock), TokenSweep(database: database, clock: clock),
                IdempotencySweep(database: database, clock: clock),
                MailSweep(database: database, clock: clock), IdentitySweep(database: database, clock: clock),
                CallbackSweep(database: database, clock: clock),
            ], name: name, logger: logger)
        let watch = FleetWatch(site: site, holder: name, logger: logger)
        return [
            Background("operations") { await worker.run() },
            Background("timers") { await scheduler.run() },
            Background("fleet") { await watch.run() },
        ]
    }

    /// What is sent to the outside: letters, and callbacks of customers.
    private func outbox(_ vault: Vault, installation: String) -> OutboxSender {
        let transport = MailPost.transport(settings, logger: logger)
        return OutboxSender(
            database: database,
            deliverers: [
                MailDeliverer(transport: transport, vault: vault, from: settings.mailFrom, installation: installation),
                AskedLinks(
                    database: database, mail: MailQueue(vault: vault, publicURL: settings.publicURL), clock: clock),
                CallbackDelivery(
                    database: database, vault: vault, sender: GuardedSender(opened: settings.callbackNetworks),
                    clock: clock),
            ], logger: logger)
    }

    private func dependencies(
        _ site: Site, vault: Vault, authenticator: Authenticator, accessLog: AccessLog
    ) -> APIDependencies {
        APIDependencies(
            database: database, clock: clock, authenticator: authenticator, vault: vault,
            publicURL: settings.publicURL, release: Self.release, logger: logger,
            passwordGrant: settings.passwordGrant, pages: settings.roles.contains(.panel) ? pages(vault) : nil,
            accessLog: accessLog,
            readiness: { [database, stopping] in
                if stopping.isSet { return ["The server is stopping."] }
                do {
                    _ = try await database.read { try $0.int("SELECT 1") }
                    return []
                } catch {
                    return ["The database does not answer."]
                }
            },
            processes: { try await Processes.list(containerID: $0, site: site) })
    }

    private func pages(_ vault: Vault) -> PageServing {
        let panel = Panel(
            database: database, clock: clock, publicURL: settings.publicURL, vault: vault, logger: logger,
            passwordGrant: settings.passwordGrant, allowsRegistration: settings.registration)
        return PageServing(
            owns: Panel.owns, shares: Panel.shares, respond: panel.respond(to:address:requestID:),
            refuse: Panel.refusal)
    }

    private func http<Responder: HTTPResponder>(
        _ responder: Responder, _ listen: ListenAddress, _ name: String, _ server: HTTPServerBuilder
    ) -> any Service where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        var logger = logger
        logger[metadataKey: "listener"] = .string(name)
        return Application(
            responder: responder, server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(listen.host, port: listen.port), serverName: "Berth"),
            logger: logger)
    }

    /// Starts everything in order and stops it in reverse.
    private func run(_ services: [any Service]) async throws {
        var configuration = ServiceGroupConfiguration(
            services: ([StopNotice(flag: stopping)] + services).map {
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(Self.stopSecondsMax)
        let group = ServiceGroup(configuration: configuration)
        logger.info(
            "Serving",
            metadata: [
                "listen": .string(settings.listen.text),
                "roles": .string(settings.roles.map(\.rawValue).sorted().joined(separator: ",")),
            ])
        try await group.run()
        await database.close()
        logger.info("Stopped")
    }

    private func workerOptions() -> Worker.Options {
        #if FAILPOINTS
            // The kill sweeps would otherwise spend most of their time waiting for the leases of the dead.
            if let text = ProcessFacts.environment("BERTH_FAIL_LEASE_MS"), let milliseconds = Int(text) {
                var options = Worker.Options()
                options.lease = .milliseconds(milliseconds)
                return options
            }
        #endif
        return Worker.Options()
    }

    /// Names this process among all that share the database.
    private static let processName = "\(ProcessFacts.hostName)-\(ProcessFacts.processID)-\(Random.token(4))"
}
