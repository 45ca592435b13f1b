package import Basics
import Identity
package import SQL

/// What people allow to applications.
package enum Consent {
    /// Allows what `request` asks for and makes the code for it. `projects` nil: all of them, also later ones.
    ///
    /// Throws `.forbidden` when the account cannot give a scope, `.invalid` for projects that are not its own.
    package static func allow(
        _ request: AuthorizationRequest, projects: [Int64]?, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Secret<String> {
        let grant = try Self.grant(
            .code, request.application, scopes: request.scopes, projects: projects, by: caller, at: now, in: tx)
        let code = IssuedSecret.make(.authorizationCode)
        try tx.run(
            """
            INSERT INTO oauth_codes (code_sha256, grant_id, redirect_uri, challenge, expires_at)
            VALUES (\(IssuedSecret.digest(of: code.reveal())), \(grant), \(request.redirectURI), \(request.challenge),
                    \(now.advanced(by: .seconds(OAuthLimits.codeSeconds))))
            """)
        return code
    }

    /// One act of allowing, whatever way it is told to the application. Throws like ``allow(_:projects:by:at:in:)``.
    static func grant(
        _ kind: GrantRows.Kind, _ application: OAuthApplication, scopes: ScopeSet, projects: [Int64]?,
        by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Int64 {
        guard let userID = caller.userID else { throw Fault(.forbidden, "Sign in first.") }
        let available = Grants.available(to: application, isAdmin: caller.isAdmin)
        guard scopes.isSubset(of: available) else {
            throw Fault(
                .forbidden,
                "Your account cannot give this: \(scopes.subtracting(available).names.joined(separator: ", ")).")
        }
        if let projects {
            let own = try tx.int(
                "SELECT COUNT(*) FROM projects WHERE user_id = \(userID) AND id IN (\(list: projects))")
            guard own == Int64(Set(projects).count), !projects.isEmpty else {
                throw Fault(.invalid, "Choose at least one project of your own.")
            }
        }
        let grant = try GrantRows.insert(
            kind, application, userID: userID, scopes: scopes, projects: projects.map { Set($0).sorted() }, at: now,
            in: tx)
        try Audit.write(caller, "allowed", noun: "oauth_application", id: application.id, at: now, in: tx)
        return grant
    }

    /// A project of the account, to choose from.
    package struct Project: Sendable, Hashable {
        package let id: Int64
        package let name: String
    }

    /// More are not shown; who has more allows all or none.
    private static let projectsMax = 500

    /// The caller's own projects by name.
    package static func projects(of caller: Caller, on connection: any Connection) throws -> [Project] {
        guard let userID = caller.userID else { return [] }
        return try connection.rows(
            """
            SELECT id, name FROM projects WHERE user_id = \(userID) AND state = 'active'
            ORDER BY name, id LIMIT \(projectsMax)
            """
        ) { Project(id: $0.int(0), name: $0.text(1)) }
    }

    /// A code without asking, when the caller has allowed the same application the same before and not taken it back;
    /// nil otherwise. Never for public applications: anybody can pretend to be one (RFC 8252 §8.6).
    package static func again(
        _ request: AuthorizationRequest, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Secret<String>? {
        guard request.application.isConfidential, let userID = caller.userID else { return nil }
        let earlier = try tx.first(
            """
            SELECT id, scopes, all_projects FROM oauth_grants
            WHERE user_id = \(userID) AND application_id = \(request.application.id) AND kind = 'code'
                AND revoked_at IS NULL
            ORDER BY id DESC LIMIT 1
            """
        ) { (id: $0.int(0), scopes: ScopeSet(stored: $0.text(1)), isForAll: $0.bool(2)) }
        guard let earlier, request.scopes.isSubset(of: earlier.scopes),
            request.scopes.isSubset(of: Grants.available(to: request.application, isAdmin: caller.isAdmin))
        else { return nil }
        var projects: [Int64]?
        if !earlier.isForAll {
            let limit = try tx.rows(
                "SELECT project_id FROM oauth_grant_projects WHERE grant_id = \(earlier.id)"
            ) { $0.int(0) }
            if limit.isEmpty { return nil }
            projects = limit
        }
        return try allow(request, projects: projects, by: caller, at: now, in: tx)
    }

    /// Takes back everything that an application was allowed by the caller. Its tokens stop working at once.
    package static func withdraw(
        applicationID: Int64, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws {
        try Applications.requirePerson(caller)
        let userID = try Policy.requireAccount(caller)
        let changed = try tx.run(
            """
            UPDATE oauth_grants SET revoked_at = \(now)
            WHERE user_id = \(userID) AND application_id = \(applicationID) AND revoked_at IS NULL
            """)
        guard changed > 0 else { throw Policy.notFound("application") }
        try Audit.write(caller, "withdrew", noun: "oauth_application", id: applicationID, at: now, in: tx)
        try tx.wake(.identity)
    }
}
