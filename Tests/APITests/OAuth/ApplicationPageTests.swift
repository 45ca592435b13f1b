import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

/// The same in a browser without JavaScript.
@Suite struct ApplicationPageTests {
    private static let list = "/api/oauth/applications"

    private static func signIn(
        _ world: OAuthWorld, _ browser: Browser, to path: String = list
    ) async throws {
        try await browser.visit(path)
        #expect(await browser.page?.status == 303)
        #expect(await browser.location == "/login?return=\(FormText.encode(path))")
        try await browser.get(await browser.location)
        try await browser.submit(
            "/login", [("email", try await ConsentTests.email(world)), ("password", ConsentTests.password)])
        #expect(await browser.location == path)
        try await browser.visit(path)
    }

    /// What stands between `<p>Secret: <code>` and the end of it.
    private static func secret(_ text: String) -> String? {
        let parts = text.split(separator: "Secret: <code>", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[1].prefix { $0 != "<" }) : nil
    }

    @Test(arguments: TestDialect.allCases) func anApplicationFromBirthToDeath(dialect: TestDialect) async throws {
        try await ConsentTests.withBrowser(dialect) { world, browser in
            try await Self.signIn(world, browser)
            #expect(await browser.text.contains("Matrix"))
            #expect(await browser.text.contains("Shop") == false)
            try await browser.visit(Self.list + "/new")
            #expect(await browser.text.contains("value=\"register\"") == false)
            #expect(await browser.text.contains("value=\"admin_write\"") == false)

            // Wrong first: what was typed is still there.
            try await browser.send(
                Self.list,
                [("name", "My <b>shop</b>"), ("redirect_uri", "http://shop.example/"), ("scope", "project_read")])
            #expect(await browser.page?.status == 422)
            #expect(await browser.text.contains("must be https"))
            #expect(await browser.text.contains("My &lt;b&gt;shop&lt;/b&gt;"))
            #expect(await browser.text.contains("value=\"project_read\" checked"))
            try await browser.send(
                Self.list,
                [
                    ("name", "My <b>shop</b>"), ("redirect_uri", "https://a.example/\r\nhttps://b.example/\r\n"),
                    ("scope", "project_read"), ("scope", "public"), ("kind", "confidential"), ("device", "yes"),
                ])
            #expect(await browser.page?.status == 200)
            #expect(await browser.page?.headers["cache-control"] == "no-store")
            let secret = try #require(Self.secret(await browser.text))
            #expect(await browser.text.contains("<b>") == false)
            #expect(IssuedSecret.isWellFormed(secret, .clientSecret))
            #expect(await browser.text.contains("<script") == false)
            let owner = world.api.shop.customer
            let page = Page(number: 1, size: 10)
            let made = try await world.api.database.read { try Applications.list(page, by: owner, on: $0).0.last }
            let application = try #require(made)
            #expect(application.name == "My <b>shop</b>")
            #expect(application.redirectURIs == ["https://a.example/", "https://b.example/"])
            #expect(application.scopes == [.public, .projectRead])
            #expect(application.usesDevices)

            try await browser.visit(Self.list)
            #expect(await browser.text.contains("My &lt;b&gt;shop&lt;/b&gt;"))
            #expect(await browser.text.contains("<b>") == false)

            // Not shown again.
            let one = "\(Self.list)/\(application.id)"
            try await browser.visit(one)
            #expect(Self.secret(await browser.text) == nil)
            #expect(await browser.text.contains(application.uid))
            try await browser.send(one + "/rotate_secret", [])
            let second = try #require(Self.secret(await browser.text))
            #expect(second != secret)
            let grant = ["grant_type": "client_credentials"]
            let pair = "Basic \(base64("\(application.uid):\(second)"))"
            #expect(try await world.token(grant, authorization: pair).status == 200)

            try await browser.visit(one + "/edit")
            #expect(await browser.text.contains("https://a.example/\nhttps://b.example/"))
            try await browser.send(one, [("name", "Store"), ("scope", "public"), ("kind", "public")])
            #expect(await browser.text.contains("<h1>Store</h1>"))
            #expect(await browser.text.contains("public, without a secret"))
            #expect(try await world.token(grant, authorization: pair).status == 401)

            try await browser.visit(one + "/delete")
            #expect(await browser.text.contains("Delete Store?"))
            try await browser.send(one + "/delete", [])
            #expect(await browser.location == Self.list)
            #expect(try await browser.visit(one).status == 404)
        }
    }

