package import Basics
import Identity
package import SQL

/// An application that an account allows something, whenever and however it did.
package struct AllowedApplication: Sendable, Hashable {
    package let application: OAuthApplication
    /// All that it was allowed and that was not taken back.
    package let scopes: ScopeSet
    /// Every project, also later ones; false when it was allowed some only.
    package let allProjects: Bool
    /// The last time.
    package let allowedAt: Moment
}

extension Consent {
    /// What the caller allows, by application, oldest application first, and how many there are on all pages.
    package static func allowed(
        _ page: Page, by caller: Caller, on connection: any Connection
    ) throws -> ([AllowedApplication], total: Int64) {
        try Applications.requirePerson(caller)
        let userID = try Policy.requireAccount(caller)
        let found = try connection.rows(
            """
            SELECT \(Applications.columns), (SELECT MAX(g.created_at) FROM oauth_grants g
                WHERE g.application_id = oauth_applications.id AND g.user_id = \(userID) AND g.revoked_at IS NULL)
            FROM oauth_applications WHERE \(isAllowed(by: userID))
            ORDER BY id LIMIT \(page.size) OFFSET \(page.offset)
            """
        ) { (application: Applications.application($0), at: $0.moment(10)) }
        let total = try connection.int("SELECT COUNT(*) FROM oauth_applications WHERE \(isAllowed(by: userID))")
        let grants = try connection.rows(
            """
            SELECT DISTINCT application_id, scopes, all_projects FROM oauth_grants
            WHERE user_id = \(userID) AND revoked_at IS NULL
                AND application_id IN (\(list: found.map(\.application.id)))
            """
        ) { (application: $0.int(0), scopes: ScopeSet(stored: $0.text(1)), isForAll: $0.bool(2)) }
        let byApplication = Dictionary(grouping: grants, by: \.application)
        let allowed = found.map { found in
            let own = byApplication[found.application.id] ?? []
            return AllowedApplication(
                application: found.application, scopes: ScopeSet(own.flatMap(\.scopes.scopes)),
                allProjects: own.contains(where: \.isForAll), allowedAt: found.at)
        }
        return (allowed, total ?? 0)
    }

    private static func isAllowed(by userID: Int64) -> SQL {
        "id IN (SELECT application_id FROM oauth_grants WHERE user_id = \(userID) AND revoked_at IS NULL)"
    }
}
