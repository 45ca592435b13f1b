import Basics
import Foundation
import Identity
import OAuth
import SQL
import TestKit
import Testing

/// One thing that an attacker or a broken client does. It must not work, and the honest way beside it must.
struct AbuseCase: Sendable, CustomTestStringConvertible {
    let name: String
    let run: @Sendable (OAuthWorld) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (OAuthWorld) async throws -> Void) {
        self.name = name
        self.run = run
    }

    var testDescription: String { name }

    /// By what is attacked. docs/testing.md has the same table.
    static let families: [(String, [AbuseCase])] = [
        ("codes", codes), ("PKCE", pkce), ("redirects", redirects), ("scopes", scopes), ("refresh", refreshes),
        ("clients", clients), ("requests", requests), ("applications", applications), ("people", people),
    ]
    static let all = families.flatMap(\.1)
}

@Suite struct AbuseTests {
    @Test(arguments: AbuseCase.all) func itDoesNotWork(_ one: AbuseCase) async throws {
        try await OAuthWorld.with(.sqlite) { world in
            try await one.run(world)
            // Whatever came, the server goes on.
            #expect(try await world.token(["grant_type": "client_credentials"]).status == 200)
        }
    }

    @Test func theCasesAreCounted() throws {
        #expect(AbuseCase.all.count >= 60)
        #expect(Set(AbuseCase.all.map(\.name)).count == AbuseCase.all.count)
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../..")
        let page = try String(contentsOf: root.appending(path: "docs/testing.md"), encoding: .utf8)
        for (family, cases) in AbuseCase.families {
            #expect(page.contains("| \(family) | \(cases.count) |"), "docs/testing.md: \(family) \(cases.count)")
        }
    }
}

/// What the cases have in common.
extension OAuthWorld {
    static let challenge = PKCE.challenge(of: verifier)

    /// Another application of the same kind, and its credentials.
    func other() async throws -> (application: OAuthApplication, authorization: String) {
        let made = try await Self.register(in: api)
        return (made.application, "Basic \(base64("\(made.application.uid):\(made.secret?.reveal() ?? "")"))")
    }

    /// Tokens for a code that was allowed just now.
    func tokens(scope: String = "project_read") async throws -> APIWorld.Reply {
        let reply = try await exchange(try await code(scope: scope))
        #expect(reply.status == 200, "\(reply.text)")
        return reply
    }

    func refresh(
        _ token: String, scope: String? = nil, authorization: String? = "client"
    ) async throws -> APIWorld.Reply {
        try await self.token(
            ["grant_type": "refresh_token", "refresh_token": token, "scope": scope], authorization: authorization)
    }

    /// Whether a token opens the API.
    func works(_ reply: APIWorld.Reply) async throws -> Bool {
        try await get("/api/projects", token: reply.accessToken).status == 200
    }

    /// The authorization screen as somebody who is not signed in asks for it; `nil` leaves a parameter out.
    func authorize(_ changes: [String: String?] = [:], more: String = "") async throws -> APIWorld.Reply {
        let usual: [String: String?] = [
            "response_type": "code", "client_id": application.uid, "redirect_uri": Self.redirectURI,
            "scope": "project_read", "state": "xyz", "code_challenge": Self.challenge,
            "code_challenge_method": "S256",
        ]
        let all = usual.merging(changes) { $1 }.compactMap { name, value in
            value.map { "\(name)=\(FormText.encode($0))" }
        }
        return try await api.raw("GET", "/api/oauth/authorize?" + all.sorted().joined(separator: "&") + more, [], nil)
    }

    /// The screen is shown: first, to sign in.
    func isAsked(_ reply: APIWorld.Reply) -> Bool {
        reply.status == 303 && reply.headers["location"]?.hasPrefix("/login?return=") == true
    }

    /// The browser is sent nowhere.
    func isStopped(_ reply: APIWorld.Reply) -> Bool { reply.status == 400 && reply.headers["location"] == nil }

    /// The application is told so.
    func isToldTo(_ error: String, _ reply: APIWorld.Reply) -> Bool {
        reply.status == 303
            && reply.headers["location"]?.hasPrefix("\(Self.redirectURI)?error=\(error)&") == true
    }

    func suspendOwner() async throws {
        let owner = api.shop.customer.userID ?? 0
        try await api.database.transaction {
            try Accounts.setActive(false, id: owner, by: .shell, at: SystemWallClock().now(), in: $0)
        }
    }
}
