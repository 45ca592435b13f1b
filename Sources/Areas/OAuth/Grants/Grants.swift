package import Basics
import Identity
package import SQL

/// The token endpoint: what a client gets for what it presents.
///
/// Each grant is one transaction that answers with a value, also when it refuses: a refusal may have to end a stolen
/// grant, and a thrown error would take that back.
package struct Grants: Sendable {
    /// The grants there are. Implicit never (RFC 9700 §2.1.2).
    package enum Kind: String, Sendable, CaseIterable {
        case authorizationCode = "authorization_code"
        case refreshToken = "refresh_token"
        case clientCredentials = "client_credentials"
        case password
        case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
    }

    enum Outcome: Sendable {
        case issued(IssuedTokens)
        case refused(OAuthProblem)
    }

    let database: any Database
    let clock: any WallClock
    /// The provider lets API key pairs be exchanged for tokens (RFC 9700 §2.4 advises against it; v60 has it).
    let passwordGrant: Bool

    package init(database: any Database, clock: any WallClock, passwordGrant: Bool = true) {
        self.database = database
        self.clock = clock
        self.passwordGrant = passwordGrant
    }

    /// Tokens for the request, which are durable when they are answered. Throws ``OAuthProblem``.
    package func token(_ request: TokenRequest, client: ClientCredentials) async throws -> IssuedTokens {
        guard let name = request.grantType, !name.isEmpty else {
            throw OAuthProblem(.invalidRequest, "grant_type is missing.")
        }
        guard let kind = Kind(rawValue: name) else {
            throw OAuthProblem(
                .unsupportedGrantType,
                "The grant types are: " + Kind.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        let application = try await database.read { try Clients.authenticate(client, on: $0) }
        let outcome =
            switch kind {
            case .clientCredentials: try await clientCredentials(request, application)
            case .password: try await password(request, application)
            case .authorizationCode: try await authorizationCode(request, application)
            case .refreshToken: try await refresh(request, application)
            case .deviceCode: try await deviceCode(request, application)
            }
        switch outcome {
        case .issued(let tokens): return tokens
        case .refused(let problem): throw problem
        }
    }

    /// RFC 6749 §4.4, for the application itself: what everybody may see, and registering customers.
    private func clientCredentials(_ request: TokenRequest, _ application: OAuthApplication) async throws -> Outcome {
        guard application.isConfidential else {
            throw OAuthProblem(.unauthorizedClient, "A public client cannot act for itself.")
        }
        let scopes = try ScopeChoice.choose(request.scope, from: application.scopes.intersection([.public, .register]))
        let now = clock.now()
        return try await database.transaction { tx in
            .issued(try TokenIssuing.issue(application, grant: nil, scopes: scopes, at: now, in: tx))
        }
    }

    /// RFC 6749 §4.3 with a v60 API key pair, never with the password a person signs in with.
    private func password(_ request: TokenRequest, _ application: OAuthApplication) async throws -> Outcome {
        guard passwordGrant else {
            throw OAuthProblem(.unsupportedGrantType, "The provider has switched the password grant off.")
        }
        guard application.isConfidential else {
            throw OAuthProblem(.unauthorizedClient, "A public client cannot use the password grant.")
        }
        guard let username = request.username, let password = request.password else {
            throw OAuthProblem(.invalidRequest, "username and password, an API key pair, are missing.")
        }
        let now = clock.now()
        return try await database.transaction { tx in
            guard
                let key = try APIKeys.principal(username: username, secret: password, at: now, on: tx),
                let userID = key.userID
            else { return .refused(.invalidGrant("The user name or password is wrong.")) }
            let scopes: ScopeSet
            do {
                scopes = try ScopeChoice.choose(
                    request.scope, from: Self.available(to: application, isAdmin: key.isAdmin))
            } catch let problem as OAuthProblem { return .refused(problem) }
            let grant = try GrantRows.insert(
                .password, application, userID: userID, scopes: scopes, apiKeyID: key.keyID, at: now, in: tx)
            return .issued(try TokenIssuing.issue(application, grant: grant, scopes: scopes, at: now, in: tx))
        }
    }

    /// What an account can give the application: creating accounts is not among it, and rights of staff only staff has.
    static func available(to application: OAuthApplication, isAdmin: Bool) -> ScopeSet {
        application.scopes.subtracting([.register]).subtracting(isAdmin ? [] : .admin)
    }
}

/// Rows of what was allowed.
enum GrantRows {
    enum Kind: String { case code, password, device }

    /// `projects` nil: all of them, also later ones.
    static func insert(
        _ kind: Kind, _ application: OAuthApplication, userID: Int64, scopes: ScopeSet, projects: [Int64]? = nil,
        apiKeyID: Int64? = nil, at now: Moment, in tx: any Transaction
    ) throws -> Int64 {
        let id = try tx.int(
            """
            INSERT INTO oauth_grants (application_id, user_id, kind, scopes, all_projects, api_key_id, created_at)
            VALUES (\(application.id), \(userID), \(kind.rawValue), \(scopes.text), \(projects == nil), \(apiKeyID),
                    \(now))
            RETURNING id
            """)
        guard let id else { throw Fault(.bug, "The grant could not be stored.") }
        for project in projects ?? [] {
            try tx.run("INSERT INTO oauth_grant_projects (grant_id, project_id) VALUES (\(id), \(project))")
        }
        return id
    }
}
