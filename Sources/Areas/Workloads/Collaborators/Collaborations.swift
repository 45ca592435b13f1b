package import Basics
import Identity
package import SQL

/// What the caller was invited to. Nobody else sees or answers an invitation, not even who sent it.
package enum Collaborations {
    /// All of them, invitations first, then by name; at most what ``Collaborators/Limits`` allows of each kind.
    package static func list(by caller: Caller, from database: any Database) async throws -> [Collaboration] {
        let user = try Policy.requireAccount(caller)
        return try await database.read { connection in
            try SharedKind.allCases.flatMap {
                try CollaborationRows.find(
                    $0, "c.user_id = \(user) AND \(reach($0, caller)) ORDER BY c.active, t.name, c.id", on: connection)
            }
        }
    }

    /// One by its name, `7-project`.
    package static func view(
        _ name: String, by caller: Caller, from database: any Database
    ) async throws -> Collaboration {
        try await database.read { try find(name, by: caller, on: $0) }
    }

    /// Accepts an invitation, or steps back from it without giving it up.
    package static func respond(
        _ name: String, active: Bool, by caller: Caller, at now: Moment, in database: any Database
    ) async throws -> Collaboration {
        try await database.transaction { tx in
            let found = try find(name, by: caller, on: tx)
            let count = try tx.run(
                """
                UPDATE \(found.kind.table) SET active = \(active), updated_at = \(now)
                WHERE id = \(found.id) AND active <> \(active)
                """)
            guard count > 0 else { return found }
            try tx.wake(.identity)
            try Audit.write(
                caller, active ? "joined" : "stepped back", noun: found.kind.noun, id: found.thing.id, at: now, in: tx)
            return try find(name, by: caller, on: tx)
        }
    }

    /// Declines an invitation, or leaves.
    package static func leave(
        _ name: String, by caller: Caller, at now: Moment, in database: any Database
    ) async throws {
        try await database.transaction { tx in
            let found = try find(name, by: caller, on: tx)
            try tx.run("DELETE FROM \(found.kind.table) WHERE id = \(found.id)")
            try tx.wake(.identity)
            try Audit.write(caller, "left", noun: found.kind.noun, id: found.thing.id, at: now, in: tx)
        }
    }

    private static func find(
        _ name: String, by caller: Caller, on connection: any Connection
    ) throws -> Collaboration {
        let user = try Policy.requireAccount(caller)
        guard let (id, kind) = SharedKind.parse(name) else { throw Policy.notFound("collaboration") }
        let found = try CollaborationRows.find(
            kind, "c.id = \(id) AND c.user_id = \(user) AND \(reach(kind, caller))", on: connection)
        guard let collaboration = found.first else { throw Policy.notFound("collaboration") }
        return collaboration
    }

    /// What a credential that is limited to projects reaches: those, and nothing that is in none.
    private static func reach(_ kind: SharedKind, _ caller: Caller) -> SQL {
        guard let limit = caller.projects else { return "1 = 1" }
        return kind == .project ? "c.project_id IN (\(list: limit))" : "1 = 0"
    }
}
