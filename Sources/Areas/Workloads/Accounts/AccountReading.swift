package import Basics
package import Identity
package import SQL

/// An account with what it has.
package struct AccountOverview: Sendable, Hashable {
    package let profile: Profile
    /// Of what the credential reaches; neither projects nor services that are being deleted.
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
        try await database.read { try view(id, by: caller, on: $0) }
    }

    /// The same within a transaction.
    package static func view(
        _ id: Int64?, by caller: Caller, on connection: any Connection
    ) throws -> AccountOverview {
        let profile = try Profiles.view(id, by: caller, on: connection)
        let projects: SQL = "p.user_id = \(profile.id) AND p.state = 'active' AND \(reach(caller))"
        // One statement: each costs more than these counts do.
        let counts = try connection.first(
            """
            SELECT
                (SELECT COUNT(*) FROM projects p WHERE \(projects)),
                (SELECT COUNT(*) FROM services s JOIN projects p ON p.id = s.project_id
                 WHERE s.state = 'active' AND \(projects)),
                (SELECT COUNT(*) FROM images WHERE user_id = \(profile.id) AND active = 1)
            """
        ) { (0..<3).map($0.int) }
        guard let counts else { throw Fault(.bug, "The account could not be counted.") }
        return AccountOverview(
            profile: profile, projects: counts[0], services: counts[1],
            containers: try containers(of: profile, in: projects, by: caller, on: connection), images: counts[2])
    }

    /// Those that the quota counts, so that the two numbers of one answer agree; of a credential that is limited to
    /// some projects, those in them.
    private static func containers(
        of profile: Profile, in projects: SQL, by caller: Caller, on connection: any Connection
    ) throws -> Int64 {
        if caller.projects == nil { return profile.containersCount }
        return try connection.int(
            """
            SELECT COUNT(*) FROM containers c JOIN services s ON s.id = c.service_id
            JOIN projects p ON p.id = s.project_id
            WHERE c.desired_state <> 'removed' AND s.state = 'active' AND \(projects)
            """) ?? 0
    }

    /// Whose account it is has been asked already; what remains are the projects a credential is limited to.
    private static func reach(_ caller: Caller) -> SQL {
        guard let limit = caller.projects else { return "1 = 1" }
        return "p.id IN (\(list: limit))"
    }
}
