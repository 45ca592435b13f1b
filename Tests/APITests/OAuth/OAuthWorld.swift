import Basics
import Identity
import OAuth
import SQL
import TestKit

/// The API with an application and the ways to ask its authorization server.
struct OAuthWorld: Sendable {
    let api: APIWorld
    let application: OAuthApplication
    let secret: String

    static let redirectURI = "https://app.example/callback"
    /// RFC 7636 appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    /// Runs `body` with an application that may ask for `scopes`.
    static func with(
        _ dialect: TestDialect, scopes: ScopeSet = [.public, .projectRead, .profileRead],
        _ body: @escaping @Sendable (OAuthWorld) async throws -> Void
    ) async throws {
        try await APIWorld.with(dialect) { world in
            let made = try await register(in: world, scopes: scopes)
            try await body(OAuthWorld(api: world, application: made.application, secret: made.secret?.reveal() ?? ""))
        }
    }

    /// Another application.
    static func register(
        in world: APIWorld, scopes: ScopeSet = [.public, .projectRead], isConfidential: Bool = true,
        usesDevices: Bool = false
    ) async throws -> Applications.Registered {
        let draft = ApplicationDraft(
            name: "Shop", redirectURIs: [redirectURI], scopes: scopes, isConfidential: isConfidential,
            usesDevices: usesDevices)
        return try await world.database.transaction {
            try Applications.create(draft, by: .shell, at: SystemWallClock().now(), in: $0)
        }
    }

    /// Posts a form with the client's credentials in the header; `nil` values are left out.
    func post(
        _ path: String, _ fields: [String: String?], authorization: String? = "client"
    ) async throws -> APIWorld.Reply {
        let form = fields.compactMap { name, value in value.map { "\(name)=\(FormText.encode($0))" } }.sorted()
        return try await post(path, raw: form.joined(separator: "&"), authorization: authorization)
    }

    /// Posts a body as it is.
    func post(_ path: String, raw: String, authorization: String? = "client") async throws -> APIWorld.Reply {
        var headers = [("Content-Type", "application/x-www-form-urlencoded")]
        if let authorization {
            let own = "Basic \(base64("\(application.uid):\(secret)"))"
            headers.append(("Authorization", authorization == "client" ? own : authorization))
        }
        return try await api.raw("POST", path, headers, Array(raw.utf8))
    }

    func token(_ fields: [String: String?], authorization: String? = "client") async throws -> APIWorld.Reply {
        try await post("/api/oauth/token", fields, authorization: authorization)
    }

    /// A request of the v60 API with a bearer token.
    func get(_ path: String, token: String) async throws -> APIWorld.Reply {
        try await api.send("GET", path, headers: [("Authorization", "Bearer \(token)")])
    }

    /// A code that the owner of the project allowed.
    func code(
        scope: String = "project_read", projects: [Int64]? = nil, challenge: String? = nil, by caller: Caller? = nil
    ) async throws -> String {
        let asked = AuthorizationParameters(
            clientID: application.uid, redirectURI: Self.redirectURI, responseType: "code", scope: scope,
            codeChallenge: challenge, codeChallengeMethod: challenge.map { _ in "S256" })
        let caller = caller ?? api.shop.customer
        return try await api.database.transaction { tx in
            let request = try AuthorizationRequest(asked, on: tx)
            return try Consent.allow(
                request, projects: projects, by: caller, at: SystemWallClock().now(), in: tx)
        }.reveal()
    }

    /// Exchanges a code.
    func exchange(
        _ code: String, verifier: String? = nil, redirectURI: String = OAuthWorld.redirectURI,
        authorization: String? = "client"
    ) async throws -> APIWorld.Reply {
        try await token(
            [
                "grant_type": "authorization_code", "code": code, "redirect_uri": redirectURI,
                "code_verifier": verifier,
            ], authorization: authorization)
    }

    /// Moves what is stored about tokens and codes into the past, in place of waiting.
    func age(seconds: Int64) async throws {
        let ms = seconds * 1000
        try await api.database.transaction { tx in
            try tx.run("UPDATE oauth_tokens SET expires_at = expires_at - \(ms), created_at = created_at - \(ms)")
            try tx.run("UPDATE oauth_codes SET expires_at = expires_at - \(ms), used_at = used_at - \(ms)")
            try tx.run("UPDATE oauth_refresh_tokens SET expires_at = expires_at - \(ms), used_at = used_at - \(ms)")
            try tx.run(
                """
                UPDATE oauth_device_codes SET expires_at = expires_at - \(ms), created_at = created_at - \(ms),
                    polled_at = polled_at - \(ms), used_at = used_at - \(ms)
                """)
            try tx.run("UPDATE oauth_device_guesses SET since = since - \(ms)")
            try tx.wake(.identity)
        }
    }
}

extension APIWorld.Reply {
    var accessToken: String { json?["access_token"]?.text ?? "" }
    var refreshToken: String { json?["refresh_token"]?.text ?? "" }
}

extension JSONValue {
    /// A whole number; nil for anything else.
    var whole: Int64? { if case .int(let number) = self { number } else { nil } }
}
