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
        if caller.projects != nil { return try await database.read { try view(id, by: caller, on: $0) } }
        return AccountOverview(try await Profiles.view(id, by: caller, counting: images, in: database))
    }

    /// The same within a transaction.
    package static func view(
        _ id: Int64?, by caller: Caller, on connection: any Connection
    ) throws -> AccountOverview {
        let found = try Profiles.view(id, by: caller, counting: images, on: connection)
        guard let limit = caller.projects else { return AccountOverview(found) }
        return try overview(of: found.profile, in: limit, images: found.count, on: connection)
    }

    /// How many images the account `u` has.
    private static let images: SQL = "SELECT COUNT(*) FROM images i WHERE i.user_id = u.id AND i.active = 1"

    /// What is in the projects that a credential is limited to. Whose account it is has been asked already.
    private static func overview(
        of profile: Profile, in limit: [Int64], images: Int64, on connection: any Connection
    ) throws -> AccountOverview {
        let projects: SQL = "p.user_id = \(profile.id) AND p.state = 'active' AND p.id IN (\(list: limit))"
        let services: SQL = "services s JOIN projects p ON p.id = s.project_id"
        let counts = try connection.first(
            """
            SELECT
                (SELECT COUNT(*) FROM projects p WHERE \(projects)),
                (SELECT COUNT(*) FROM \(services) WHERE s.state = 'active' AND \(projects)),
                (SELECT COUNT(*) FROM \(services) JOIN containers c ON c.service_id = s.id
                 WHERE c.desired_state <> 'removed' AND s.state = 'active' AND \(projects))
            """
        ) { (0..<3).map($0.int) }
        guard let counts else { throw Fault(.bug, "The account could not be counted.") }
        return AccountOverview(
            profile: profile, projects: counts[0], services: counts[1], containers: counts[2], images: images)
    }
}

extension AccountOverview {
    /// Of all projects: the account knows these numbers, and the quota counts the same containers.
    fileprivate init(_ found: Profiles.Counted) {
        let profile = found.profile
        self.init(
            profile: profile, projects: profile.projectsCount, services: profile.servicesCount,
            containers: profile.containersCount, images: found.count)
    }
}
