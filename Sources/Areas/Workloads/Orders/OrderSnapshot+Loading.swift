package import Basics
import Catalogue
import Fleet
import Identity
package import SQL

extension OrderSnapshot {
    /// Reads what planning `request` needs; a constant number of queries for one location.
    package static func load(
        _ request: OrderRequest, by caller: Caller, in connection: any Connection
    ) throws -> OrderSnapshot {
        var project: (value: Project, ownerID: Int64)?
        if case .project(let id) = request.target { project = try readProject(id, by: caller, connection) }
        var owner: Owner?
        if let ownerID = project?.ownerID ?? caller.userID { owner = try readOwner(ownerID, connection) }
        var snapshot = OrderSnapshot(
            caller: caller, owner: owner, project: project?.value, locations: [], zones: [:])
        try snapshot.readPlaces(request, connection)
        try snapshot.readCatalogue(request, connection)
        try snapshot.readDomains(request, connection)
        return snapshot
    }

    private static func readOwner(_ id: Int64, _ connection: any Connection) throws -> Owner? {
        try connection.first(
            """
            SELECT u.id, u.active, u.currency, u.containers_count, g.quota_containers
            FROM users u JOIN user_groups g ON g.id = u.user_group_id WHERE u.id = \(id)
            """
        ) { row in
            Owner(
                id: row.int(0), active: row.bool(1), currency: row.text(2), containers: row.int(3), quota: row.int(4))
        }
    }

    private static func readProject(
        _ id: Int64, by caller: Caller, _ connection: any Connection
    ) throws -> (value: Project, ownerID: Int64)? {
        let found = try connection.first(
            """
            SELECT p.name, p.zone_id, p.user_id, p.state, n.id, n.cidr
            FROM projects p JOIN networks n ON n.project_id = p.id WHERE p.id = \(id)
            """
        ) { row in
            (
                name: row.text(0), zone: row.int(1), owner: row.int(2), leaving: row.text(3) == "deleting",
                network: row.int(4), cidr: row.text(5)
            )
        }
        guard let found else { return nil }
        let holder = Holder(
            noun: "project", ownerID: found.owner, projectID: id, isLeaving: found.leaving, isShared: true)
        // Administrators see a project that is being deleted, but nobody can add to it.
        guard !found.leaving, Policy.allows(.operate, on: holder, by: caller) else { return nil }
        let taken = try connection.int("SELECT COUNT(*) FROM instances WHERE network_id = \(found.network)") ?? 0
        let room = Subnet(cidr: found.cidr).map { Int64($0.hosts.count) } ?? 0
        let services = try WorkloadSnapshot.load(projects: [id], in: connection, vault: nil).services
        let volumes = try connection.rows(
            "SELECT id FROM volumes WHERE project_id = \(id) AND trash_after IS NULL"
        ) { $0.int(0) }
        let project = Project(
            id: id, name: found.name, zoneID: found.zone, freeAddresses: room - taken,
            services: services.filter { !$0.value.isDeleting }, volumeIDs: Set(volumes))
        return (project, found.owner)
    }

    private mutating func readPlaces(_ request: OrderRequest, _ connection: any Connection) throws {
        var candidates: [Location] = []
        if let id = request.locationID {
            candidates = try LocationQueries.location(id, on: connection).map { [$0] } ?? []
        } else {
            candidates = try LocationQueries.list(nil, on: connection).sorted { $0.id < $1.id }
        }
        if let wanted = project?.zoneID ?? request.zoneID {
            let zone = try ZoneQueries.zone(wanted, on: connection)
            if project != nil, let zone {
                candidates = try LocationQueries.location(zone.locationID, on: connection).map { [$0] } ?? []
            } else {
                candidates = candidates.filter { $0.id == zone?.locationID }
            }
        }
        locations = try candidates.map { location in
            LocationRooms(
                id: location.id, strategy: location.fillStrategy, active: location.active,
                rooms: try Placement.rooms(ofLocation: location.id, on: connection))
        }
        let all = try ZoneQueries.all(on: connection)
        zones = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        appsDomains = Array(Set(all.map(\.appsDomain))).sorted()
    }

    private mutating func readCatalogue(_ request: OrderRequest, _ connection: any Connection) throws {
        var variants: [Int64] = []
        var images: [Int64] = []
        for line in request.lines {
            switch line.image {
            case .variant(let id): variants.append(id)
            case .image(let id): images.append(id)
            }
        }
        defaultVariants = try ImageBlueprints.defaultVariants(ofImages: images, on: connection)
        variants += images.compactMap { defaultVariants[$0] }
        blueprints = try ImageBlueprints.of(variants: Array(Set(variants)), on: connection)
        if let owner {
            let products = Set(request.lines.compactMap(\.productID))
            offers = try ProductQueries.offers(Array(products), toUser: owner.id, on: connection)
        }
    }

    private mutating func readDomains(_ request: OrderRequest, _ connection: any Connection) throws {
        let names = Set(request.lines.flatMap(\.domains).compactMap { try? DomainName($0).text })
        guard !names.isEmpty else { return }
        takenDomains = Set(
            try connection.rows("SELECT domain FROM domains WHERE domain IN (\(list: Array(names)))") { $0.text(0) })
    }
}
