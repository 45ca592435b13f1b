package import Basics
package import Identity
package import SQL

/// An account with what it has.
package struct AccountOverview: Sendable, Hashable {
    package let profile: Profile
    /// What is not being deleted, of what the credential reaches.
    package let projects: Int64
    package let services: Int64
    package let containers: Int64
    package let images: Int64
}

/// Shows accounts together with what runs for them.
package enum AccountReading {
    /// The account `id`, or the caller's own. Throws `.notFound` for what the caller may not see.
    package static func view(
        _ id: Int64?, by caller: Caller, from database: any Database
    ) async throws -> AccountOverview {
        try await database.read { connection in
            let profile = try Profiles.view(id, by: caller, on: connection)
            let projects: SQL = "p.user_id = \(profile.id) AND p.state = 'active' AND \(reach(caller))"
            // One statement: each costs more than these counts do.
            let counts = try connection.first(
                """
                SELECT
                    (SELECT COUNT(*) FROM projects p WHERE \(projects)),
                    (SELECT COUNT(*) FROM services s JOIN projects p ON p.id = s.project_id
                     WHERE s.state = 'active' AND \(projects)),
                    (SELECT COUNT(*) FROM containers c JOIN services s ON s.id = c.service_id
                     JOIN projects p ON p.id = s.project_id
                     WHERE c.desired_state <> 'removed' AND s.state = 'active' AND \(projects)),
                    (SELECT COUNT(*) FROM images WHERE user_id = \(profile.id) AND active = 1)
                """
            ) { (0..<4).map($0.int) }
            guard let counts else { throw Fault(.bug, "The account could not be counted.") }
            return AccountOverview(
                profile: profile, projects: counts[0], services: counts[1], containers: counts[2], images: counts[3])
        }
    }

    /// Whose account it is has been asked already; what remains are the projects a credential is limited to.
    private static func reach(_ caller: Caller) -> SQL {
        guard let limit = caller.projects else { return "1 = 1" }
        return "p.id IN (\(list: limit))"
    }
}
