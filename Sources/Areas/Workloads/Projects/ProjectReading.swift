package import Basics
import Identity
import Operations
package import SQL

/// Lists and single views of projects. A page costs five statements however many rows it has.
package enum ProjectReading {
    /// The caller's own projects by name, without those being deleted, and how many there are on all pages.
    package static func list(
        _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([ProjectSummary], total: Int64) {
        try await database.read { connection in
            let projects = try rows(
                """
                WHERE \(Policy.owned("user_id", by: caller)) AND state = 'active'
                ORDER BY name, id LIMIT \(page.size) OFFSET \(page.offset)
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
        guard let found = try rows("WHERE id = \(id)", on: connection).first else { throw Policy.notFound("project") }
        try Policy.require(action, on: found.holder, by: caller)
        return found
    }

    /// Adds location, zone, images and condition to rows.
    static func complete(_ projects: [ProjectSummary], on connection: any Connection) throws -> [ProjectSummary] {
        if projects.isEmpty { return [] }
        let ids = IDList.padded(projects.map(\.id))
        let places = try ZonePlaces.load(projects.map(\.zone.id), on: connection)
        let services = try services(of: ids, on: connection)
        let work = try SubjectWork.load("project", ids, in: connection)
        return projects.map { row in
            var project = row
            if let place = places[row.zone.id] {
                project.zone = place.zone
                project.location = place.location
            }
            let parts = services[row.id]
            project.images = parts?.images ?? []
            project.condition = condition(
                of: project, work: work[row.id] ?? SubjectWork(), hasCrashed: parts?.hasCrashed ?? false)
            return project
        }
    }

    /// The v60 precedence.
    static func condition(of project: ProjectSummary, work: SubjectWork, hasCrashed: Bool) -> ProjectCondition {
        if project.isLeaving { return .deleting }
        if work.isActive { return .working }
        if work.lastFailed || work.lastingFailed { return .alert }
        return hasCrashed ? .unhealthy : .ok
    }

    private static func rows(_ condition: SQL, on connection: any Connection) throws -> [ProjectSummary] {
        try connection.rows(
            """
            SELECT id, user_id, zone_id, name, state, skip_ssh, created_at, updated_at FROM projects \(condition)
            """
        ) {
            ProjectSummary(
                id: $0.int(0), ownerID: $0.int(1), name: $0.text(3), isLeaving: $0.text(4) == "deleting",
                skipSSH: $0.bool(5), createdAt: $0.moment(6), updatedAt: $0.moment(7),
                location: NamedID(id: 0, name: ""), zone: NamedID(id: $0.int(2), name: ""), condition: .ok, images: [])
        }
    }

    /// Counting rows would cost as much as reading them; the account knows the number. A project leaves it when its
    /// deletion is asked for.
    private static func total(of caller: Caller, on connection: any Connection) throws -> Int64 {
        guard let userID = caller.userID else {
            return try connection.int("SELECT COUNT(*) FROM projects WHERE state = 'active'") ?? 0
        }
        return try connection.int("SELECT projects_count FROM users WHERE id = \(userID)") ?? 0
    }

    private struct Parts {
        var images: [NamedID] = []
        var hasCrashed = false
    }

    private static func services(of ids: [Int64], on connection: any Connection) throws -> [Int64: Parts] {
        var parts: [Int64: Parts] = [:]
        try connection.each(
            """
            SELECT s.project_id, i.id, i.label,
                CASE WHEN EXISTS (SELECT 1 FROM containers c WHERE c.service_id = s.id
                    AND c.desired_state = 'running' AND c.state IN ('crashed', 'crash_loop')) THEN 1 ELSE 0 END
            FROM services s
            JOIN image_variants v ON v.id = s.image_variant_id
            JOIN images i ON i.id = v.image_id
            WHERE s.project_id IN (\(list: ids))
            ORDER BY s.project_id, i.id
            """
        ) {
            let imageID = $0.int(1)
            if parts[$0.int(0)]?.images.last?.id != imageID {
                parts[$0.int(0), default: Parts()].images.append(NamedID(id: imageID, name: $0.text(2)))
            }
            if $0.bool(3) { parts[$0.int(0)]?.hasCrashed = true }
        }
        return parts
    }
}

/// Lists of ids for `IN (…)`.
enum IDList {
    /// The same ids, the last one repeated up to one of a few lengths: a statement per length is prepared, not one per
    /// number of rows.
    static func padded(_ ids: [Int64]) -> [Int64] {
        guard let last = ids.last, let length = [1, 2, 5, 10, 25, 50, 100, 250, 1000].first(where: { $0 >= ids.count })
        else { return ids }
        return ids + [Int64](repeating: last, count: length - ids.count)
    }
}
