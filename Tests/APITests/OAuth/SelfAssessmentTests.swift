import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

/// The self-assessment says what is so: it changes with the settings and with what is registered.
@Suite struct SelfAssessmentTests {
    private static let path = "/api/oauth/self_assessment"

    private static func line(_ id: String, _ world: APIWorld) async throws -> JSONValue? {
        let reply = try await world.send("GET", path, as: .administrator)
        #expect(reply.status == 200, "\(reply.text)")
        return reply.json?["self_assessment"]?["recommendations"]?.items?.first { $0["id"]?.text == id }
    }

    private static func holds(_ id: String, _ world: APIWorld) async throws -> Bool? {
        try await line(id, world)?["holds"] == .bool(true)
    }

    private static func register(_ draft: ApplicationDraft, _ world: APIWorld) async throws -> OAuthApplication {
        try await world.database.transaction {
            try Applications.create(draft, by: .shell, at: SystemWallClock().now(), in: $0).application
        }
    }

    @Test(arguments: [true, false]) func thePasswordGrantIsToldAsItIs(isOn: Bool) async throws {
        try await APIWorld.with(.sqlite, passwordGrant: isOn) { world in
            let line = try await Self.line("password_grant", world)
            #expect(line?["holds"] == .bool(!isOn))
            #expect(line?["reference"]?.text == "RFC 9700 §2.4")
            #expect(line?["advice"]?.text == (isOn ? "Nothing uses it: set BERTH_OAUTH_PASSWORD_GRANT=off." : nil))
        }
    }

    @Test(arguments: TestDialect.allCases) func whoUsesThePasswordGrantIsCounted(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            func finding() async throws -> String? {
                try await Self.line("password_grant", world.api)?["finding"]?.text
            }
            #expect(try await finding() == "Switched on, for API key pairs; used by 0 applications.")
            let pair = (world.api.keys[.owner] ?? "").split(separator: ":").map(String.init)
            for _ in 0..<2 {
                let reply = try await world.token([
                    "grant_type": "password", "username": pair[0], "password": pair[1], "scope": "project_read",
                ])
                #expect(reply.status == 200)
            }
            #expect(try await finding() == "Switched on, for API key pairs; used by 1 application.")
        }
    }

    @Test(arguments: [("https://berth.test", true), ("http://berth.test", false)])
    func thePublicAddressIsToldAsItIs(address: String, holds: Bool) async throws {
        try await APIWorld.with(.sqlite, publicURL: address) { world in
            let line = try await Self.line("https", world)
            #expect(line?["holds"] == .bool(holds))
            #expect(line?["finding"]?.text?.contains(address) == true)
            #expect((line?["advice"]?.text?.contains("BERTH_PUBLIC_URL") ?? false) == !holds)
        }
    }

    @Test(arguments: TestDialect.allCases) func whatIsRegisteredIsToldAsItIs(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            // What every world has may do everything.
            try await world.database.transaction { try $0.run("UPDATE oauth_applications SET scopes = 'public'") }
            for id in ["plain_http", "out_of_band", "privileges", "client_authentication"] {
                #expect(try await Self.holds(id, world) == true, "\(id)")
            }
            _ = try await Self.register(
                ApplicationDraft(
                    name: "Local", redirectURIs: ["http://127.0.0.1/cb", "http://[::1]/cb"], isConfidential: false),
                world)
            #expect(try await Self.holds("plain_http", world) == true)
            let old = try await Self.register(ApplicationDraft(name: "Old"), world)
            try await world.database.transaction { tx in
                try tx.run(
                    """
                    UPDATE oauth_applications SET redirect_uris = 'https://a.example/
                    http://old.example/' WHERE id = \(old.id)
                    """)
            }
            let line = try await Self.line("plain_http", world)
            #expect(line?["holds"] == .bool(false))
            #expect(line?["finding"]?.text == "1 application with plain http: Old.")
            _ = try await Self.register(
                ApplicationDraft(name: "Copy", redirectURIs: [RedirectURI.outOfBand], usesDevices: true), world)
            #expect(try await Self.holds("out_of_band", world) == false)
            let devices = try await Self.line("devices", world)
            #expect(devices?["finding"]?.text?.hasPrefix("1 application may use the device grant") == true)
            _ = try await Self.register(
                ApplicationDraft(name: "Staff", scopes: [.adminRead], isConfidential: false), world)
            #expect(try await Self.holds("privileges", world) == false)
            #expect(try await Self.holds("client_authentication", world) == false)
        }
    }

    @Test(arguments: TestDialect.allCases) func codesWithoutPKCEAreNoticed(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let code = try await world.code(challenge: PKCE.challenge(of: OAuthWorld.verifier))
            #expect(try await world.exchange(code, verifier: OAuthWorld.verifier).status == 200)
            #expect(try await Self.holds("pkce_confidential", world.api) == true)
            #expect(try await world.exchange(try await world.code()).status == 200)
            #expect(try await Self.holds("pkce_confidential", world.api) == false)
        }
    }

    @Test func itIsForStaffAndSaysWhatIsMissing() async throws {
        try await APIWorld.with(.sqlite) { world in
            for role in [APIWorld.Role.owner, .token, .plainAdmin] {
                #expect(try await world.send("GET", Self.path, as: role).status == 403, "\(role)")
            }
            #expect(try await world.send("GET", Self.path, as: .readingAdmin).status == 200)
            for id in ["sender_constrained", "asymmetric_keys"] {
                let line = try await Self.line(id, world)
                #expect(line?["holds"] == .bool(false))
                #expect(line?["advice"]?.text?.isEmpty == false)
            }
            let reply = try await world.send("GET", Self.path, as: .administrator)
            let lines = reply.json?["self_assessment"]?["recommendations"]?.items ?? []
            #expect(lines.count >= 20)
            #expect(Set(lines.compactMap { $0["id"]?.text }).count == lines.count)
            let holding = lines.filter { $0["holds"] == .bool(true) }.count
            #expect(reply.json?["self_assessment"]?["holding"]?.whole == Int64(holding))
            for line in lines where line["holds"] == .bool(false) { #expect(line["advice"]?.text?.isEmpty == false) }
        }
    }

    @Test func staffReadItInABrowser() async throws {
        try await ConsentTests.withBrowser(.sqlite) { world, browser in
            try await browser.visit(Self.path)
            try await browser.get(await browser.location)
            try await browser.submit(
                "/login", [("email", try await ConsentTests.email(world)), ("password", ConsentTests.password)])
            #expect(await browser.location == Self.path)
            #expect(try await browser.visit(Self.path).status == 403)
            let owner = world.api.shop.customer.userID ?? 0
            try await world.api.database.transaction {
                try $0.run("UPDATE users SET is_admin = 1 WHERE id = \(owner)")
            }
            #expect(try await browser.visit(Self.path).status == 200)
            #expect(await browser.text.contains("Does not hold: The password grant is not used."))
            #expect(await browser.text.contains("<strong>What to do:</strong>"))
            #expect(await browser.text.contains("Holds: Everything is encrypted on the way."))
        }
    }
}
