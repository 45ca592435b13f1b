package import Basics
import Identity
import Operations
package import SQL

/// Lists and single views of projects. A page costs three statements however many rows it has and however long their
/// histories are.
package enum ProjectReading {
    /// The caller's own projects and those he may work in, by name, without those being deleted, and how many there are
    /// on all pages.
    package static func list(
        _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([ProjectSummary], total: Int64) {
        try await database.read { connection in
            var projects = try rows(
                """
                WHERE \(Policy.owned("p.user_id", project: "p.id", by: caller)) AND p.state = 'active'
                ORDER BY p.name, p.id LIMIT \(page.size) OFFSET \(page.offset)
                """, on: connection)
            try addServices(to: &projects, on: connection)
            return (projects, total: try total(of: caller, on: connection))
        }
    }

    /// One project. Throws `.notFound` for what the caller may not see.
    package static func view(_ id: Int64, by caller: Caller, from database: any Database) async throws -> ProjectSummary
    {
        try await database.read { try view(id, by: caller, on: $0) }
    }

    /// The same within a transaction.
    package static func view(_ id: Int64, by caller: Caller, on connection: any Connection) throws -> ProjectSummary {
        var found = [try lookup(id, to: .view, by: caller, on: connection)]
        try addServices(to: &found, on: connection)
        return found[0]
    }

    /// The project without what its services say; there is no other way to one. Throws as the policy says.
    static func lookup(
        _ id: Int64, to action: Action, by caller: Caller, on connection: any Connection
    ) throws -> ProjectSummary {
        guard let found = try rows("WHERE p.id = \(id)", on: connection).first else { throw Policy.notFound("project") }
        try Policy.require(action, on: found.holder, by: caller)
        return found
    }

    /// The v60 precedence, but for crashed containers, which come after all of these.
    static func condition(isLeaving: Bool, _ work: SubjectWork) -> ProjectCondition {
        if isLeaving { return .deleting }
        if work.isActive { return .working }
        return work.lastFailed || work.lastingFailed ? .alert : .ok
    }

    /// Every project has a zone and every zone a location; `LEFT` says which table to begin with, which SQLite, that
    /// keeps no statistics, could get wrong.
    private static func rows(_ condition: SQL, on connection: any Connection) throws -> [ProjectSummary] {
        var found: [ProjectSummary] = []
        // Of the row before: most pages are of one zone, and its names need not be made anew for each row.
        var zone = NamedID(id: 0, name: "")
        var location = zone
        try connection.each(
            """
            SELECT p.id, p.user_id, p.name, p.state, p.skip_ssh, p.created_at, p.updated_at,
                w.live, w.failed, w.lasting_failed, z.id, z.name, l.id, l.name
            FROM projects p
            LEFT JOIN subject_work w ON w.noun = 'project' AND w.subject_id = p.id
            LEFT JOIN zones z ON z.id = p.zone_id
            LEFT JOIN locations l ON l.id = z.location_id
            \(condition)
            """
        ) {
            if zone.id != $0.int(10) {
                zone = NamedID(id: $0.int(10), name: $0.text(11))
                location = NamedID(id: $0.int(12), name: $0.text(13))
            }
            let isLeaving = $0.text(3) == "deleting"
            found.append(
                ProjectSummary(
                    id: $0.int(0), ownerID: $0.int(1), name: $0.text(2), isLeaving: isLeaving, skipSSH: $0.bool(4),
                    createdAt: $0.moment(5), updatedAt: $0.moment(6), location: location, zone: zone,
                    condition: Self.condition(isLeaving: isLeaving, SubjectWork($0, from: 7)), images: []))
        }
        return found
    }

    /// Adds the images of services and the crashes of their containers, of which there are few: none, mostly.
    private static func addServices(to projects: inout [ProjectSummary], on connection: any Connection) throws {
        if projects.isEmpty { return }
        let ids = IDList.padded(projects.map(\.id))
        // Of the row before, as above.
        var image = NamedID(id: 0, name: "")
        var at = 0
        try connection.each(
            """
            SELECT s.project_id, i.id, i.label, c.id
            FROM services s
            JOIN image_variants v ON v.id = s.image_variant_id
            JOIN images i ON i.id = v.image_id
            LEFT JOIN containers c ON c.service_id = s.id AND c.state IN ('crashed', 'crash_loop')
                AND c.desired_state = 'running'
            WHERE s.project_id IN (\(list: ids))
            """
        ) {
            // Most often the next project or, without a sort that nobody asked for, one near it.
            guard let index = index(of: $0.int(0), in: projects, from: at) else { return }
            at = index
            if image.id != $0.int(1) { image = NamedID(id: $0.int(1), name: $0.text(2)) }
            projects[index].add(image)
            if projects[index].condition == .ok, !$0.isNull(3) { projects[index].condition = .unhealthy }
        }
    }

    /// Where the project is, looked for from `start` to the end and then before it.
    private static func index(of id: Int64, in projects: [ProjectSummary], from start: Int) -> Int? {
        projects[start...].firstIndex { $0.id == id } ?? projects[..<start].firstIndex { $0.id == id }
    }

    /// Counting rows would cost as much as reading them; the account knows the number. A project leaves it when its
    /// deletion is asked for.
    private static func total(of caller: Caller, on connection: any Connection) throws -> Int64 {
        guard let userID = caller.userID else {
            return try connection.int("SELECT COUNT(*) FROM projects WHERE state = 'active'") ?? 0
        }
        if caller.projects != nil || !caller.shares.projects.isEmpty {
            let owned = Policy.owned("p.user_id", project: "p.id", by: caller)
            return try connection.int("SELECT COUNT(*) FROM projects p WHERE \(owned) AND p.state = 'active'") ?? 0
        }
        return try connection.int("SELECT projects_count FROM users WHERE id = \(userID)") ?? 0
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
