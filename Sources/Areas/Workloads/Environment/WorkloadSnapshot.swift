package import Basics
package import Fleet

/// Whole projects as they are in the database at one moment, settings opened: all that is needed to say what should be
/// on an engine.
package struct WorkloadSnapshot: Sendable {
    /// A project with its zone and its network.
    package struct Project: Sendable, Hashable {
        package let id: Int64
        package let zoneID: Int64
        package let userID: Int64
        package let cidr: String
        package let zoneHTTPPort: Int
        package let zoneHTTPSPort: Int?
    }

    /// A service with what all its containers share.
    package struct Service: Sendable {
        package var facts: ServiceFacts
        package var imageID: Int64
        /// A template; nil for the image's own command.
        package var command: String?
        package var limits: ResourceLimits
        package var imageReference: String
        package var registryUsername: String?
        package var registryPassword: Secret<String>?
        package var capabilities: [String]
        package var useInit: Bool
        package var shmBytes: Int64
        package var mounts: [Mount]
        package var isDeleting: Bool
    }

    /// A volume at a path of each container.
    package struct Mount: Sendable, Hashable {
        package let volumeID: Int64
        package let path: String
        package let readOnly: Bool
    }

    /// A container with its generations.
    package struct Container: Sendable, Hashable {
        package let id: Int64
        package let serviceID: Int64
        package let name: String
        package let ordinal: Int64
        /// `running`, `stopped` or `removed`.
        package let desiredState: String
        /// In order of their generation.
        package var instances: [Instance]
    }

    /// One generation of a container.
    package struct Instance: Sendable, Hashable {
        package let id: Int64
        package let generation: Int64
        package let address: String
        /// `building`, `serving` or `draining`.
        package let state: String
    }

    package var projects: [Int64: Project] = [:]
    package var services: [Int64: Service] = [:]
    package var containers: [Int64: Container] = [:]

    package init() {}

    /// The containers of a service, in order of their ordinals.
    package func containers(of serviceID: Int64) -> [Container] {
        containers.values.filter { $0.serviceID == serviceID }.sorted { $0.ordinal < $1.ordinal }
    }
}