    @Test func formsAreOfTheSessionAndTheOwner() async throws {
        try await ConsentTests.withBrowser(.sqlite) { world, browser in
            let fields = [("name", "x"), ("scope", "public")]
            #expect(try await browser.send(Self.list, fields).status == 403)
            try await Self.signIn(world, browser)
            // No form was shown; one of another site; a scope that is not a customer's to give.
            #expect(try await browser.send(Self.list, fields).status == 403)
            try await browser.visit(Self.list + "/new")
            let cross = try await browser.send(Self.list, fields, headers: [("Sec-Fetch-Site", "cross-site")])
            #expect(cross.status == 403)
            try await browser.visit(Self.list + "/new")
            let sneaky = try await browser.send(Self.list, [("name", "x"), ("scope", "register")])
            #expect(sneaky.status == 422)
            #expect(sneaky.text.contains("Only administrators may give"))
            // Somebody else's application is not there, whatever is done to it.
            let theirs = "\(Self.list)/\(world.application.id)"
            for path in [theirs, theirs + "/edit", theirs + "/delete", Self.list + "/999999"] {
                #expect(try await browser.visit(path).status == 404, "\(path)")
            }
            try await browser.visit(Self.list + "/new")
            for path in [theirs, theirs + "/delete", theirs + "/rotate_secret"] {
                #expect(try await browser.send(path, fields).status == 404, "\(path)")
                try await browser.visit(Self.list + "/new")
            }
            for path in [Self.list + "/x", Self.list + "/1/x", Self.list + "/-1", Self.list + "/1/edit/"] {
                #expect([404, 406].contains(try await browser.visit(path).status), "\(path)")
            }
            #expect(try await browser.visit(Self.list + "?page=0").status == 400)
            #expect(try await browser.visit(Self.list + "/1/rotate_secret").status == 405)
            // A cookie is nothing to the API.
            let json = try await browser.get(Self.list)
            #expect(json.status == 401)
            #expect(json.errors == ["Not Authorized"])
        }
    }

    @Test(arguments: TestDialect.allCases) func whatIsAllowedIsTakenBack(dialect: TestDialect) async throws {
        try await ConsentTests.withBrowser(dialect) { world, browser in
            let tokens = try await world.exchange(try await world.code())
            let path = "/api/oauth/authorized_applications"
            try await Self.signIn(world, browser, to: path)
            #expect(await browser.text.contains("<h2>Shop</h2>"))
            #expect(await browser.text.contains(Scope.projectRead.explanation))
            let one = "\(path)/\(world.application.id)"
            #expect(try await browser.visit(one).status == 405)
            #expect(try await world.get("/api/projects", token: tokens.accessToken).status == 200)
            try await browser.visit(path)
            try await browser.send(one, [])
            #expect(await browser.location == path)
            #expect(try await world.get("/api/projects", token: tokens.accessToken).status == 403)
            try await browser.visit(path)
            #expect(await browser.text.contains("<h2>Shop</h2>") == false)
            // Twice is once.
            try await browser.send(one, [])
            #expect(await browser.location == path)
        }
    }
}

extension Browser {
    private static let html = [("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]

    /// Asks as browsers do.
    @discardableResult
    func visit(_ path: String) async throws -> APIWorld.Reply { try await get(path, headers: Self.html) }

    /// Sends a form as browsers do.
    @discardableResult
    func send(
        _ path: String, _ fields: [(String, String)], headers: [(String, String)] = []
    ) async throws -> APIWorld.Reply {
        try await submit(path, fields, headers: headers + Self.html)
    }
}
