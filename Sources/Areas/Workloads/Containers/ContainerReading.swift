package import Basics
import Identity
import Operations
package import SQL
import Signals

/// Lists and single views of containers. A page costs the same number of statements however many rows it has.
package enum ContainerReading {
    /// A sample older than this says nothing about now.
    private static let sampleAgeMax: Duration = .seconds(120)

    /// The containers of a project by name, and how many there are on all pages.
    package static func list(
        ofProject id: Int64, _ page: Page, by caller: Caller, at now: Moment, from database: any Database
    ) async throws -> ([ContainerSummary], total: Int64) {
        try await database.read { connection in
            _ = try ProjectReading.lookup(id, to: .view, by: caller, on: connection)
            return try part(page, "s.project_id = \(id)", at: now, on: connection)
        }
    }

    /// The containers of a service by name, and how many there are on all pages.
    package static func list(
        ofService id: Int64, _ page: Page, by caller: Caller, at now: Moment, from database: any Database
    ) async throws -> ([ContainerSummary], total: Int64) {
        try await database.read { connection in
            try ServiceReading.require(.view, id, by: caller, on: connection)
            return try part(page, "s.id = \(id)", at: now, on: connection)
        }
    }

    /// One container. Throws `.notFound` for what the caller may not see.
    package static func view(
        _ id: Int64, by caller: Caller, at now: Moment, from database: any Database
    ) async throws -> ContainerSummary {
        try await database.read { connection in
            guard let found = try load("c.id = \(id)", at: now, on: connection).first else {
                throw Policy.notFound("container")
            }
            try Policy.require(.view, on: found.holder, by: caller)
            return found
        }
    }

    private static func part(
        _ page: Page, _ condition: SQL, at now: Moment, on connection: any Connection
    ) throws -> ([ContainerSummary], total: Int64) {
        let chosen: SQL = "\(condition) AND c.desired_state <> 'removed'"
        return (
            try load(
                "\(chosen) ORDER BY c.name LIMIT \(page.size) OFFSET \(page.offset)", at: now, on: connection),
            total: try connection.int(
                "SELECT COUNT(*) FROM containers c JOIN services s ON s.id = c.service_id WHERE \(chosen)") ?? 0
        )
    }

    private static func load(
        _ condition: SQL, at now: Moment, on connection: any Connection
    ) throws -> [ContainerSummary] {
        let found = try connection.rows(
            """
            SELECT c.id, c.name, c.service_id, c.desired_state, c.state, c.created_at, c.updated_at,
                p.id, p.name, p.user_id, p.zone_id, s.cpu_milli, n.address
            FROM containers c
            JOIN services s ON s.id = c.service_id
            JOIN projects p ON p.id = s.project_id
            LEFT JOIN instances n ON n.container_id = c.id AND n.state = 'serving'
            WHERE \(condition)
            """
        ) { row in
            var container = ContainerSummary(
                id: row.int(0), name: row.text(1), serviceID: row.int(2),
                project: NamedID(id: row.int(7), name: row.text(8)), ownerID: row.int(9),
                shouldRun: row.text(3) == "running", state: row.text(4), cpuMilliMax: row.int(11),
                createdAt: row.moment(5), updatedAt: row.moment(6))
            container.zone = NamedID(id: row.int(10), name: "")
            container.localAddress = row.textOrNil(12)
            return container
        }
        return try complete(found, at: now, on: connection)
    }

    private static func complete(
        _ containers: [ContainerSummary], at now: Moment, on connection: any Connection
    ) throws -> [ContainerSummary] {
        if containers.isEmpty { return [] }
        let ids = IDList.padded(containers.map(\.id))
        let places = try ZonePlaces.load(containers.map(\.zone.id), on: connection)
        let services = IDList.padded(Array(Set(containers.map(\.serviceID)).sorted()))
        let rules = try IngressRuleReading.load(services: services, on: connection)
        let work = try SubjectWork.load("container", ids, in: connection)
        let usage = try Metrics.latest(containers: ids, since: now.advanced(by: .zero - sampleAgeMax), in: connection)
        return containers.map { row in
            var container = row
            container.rules = rules[row.serviceID] ?? []
            if let place = places[row.zone.id] {
                container.zone = place.zone
                container.location = place.location
                if container.rules.contains(where: \.isExternal) { container.publicAddress = place.publicAddress }
            }
            if let point = usage[row.id] {
                container.cpuPercent = percent(point.cpuMilli, of: row.cpuMilliMax)
                container.memoryPercent = percent(point.memoryKiB, of: point.memoryLimitKiB)
            }
            container.condition = condition(of: container, work: work[row.id] ?? SubjectWork())
            return container
        }
    }

    /// The v60 precedence.
    static func condition(of container: ContainerSummary, work: SubjectWork) -> ContainerCondition {
        switch container.state {
        case "starting": return .starting
        case "stopping": return .stopping
        case "pending", "building": return .working
        default: break
        }
        if work.isActive { return .working }
        switch container.state {
        case "crashed": return .unhealthy
        case "crash_loop": return .alert
        case "running" where container.cpuPercent > 85 || container.memoryPercent > 88: return .resourceUsage
        case "running": return .online
        default: return .offline
        }
    }

    /// With two decimals.
    private static func percent(_ part: Int64, of whole: Int64) -> Double {
        whole > 0 ? (Double(part) / Double(whole) * 10_000).rounded() / 100 : 0
    }
}
