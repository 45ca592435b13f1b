package import Basics
import Identity
package import Operations
package import SQL

/// An operation as the customer sees it: v60 calls it an event.
package struct EventSummary: Sendable, Hashable {
    /// Who caused it.
    package struct Cause: Sendable, Hashable {
        package let id: Int64
        package let event: String
        package let rawJSON: String?
        package let at: Moment
        package let userID: Int64?
        package let userName: String?
        package let address: String
    }

    /// What was done in one step.
    package struct Detail: Sendable, Hashable {
        /// Unique within the event, from 1.
        package let position: Int64
        package let text: String
        package let startedAt: Moment
        package let updatedAt: Moment
    }

    package let id: Int64
    /// ``WorkflowKind/name``: the v60 message key.
    package let kind: String
    package let state: OperationState
    /// Why it failed, as a sentence.
    package let reason: String?
    package let createdAt: Moment
    package let updatedAt: Moment
    package let cause: Cause?
    package internal(set) var details: [Detail] = []
}

/// Reads events.
package enum EventReading {
    /// The events of a project, newest first, and how many there are on all pages.
    package static func list(
        ofProject id: Int64, _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([EventSummary], total: Int64) {
        try await database.read { connection in
            _ = try ProjectReading.lookup(id, to: .view, by: caller, on: connection)
            return try part(page, "project", id, on: connection)
        }
    }

    /// The events of a service, newest first, and how many there are on all pages.
    package static func list(
        ofService id: Int64, _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([EventSummary], total: Int64) {
        try await database.read { connection in
            try ServiceReading.require(.view, id, by: caller, on: connection)
            return try part(page, "service", id, on: connection)
        }
    }

    /// One event with its details. Seen by administrators, by who caused it, and by the owners of its projects.
    package static func view(_ id: Int64, by caller: Caller, from database: any Database) async throws -> EventSummary {
        try await database.read { connection in
            guard var event = try load("WHERE o.id = \(id)", on: connection).first else {
                throw Policy.notFound("event")
            }
            try Policy.require(.view, on: holder(of: id, noun: "event", by: caller, on: connection), by: caller)
            event.details = try details(of: id, on: connection)
            return event
        }
    }

    /// The caller when it owns one of the event's projects, or has caused an event whose projects are gone. Of one that
    /// is there its owner and collaborators know: whoever was put out has no way back in by what he did there.
    static func holder(
        of id: Int64, noun: String, by caller: Caller, on connection: any Connection
    ) throws -> Holder {
        let owners = try connection.rows(
            """
            WITH there AS (
                SELECT p.user_id FROM operation_subjects s JOIN projects p ON p.id = s.subject_id
                WHERE s.noun = 'project' AND s.operation_id = \(id) AND p.state = 'active')
            SELECT user_id FROM there
            UNION SELECT user_id FROM operations WHERE id = \(id) AND NOT EXISTS (SELECT 1 FROM there)
            """
        ) { $0.intOrNil(0) }
        let own = owners.first { $0 != nil && $0 == caller.userID } ?? nil
        let project = try connection.int(
            "SELECT MIN(subject_id) FROM operation_subjects WHERE noun = 'project' AND operation_id = \(id)")
        return Holder(noun: noun, ownerID: own, projectID: project)
    }

    private static func part(
        _ page: Page, _ noun: String, _ id: Int64, on connection: any Connection
    ) throws -> ([EventSummary], total: Int64) {
        (
            try load(
                """
                JOIN operation_subjects s ON s.operation_id = o.id AND s.noun = \(noun) AND s.subject_id = \(id)
                ORDER BY o.id DESC LIMIT \(page.size) OFFSET \(page.offset)
                """, on: connection),
            total: try connection.int(
                "SELECT COUNT(*) FROM operation_subjects WHERE noun = \(noun) AND subject_id = \(id)") ?? 0
        )
    }

    private static func load(_ rest: SQL, on connection: any Connection) throws -> [EventSummary] {
        let columns: SQL = """
            o.id, o.kind, o.state, o.error, o.created_at, o.updated_at
            """
        let events = try connection.rows("SELECT \(columns) FROM operations o \(rest)") {
            (
                id: $0.int(0), kind: $0.text(1), state: OperationState(rawValue: $0.text(2)) ?? .pending,
                error: $0.textOrNil(3), createdAt: $0.moment(4), updatedAt: $0.moment(5)
            )
        }
        let causes = try causes(of: events.map(\.id), on: connection)
        return events.map {
            EventSummary(
                id: $0.id, kind: $0.kind, state: $0.state, reason: $0.error, createdAt: $0.createdAt,
                updatedAt: $0.updatedAt, cause: causes[$0.id])
        }
    }

    /// The first audit row of each operation.
    private static func causes(of ids: [Int64], on connection: any Connection) throws -> [Int64: EventSummary.Cause] {
        var causes: [Int64: EventSummary.Cause] = [:]
        if ids.isEmpty { return causes }
        try connection.each(
            """
            SELECT a.operation_id, a.id, a.event, a.raw_data, a.created_at, a.user_id, u.first_name, u.last_name,
                a.ip_addr
            FROM audits a LEFT JOIN users u ON u.id = a.user_id
            WHERE a.operation_id IN (\(list: IDList.padded(ids)))
            ORDER BY a.operation_id, a.id DESC
            """
        ) {
            causes[$0.int(0)] = EventSummary.Cause(
                id: $0.int(1), event: $0.text(2), rawJSON: $0.textOrNil(3), at: $0.moment(4),
                userID: $0.intOrNil(5), userName: $0.isNull(6) ? nil : "\($0.text(6)) \($0.text(7))",
                address: $0.text(8))
        }
        return causes
    }

    static func details(of id: Int64, on connection: any Connection) throws -> [EventSummary.Detail] {
        let steps = try connection.rows(
            """
            SELECT name, state, error, started_at, finished_at FROM operation_steps
            WHERE operation_id = \(id) ORDER BY position, name
            """
        ) { (text: detail($0.text(0), $0.text(1), $0.textOrNil(2)), at: $0.moment(3), end: $0.momentOrNil(4)) }
        return steps.enumerated().map { index, step in
            EventSummary.Detail(
                position: Int64(index + 1), text: step.text, startedAt: step.at, updatedAt: step.end ?? step.at)
        }
    }

    /// `start web-1: done`
    private static func detail(_ name: String, _ state: String, _ error: String?) -> String {
        error.map { "\(name): \(state). \($0)" } ?? "\(name): \(state)"
    }
}
