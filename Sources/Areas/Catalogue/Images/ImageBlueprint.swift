package import Basics
import Identity

/// Everything that planning needs to know of one image in one variant: a value, read once, never looked up again.
///
/// A service keeps its own copy of settings, environment and ports, so a blueprint matters for what is ordered now
/// and not for what runs already.
package struct ImageBlueprint: Sendable, Hashable {
    package var image: Image
    package var variant: ImageVariant
    package var environment: [EnvParam]
    package var settings: [SettingParam]
    package var ports: [PortParam]
    package var volumes: [VolumeParam]
    package var requires: [Requirement]

    package init(
        image: Image, variant: ImageVariant, environment: [EnvParam] = [], settings: [SettingParam] = [],
        ports: [PortParam] = [], volumes: [VolumeParam] = [], requires: [Requirement] = []
    ) {
        self.image = image
        self.variant = variant
        self.environment = environment
        self.settings = settings
        self.ports = ports
        self.volumes = volumes
        self.requires = requires
    }

    /// What the engine is asked for: `[host[:port]/]path:tag`.
    package var reference: String {
        let path = "\(image.registryPath):\(variant.tag)"
        guard let host = image.registryHost, !host.isEmpty else { return path }
        return "\(host)/\(path)"
    }
}

/// A template that services are made of.
package struct Image: Sendable, Hashable {
    package var id: Int64
    /// Unique, `[a-z0-9-]+`.
    package var name: String
    package var label: String
    package var description: String?
    /// What other images call it in `dep.<role>` variables.
    package var role: String
    package var category: String
    package var active: Bool
    /// The account that owns a private image; nil when it is public.
    package var ownerID: Int64?
    /// Host and port of a registry; nil for the engine's default.
    package var registryHost: String?
    package var registryPath: String
    package var registryAuth: Bool
    package var registryUsername: String?
    /// Sealed with the installation's key.
    package var registryPasswordSealed: String?
    /// A command with `{{ … }}` marks; nil for the image's own.
    package var command: String?
    package var useInit: Bool
    /// Bytes of /dev/shm; 0 for the engine's default.
    package var shmBytes: Int64
    /// Thousandths of a core that a package must have.
    package var minCPUMilli: Int64
    package var minMemoryMB: Int64
    /// Whether a service may have more than one container.
    package var canScale: Bool
    /// Needs no package.
    package var isFree: Bool
    package var isLoadBalancer: Bool
    /// Capabilities beyond the hardened minimum, such as `NET_BIND_SERVICE`.
    package var capabilities: [String]
    package var labels: [String: String]
    package var createdAt: Moment
    package var updatedAt: Moment

    package init(
        id: Int64, name: String, label: String, description: String? = nil, role: String, category: String,
        active: Bool = true, ownerID: Int64? = nil, registryHost: String? = nil, registryPath: String,
        registryAuth: Bool = false, registryUsername: String? = nil, registryPasswordSealed: String? = nil,
        command: String? = nil, useInit: Bool = false, shmBytes: Int64 = 0, minCPUMilli: Int64 = 0,
        minMemoryMB: Int64 = 0, canScale: Bool = false, isFree: Bool = false, isLoadBalancer: Bool = false,
        capabilities: [String] = [], labels: [String: String] = [:], createdAt: Moment = Moment(milliseconds: 0),
        updatedAt: Moment = Moment(milliseconds: 0)
    ) {
        self.id = id
        self.name = name
        self.label = label
        self.description = description
        self.role = role
        self.category = category
        self.active = active
        self.ownerID = ownerID
        self.registryHost = registryHost
        self.registryPath = registryPath
        self.registryAuth = registryAuth
        self.registryUsername = registryUsername
        self.registryPasswordSealed = registryPasswordSealed
        self.command = command
        self.useInit = useInit
        self.shmBytes = shmBytes
        self.minCPUMilli = minCPUMilli
        self.minMemoryMB = minMemoryMB
        self.canScale = canScale
        self.isFree = isFree
        self.isLoadBalancer = isLoadBalancer
        self.capabilities = capabilities
        self.labels = labels
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Whether `caller` may order it: it is active, and who may see it may have it.
    package func isOrderable(by caller: Caller) -> Bool {
        let holder = Holder(noun: "container image", ownerID: ownerID, imageID: id, isPublic: ownerID == nil)
        return active && Policy.allows(.view, on: holder, by: caller)
    }
}

/// One version of an image.
package struct ImageVariant: Sendable, Hashable {
    package var id: Int64
    package var label: String
    package var tag: String
    package var isDefault: Bool
    /// Position in the list of variants, from 1.
    package var version: Int64
    package var createdAt: Moment
    package var updatedAt: Moment

    package init(
        id: Int64, label: String, tag: String, isDefault: Bool = true, version: Int64 = 1,
        createdAt: Moment = Moment(milliseconds: 0), updatedAt: Moment = Moment(milliseconds: 0)
    ) {
        self.id = id
        self.label = label
        self.tag = tag
        self.isDefault = isDefault
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// An environment variable that every new service of the image begins with.
package struct EnvParam: Sendable, Hashable {
    /// What the value means.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Text with `{{ … }}` marks.
        case `static`
        /// The name of a variable, see ``AvailableVariables``.
        case variable
    }

    package var id: Int64
    package var name: String
    package var label: String?
    package var kind: Kind
    package var value: String
    package var createdAt: Moment
    package var updatedAt: Moment

    package init(
        id: Int64 = 0, name: String, label: String? = nil, kind: Kind, value: String,
        createdAt: Moment = Moment(milliseconds: 0), updatedAt: Moment = Moment(milliseconds: 0)
    ) {
        self.id = id
        self.name = name
        self.label = label
        self.kind = kind
        self.value = value
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A setting that customers may give a value when they order.
package struct SettingParam: Sendable, Hashable {
    /// What the value means.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case `static`
        /// Generated when the customer gives none.
        case password
    }

    package var id: Int64
    package var name: String
    package var label: String?
    package var kind: Kind
    /// What a customer gets who gives none.
    package var value: String?
    package var createdAt: Moment
    package var updatedAt: Moment

    package init(
        id: Int64 = 0, name: String, label: String? = nil, kind: Kind, value: String? = nil,
        createdAt: Moment = Moment(milliseconds: 0), updatedAt: Moment = Moment(milliseconds: 0)
    ) {
        self.id = id
        self.name = name
        self.label = label
        self.kind = kind
        self.value = value
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
