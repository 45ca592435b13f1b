import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

/// A browser without JavaScript at the authorization screen.
@Suite struct ConsentTests {
    static let password = "correct horse battery"

    static func withBrowser(
        _ dialect: TestDialect, _ body: @escaping @Sendable (OAuthWorld, Browser) async throws -> Void
    ) async throws {
        try await OAuthWorld.with(dialect) { world in
            let hash = try Passwords.hash(Secret(password), cost: .least)
            let owner = world.api.shop.customer.userID ?? 0
            try await world.api.database.transaction {
                try Passwords.store(hash, forUser: owner, at: SystemWallClock().now(), in: $0)
            }
            try await body(world, Browser(world.api))
        }
    }

    static func email(_ world: OAuthWorld) async throws -> String {
        let owner = world.api.shop.customer.userID ?? 0
        return try await world.api.database.read { try Accounts.find(id: owner, on: $0)?.email } ?? ""
    }

    private static func address(
        _ world: OAuthWorld, scope: String = "project_read", redirectURI: String = OAuthWorld.redirectURI,
        more: String = ""
    ) -> String {
        "/api/oauth/authorize?response_type=code&client_id=\(world.application.uid)"
            + "&redirect_uri=\(FormText.encode(redirectURI))&scope=\(FormText.encode(scope))&state=xyz"
            + "&code_challenge=\(PKCE.challenge(of: OAuthWorld.verifier))&code_challenge_method=S256\(more)"
    }

    /// Asks, signs in, and is shown the consent page.
    private static func signIn(_ world: OAuthWorld, _ browser: Browser, _ address: String) async throws {
        try await browser.get(address)
        #expect(await browser.page?.status == 303)
        try await browser.get(await browser.location)
        try await browser.submit("/login", [("email", try await email(world)), ("password", password)])
        #expect(await browser.page?.status == 303)
        try await browser.get(await browser.location)
    }

    @Test(arguments: TestDialect.allCases) func aPersonAllowsAnApplication(dialect: TestDialect) async throws {
        try await Self.withBrowser(dialect) { world, browser in
            try await Self.signIn(world, browser, Self.address(world))
            let page = await browser.text
            #expect(page.contains("Allow Shop to use your account?"))
            #expect(page.contains(Scope.projectRead.explanation))
            #expect(page.contains("app.example"))
            #expect(page.contains("<nav aria-label=\"Your account\">"))
            let policy = await browser.page?.headers["content-security-policy"] ?? ""
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(policy.contains("form-action 'self' https://app.example"))
            #expect(!page.contains("<script"))

            try await browser.submit("/api/oauth/authorize", [("projects", "all"), ("decision", "allow")])
            let location = await browser.location
            #expect(await browser.page?.status == 303)
            #expect(location.hasPrefix(OAuthWorld.redirectURI + "?code=bth_ac_"))
            #expect(location.hasSuffix("&iss=https%3A%2F%2Fberth.test&state=xyz"))
            let code = String(location.dropFirst(OAuthWorld.redirectURI.count + 6).prefix { $0 != "&" })
            let tokens = try await world.exchange(code, verifier: OAuthWorld.verifier)
            #expect(tokens.status == 200, "\(tokens.text)")
            #expect(try await world.get("/api/projects", token: tokens.accessToken).status == 200)

            // The same again is not asked again, until the consent is withdrawn; more is.
            try await browser.get(Self.address(world))
            #expect(await browser.location.contains("?code="))
            try await browser.get(Self.address(world, scope: "project_read profile_read"))
            #expect(await browser.text.contains("Allow Shop"))
            let (id, owner) = (world.application.id, world.api.shop.customer)
            try await world.api.database.transaction {
                try Consent.withdraw(applicationID: id, by: owner, at: SystemWallClock().now(), in: $0)
            }
            try await browser.get(Self.address(world))
            #expect(await browser.text.contains("Allow Shop"))
        }
    }

    @Test(arguments: TestDialect.allCases) func aPersonChoosesProjectsOrDenies(dialect: TestDialect) async throws {
        try await Self.withBrowser(dialect) { world, browser in
            try await Self.signIn(world, browser, Self.address(world))
            try await browser.submit("/api/oauth/authorize", [("decision", "deny")])
            #expect(await browser.location.contains("error=access_denied"))
            #expect(await browser.location.contains("state=xyz"))

            try await browser.get(Self.address(world))
            for wrong in [[], [("project", "999999")], [("project", "x")]] {
                try await browser.submit(
                    "/api/oauth/authorize", [("projects", "some"), ("decision", "allow")] + wrong)
                #expect(await browser.page?.status == 422)
                #expect(await browser.text.contains("Choose at least one project of your own."))
            }
            let project = world.api.things.project
            try await browser.submit(
                "/api/oauth/authorize",
                [("projects", "some"), ("project", "\(project)"), ("decision", "allow")])
            let code = String((await browser.location).split(separator: "code=").last?.prefix { $0 != "&" } ?? "")
            let tokens = try await world.exchange(code, verifier: OAuthWorld.verifier)
            let limit = try await world.api.database.read {
                try $0.rows("SELECT project_id FROM oauth_grant_projects") { $0.int(0) }
            }
            #expect(tokens.status == 200)
            #expect(limit == [project])
        }
    }

