package import Basics
import Identity
import Operations
package import SQL

/// Lists and single views of projects. A page costs five statements however many rows it has and however long their
/// histories are.
package enum ProjectReading {
    /// The caller's own projects by name, without those being deleted, and how many there are on all pages.
    package static func list(
        _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([ProjectSummary], total: Int64) {
        try await database.read { connection in
            let projects = try rows(
                """
                WHERE \(Policy.owned("p.user_id", project: "p.id", by: caller)) AND p.state = 'active'
                ORDER BY p.name, p.id LIMIT \(page.size) OFFSET \(page.offset)
                """, on: connection)
            return (try complete(projects, on: connection), total: try total(of: caller, on: connection))
        }
    }

    /// One project. Throws `.notFound` for what the caller may not see.
    package static func view(_ id: Int64, by caller: Caller, from database: any Database) async throws -> ProjectSummary
    {
        try await database.read { connection in
            let found = try lookup(id, to: .view, by: caller, on: connection)
            return try complete([found], on: connection)[0]
        }
    }

    /// The project's row without what belongs to it; there is no other way to one. Throws as the policy says.
    static func lookup(
        _ id: Int64, to action: Action, by caller: Caller, on connection: any Connection
    ) throws -> ProjectSummary {
        guard let found = try rows("WHERE p.id = \(id)", on: connection).first else { throw Policy.notFound("project") }
        try Policy.require(action, on: found.holder, by: caller)
        return found
    }

    /// Adds location, zone, images and the crashes of containers to rows.
    static func complete(_ projects: [ProjectSummary], on connection: any Connection) throws -> [ProjectSummary] {
        if projects.isEmpty { return [] }
        let places = try ZonePlaces.load(projects.lazy.map(\.zone.id), on: connection)
        let services = try services(of: IDList.padded(projects.map(\.id)), on: connection)
        let images = try images(ofVariants: services, on: connection)
        var projects = projects
        for index in projects.indices {
            if let place = places[projects[index].zone.id] {
                projects[index].zone = place.zone
                projects[index].location = place.location
            }
            guard let parts = services[projects[index].id] else { continue }
            if projects[index].condition == .ok, parts.contains(where: \.hasCrashed) {
                projects[index].condition = .unhealthy
            }
            projects[index].images = distinct(parts.compactMap { images[$0.variantID] })
        }
        return projects
    }

    /// The v60 precedence, but for crashed containers, which come after all of these.
    static func condition(isLeaving: Bool, _ work: SubjectWork) -> ProjectCondition {
        if isLeaving { return .deleting }
        if work.isActive { return .working }
        return work.lastFailed || work.lastingFailed ? .alert : .ok
    }

    private static func rows(_ condition: SQL, on connection: any Connection) throws -> [ProjectSummary] {
        // Not `rows`: in this function the compiler knows the type, which on the hottest list is worth it.
        var found: [ProjectSummary] = []
        try connection.each(
            """
            SELECT p.id, p.user_id, p.zone_id, p.name, p.state, p.skip_ssh, p.created_at, p.updated_at,
                w.live, w.failed, w.lasting_failed
            FROM projects p LEFT JOIN subject_work w ON w.noun = 'project' AND w.subject_id = p.id
            \(condition)
            """
        ) {
            let isLeaving = $0.text(4) == "deleting"
            found.append(
                ProjectSummary(
                    id: $0.int(0), ownerID: $0.int(1), name: $0.text(3), isLeaving: isLeaving, skipSSH: $0.bool(5),
                    createdAt: $0.moment(6), updatedAt: $0.moment(7), location: NamedID(id: 0, name: ""),
                    zone: NamedID(id: $0.int(2), name: ""),
                    condition: Self.condition(isLeaving: isLeaving, SubjectWork($0, from: 8)), images: []))
        }
        return found
    }

    /// Counting rows would cost as much as reading them; the account knows the number. A project leaves it when its
    /// deletion is asked for.
    private static func total(of caller: Caller, on connection: any Connection) throws -> Int64 {
        guard let userID = caller.userID else {
            return try connection.int("SELECT COUNT(*) FROM projects WHERE state = 'active'") ?? 0
        }
        if caller.projects != nil {
            let owned = Policy.owned("p.user_id", project: "p.id", by: caller)
            return try connection.int("SELECT COUNT(*) FROM projects p WHERE \(owned) AND p.state = 'active'") ?? 0
        }
        return try connection.int("SELECT projects_count FROM users WHERE id = \(userID)") ?? 0
    }

    private struct Service {
        let variantID: Int64
        let hasCrashed: Bool
    }

    /// By project. Everything is in the index `services_project`, so no row of a service is touched.
    private static func services(of ids: [Int64], on connection: any Connection) throws -> [Int64: [Service]] {
        var services: [Int64: [Service]] = [:]
        try connection.each(
            """
            SELECT s.project_id, s.image_variant_id, EXISTS (SELECT 1 FROM containers c WHERE c.service_id = s.id
                AND c.state IN ('crashed', 'crash_loop') AND c.desired_state = 'running')
            FROM services s WHERE s.project_id IN (\(list: ids))
            """
        ) { services[$0.int(0), default: []].append(Service(variantID: $0.int(1), hasCrashed: $0.bool(2))) }
        return services
    }

    /// By variant. A page of services has few different ones.
    private static func images(
        ofVariants services: [Int64: [Service]], on connection: any Connection
    ) throws -> [Int64: NamedID] {
        var variants: Set<Int64> = []
        for parts in services.values { for part in parts { variants.insert(part.variantID) } }
        let ids = IDList.padded(Array(variants))
        var images: [Int64: NamedID] = [:]
        try connection.each(
            """
            SELECT v.id, i.id, i.label FROM image_variants v JOIN images i ON i.id = v.image_id
            WHERE v.id IN (\(list: ids))
            """
        ) { images[$0.int(0)] = NamedID(id: $0.int(1), name: $0.text(2)) }
        return images
    }

    /// Each image once, by id.
    private static func distinct(_ images: [NamedID]) -> [NamedID] {
        if images.count < 2 { return images }
        var seen: Set<Int64> = []
        return images.filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
    }
}

/// Lists of ids for `IN (…)`.
enum IDList {
    /// The same ids, the last one repeated up to one of a few lengths: a statement per length is prepared, not one per
    /// number of rows.
    static func padded(_ ids: [Int64]) -> [Int64] {
        guard let last = ids.last, let length = lengths.first(where: { $0 >= ids.count }) else { return ids }
        return ids + [Int64](repeating: last, count: length - ids.count)
    }

    private static let lengths = [1, 2, 5, 10, 25, 50, 100, 250, 1000]
}
