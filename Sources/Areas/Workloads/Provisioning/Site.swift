package import Basics
package import Fleet
package import Identity
package import SQL

/// What the workflows of this room work with: the database, the engines, the ingress.
package struct Site: Sendable {
    package let database: any Database
    package let engines: any EngineDirectory
    package let ingress: any Ingress
    package let vault: Vault
    package let clock: any WallClock
    package let installation: Installation

    package init(
        database: any Database, engines: any EngineDirectory, ingress: any Ingress, vault: Vault,
        clock: any WallClock, installation: Installation
    ) {
        self.database = database
        self.engines = engines
        self.ingress = ingress
        self.vault = vault
        self.clock = clock
        self.installation = installation
    }

    func engine(_ zone: ZoneFacts) throws -> any ContainerEngine & EngineWatch {
        try engines.engine(at: EngineEndpoint(address: zone.dockerEndpoint, tlsDirectory: zone.tlsDirectory))
    }
}

/// Where a project runs, as a workflow records it in its first step: later steps, and their undo after a restart, use
/// the record and not rows that may be gone by then.
package struct ZoneFacts: Codable, Sendable, Hashable {
    package let id: Int64
    package let dockerEndpoint: String
    package let tlsDirectory: String?
}

/// A project's network on its engine.
struct NetworkFacts: Codable, Sendable, Hashable {
    let name: String
    let cidr: String
    let gateway: String
    let labels: [String: String]
}

/// One instance of a container, as far as the engine and the ingress are concerned.
struct InstanceFacts: Codable, Sendable, Hashable {
    let id: Int64
    let containerID: Int64
    let serviceID: Int64
    let generation: Int64
    /// The name on the engine.
    let engineName: String
    /// Reachable through the ingress.
    let isPublic: Bool
    /// Its service keeps data in volumes, so two instances must not run at once.
    let hasVolumes: Bool
}

/// What the first step of a workflow on existing containers records: where they are and which instances they have.
struct Ground: Codable, Sendable {
    let zone: ZoneFacts
    let instances: [InstanceFacts]
}

/// Numbers the workflows go by.
enum ProvisioningLimits {
    /// Networks of the pool that are tried before an order gives up; each refusal costs the engine some milliseconds.
    static let networkTriesMax = 8
    /// Time a container gets between SIGTERM and SIGKILL.
    static let stopGraceSeconds = 10
    /// A new instance must pass the health checks of the ingress within this time, or the old one stays.
    static let healthGateSeconds = 60
    /// A first instance gets this long to answer before the order is called complete all the same: big applications
    /// take minutes to install themselves, and tearing them down would not help.
    static let firstAnswerSeconds = 20
    /// Old connections get this long to end after a switch.
    static let drainSecondsMax = 30
    /// How often a waiting step looks.
    static let pollMilliseconds = 50
    /// Volumes of deleted services are kept this long, in case somebody did not mean it.
    static let volumeGraceSeconds = 2 * 3600
}
