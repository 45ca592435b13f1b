package import Basics
package import Catalogue
package import Fleet

/// Everything that planning an order needs to know, read in one go.
package struct OrderSnapshot: Sendable {
    /// The account that will own and pay: the project's owner, or the caller for a new project.
    package struct Owner: Sendable, Hashable {
        package var id: Int64
        package var active: Bool
        package var currency: String
        /// Containers the account has, and may have.
        package var containers: Int64
        package var quota: Int64

        package init(id: Int64, active: Bool = true, currency: String = "USD", containers: Int64, quota: Int64) {
            self.id = id
            self.active = active
            self.currency = currency
            self.containers = containers
            self.quota = quota
        }
    }

    /// The project the order adds to.
    package struct Project: Sendable {
        package var id: Int64
        package var name: String
        package var zoneID: Int64
        /// Addresses nobody has.
        package var freeAddresses: Int64
        /// By id.
        package var services: [Int64: WorkloadSnapshot.Service]
        package var volumeIDs: Set<Int64>

        package init(
            id: Int64, name: String, zoneID: Int64, freeAddresses: Int64,
            services: [Int64: WorkloadSnapshot.Service] = [:], volumeIDs: Set<Int64> = []
        ) {
            self.id = id
            self.name = name
            self.zoneID = zoneID
            self.freeAddresses = freeAddresses
            self.services = services
            self.volumeIDs = volumeIDs
        }
    }

    /// A location with what is free in its zones.
    package struct LocationRooms: Sendable, Hashable {
        package var id: Int64
        package var strategy: Location.FillStrategy
        package var active: Bool
        package var rooms: [Placement.Room]

        package init(
            id: Int64, strategy: Location.FillStrategy = .least, active: Bool = true, rooms: [Placement.Room]
        ) {
            self.id = id
            self.strategy = strategy
            self.active = active
            self.rooms = rooms
        }
    }

    /// Who asks.
    package var caller: Caller
    /// nil when there is no such account.
    package var owner: Owner?
    /// nil for a new project, and when the caller may not use the one that was named.
    package var project: Project?
    /// The locations that come into question, first choice first.
    package var locations: [LocationRooms]
    /// By id.
    package var zones: [Int64: Zone]
    /// Default variant by image.
    package var defaultVariants: [Int64: Int64]
    /// By variant.
    package var blueprints: [Int64: ImageBlueprint]
    /// By product, at the owner's prices.
    package var offers: [Int64: ProductOffer]
    /// Those of the requested domains that exist already.
    package var takenDomains: Set<String>
    /// Under these Berth itself names things.
    package var appsDomains: [String]

    package init(
        caller: Caller, owner: Owner?, project: Project? = nil, locations: [LocationRooms], zones: [Int64: Zone],
        defaultVariants: [Int64: Int64] = [:], blueprints: [Int64: ImageBlueprint] = [:],
        offers: [Int64: ProductOffer] = [:], takenDomains: Set<String> = [], appsDomains: [String] = []
    ) {
        self.caller = caller
        self.owner = owner
        self.project = project
        self.locations = locations
        self.zones = zones
        self.defaultVariants = defaultVariants
        self.blueprints = blueprints
        self.offers = offers
        self.takenDomains = takenDomains
        self.appsDomains = appsDomains
    }
}