    @Test func nobodyIsSentToAnUnprovenAddress() async throws {
        try await Self.withBrowser(.sqlite) { world, browser in
            for uri in [
                "https://evil.example/", "\(OAuthWorld.redirectURI)/x", "javascript:alert(1)", "//evil.example",
            ] {
                let reply = try await browser.get(Self.address(world, redirectURI: uri, more: "&response_type=token"))
                #expect(reply.status == 400, "\(uri)")
                #expect(reply.headers["location"] == nil)
            }
            let unknown = try await browser.get("/api/oauth/authorize?client_id=x&response_type=code")
            #expect(unknown.status == 400)
            #expect(unknown.headers["location"] == nil)
            // A proven address is told what is wrong.
            let base = "/api/oauth/authorize?client_id=\(world.application.uid)&state=%3Cb%3E"
            for (query, error) in [
                ("", "unsupported_response_type"), ("&response_type=token", "unsupported_response_type"),
                ("&response_type=code&scope=nonsense", "invalid_scope"),
                ("&response_type=code&scope=admin_read", "invalid_scope"),
                ("&response_type=code&code_challenge=x&code_challenge_method=plain", "invalid_request"),
                ("&response_type=code&code_challenge=x&code_challenge_method=S256", "invalid_request"),
                ("&response_type=code&code_challenge=x", "invalid_request"),
            ] {
                let reply = try await browser.get(base + query)
                #expect(reply.headers["location"]?.contains("error=\(error)") == true, "\(query): \(reply.text)")
                #expect(reply.headers["location"]?.contains("state=%3Cb%3E") == true)
            }
            let twice = try await browser.get(base + "&response_type=code&client_id=x")
            #expect(twice.status == 400)
        }
    }

    @Test func formsOfOthersAreRefused() async throws {
        try await Self.withBrowser(.sqlite) { world, browser in
            try await Self.signIn(world, browser, Self.address(world))
            let cross = try await browser.submit(
                "/api/oauth/authorize", [("decision", "allow")], headers: [("Sec-Fetch-Site", "cross-site")])
            #expect(cross.status == 403)
            // Without the page there is no form token.
            let bare = try await browser.submit("/api/oauth/authorize", [("decision", "allow")])
            #expect(bare.status == 403)
            let attacker = Browser(world.api)
            try await attacker.get("/login")
            await attacker.forget()
            let login = try await attacker.submit("/login", [("email", "a@b.example"), ("password", "x")])
            #expect(login.status == 422)
            #expect(login.text.contains("The form was too old"))
        }
    }

    @Test(arguments: TestDialect.allCases) func fiveWrongPasswordsLockForAWhile(dialect: TestDialect) async throws {
        try await Self.withBrowser(dialect) { world, browser in
            let email = try await Self.email(world)
            func attempt(_ password: String) async throws -> APIWorld.Reply {
                try await browser.get("/login")
                return try await browser.submit("/login", [("email", email), ("password", password)])
            }
            let unknown = try await { () async throws -> String in
                try await browser.get("/login")
                try await browser.submit("/login", [("email", "nobody@example.test"), ("password", "x")])
                return await browser.text
            }()
            #expect(unknown.contains("is not right, or the account may not sign in now"))
            for _ in 0..<5 { #expect(try await attempt("wrong").status == 422) }
            #expect(try await attempt(Self.password).status == 422)
            #expect(try await world.api.send("GET", "/api/projects").status == 401)
            try await world.api.database.transaction { tx in
                try tx.run("UPDATE users SET locked_until = 1 WHERE locked_until IS NOT NULL")
                try tx.wake(.identity)
            }
            // Time alone opens it, and the next slip does not lock again.
            #expect(try await attempt("wrong").status == 422)
            #expect(try await attempt(Self.password).status == 303)
            #expect(try await world.api.send("GET", "/api/projects").status == 200)
        }
    }

    @Test func aSuspendedPersonIsSignedOut() async throws {
        try await Self.withBrowser(.sqlite) { world, browser in
            try await Self.signIn(world, browser, Self.address(world))
            let owner = world.api.shop.customer.userID ?? 0
            try await world.api.database.transaction {
                try Accounts.setActive(false, id: owner, by: .shell, at: SystemWallClock().now(), in: $0)
            }
            let reply = try await browser.get(Self.address(world))
            #expect(reply.headers["location"]?.hasPrefix("/login") == true)
        }
    }

    @Test func whatClientsAreCalledIsNotMarkup() async throws {
        try await Self.withBrowser(.sqlite) { world, browser in
            let id = world.application.id
            try await world.api.database.transaction {
                try $0.run("UPDATE oauth_applications SET name = '<script>alert(1)</script>' WHERE id = \(id)")
            }
            try await Self.signIn(world, browser, Self.address(world, more: "&token_replace=%22%3E%3Cb%3E"))
            #expect(await browser.text.contains("&lt;script&gt;"))
            #expect(await browser.text.contains("<script") == false)
            #expect(await browser.text.contains("\"><b>") == false)
        }
    }

    @Test func aProgramWithoutAnAddressGetsACodeToCopy() async throws {
        try await Self.withBrowser(.sqlite) { world, browser in
            let id = world.application.id
            try await world.api.database.transaction {
                try $0.run("UPDATE oauth_applications SET redirect_uris = \(RedirectURI.outOfBand) WHERE id = \(id)")
            }
            try await Self.signIn(world, browser, Self.address(world, redirectURI: RedirectURI.outOfBand))
            try await browser.submit("/api/oauth/authorize", [("projects", "all"), ("decision", "allow")])
            try await browser.get(await browser.location)
            let code = (await browser.text).split(separator: "<code>").last?.prefix { $0 != "<" } ?? ""
            let tokens = try await world.exchange(
                String(code), verifier: OAuthWorld.verifier, redirectURI: RedirectURI.outOfBand)
            #expect(tokens.status == 200, "\(tokens.text)")
            #expect(try await browser.get("/api/oauth/authorize/native?code=%3Cb%3E").status == 400)
        }
    }
}
