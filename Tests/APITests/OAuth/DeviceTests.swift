import Basics
import Identity
import Logging
import OAuth
import SQL
import TestKit
import Testing

/// The device grant (RFC 8628): a program without a browser, and its owner at one.
@Suite struct DeviceTests {
    /// A program on a device, registered as the tests need it.
    struct Device: Sendable {
        let world: OAuthWorld
        let uid: String
        let authorization: String?

        static func make(
            _ world: OAuthWorld, isConfidential: Bool = false, scopes: ScopeSet = [.public, .projectRead]
        ) async throws -> Device {
            let made = try await OAuthWorld.register(
                in: world.api, scopes: scopes, isConfidential: isConfidential, usesDevices: true)
            let pair = made.secret.map { "Basic \(base64("\(made.application.uid):\($0.reveal())"))" }
            return Device(world: world, uid: made.application.uid, authorization: pair)
        }

        private var name: [String: String?] { ["client_id": authorization == nil ? uid : nil] }

        func start(scope: String? = "project_read") async throws -> APIWorld.Reply {
            try await world.post(
                "/api/oauth/device_authorization", name.merging(["scope": scope]) { $1 }, authorization: authorization)
        }

        func poll(_ started: APIWorld.Reply) async throws -> APIWorld.Reply {
            try await poll(code: started.json?["device_code"]?.text ?? "")
        }

        func poll(code: String) async throws -> APIWorld.Reply {
            try await world.token(
                name.merging(["grant_type": DeviceTests.grant, "device_code": code]) { $1 },
                authorization: authorization)
        }
    }

    static let grant = "urn:ietf:params:oauth:grant-type:device_code"

    private static func userCode(_ started: APIWorld.Reply) -> String { started.json?["user_code"]?.text ?? "" }

    /// Opens the page with the code in its address, signing in on the way.
    private static func open(_ world: OAuthWorld, _ browser: Browser, code: String) async throws {
        try await browser.get("/activate?user_code=\(code)")
        #expect(await browser.location.hasPrefix("/login?return=%2Factivate%3Fuser_code%3D"))
        try await browser.get(await browser.location)
        try await browser.submit(
            "/login", [("email", try await ConsentTests.email(world)), ("password", ConsentTests.password)])
        try await browser.get(await browser.location)
    }

    @Test(arguments: TestDialect.allCases, [false, true])
    func aDeviceIsAllowed(dialect: TestDialect, isConfidential: Bool) async throws {
        try await ConsentTests.withBrowser(dialect) { world, browser in
            let device = try await Device.make(world, isConfidential: isConfidential)
            let started = try await device.start()
            #expect(started.status == 200, "\(started.text)")
            #expect(started.headers["cache-control"] == "no-store")
            let code = Self.userCode(started)
            #expect(code.wholeMatch(of: /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/) != nil)
            #expect(started.json?["verification_uri"]?.text == "https://berth.test/activate")
            #expect(
                started.json?["verification_uri_complete"]?.text == "https://berth.test/activate?user_code=\(code)")
            #expect(started.json?["expires_in"]?.whole == 600)
            #expect(started.json?["interval"]?.whole == 5)
            #expect(try await device.poll(started).oauthError == "authorization_pending")

            try await Self.open(world, browser, code: code)
            let page = await browser.text
            #expect(page.contains("Allow Shop on a device to use your account?"))
            #expect(page.contains(Scope.projectRead.explanation))
            #expect(page.contains("<code>\(code)</code>"))
            #expect(page.contains("on a device in front of you. If\nsomebody sent you this code"))
            #expect(page.contains("choose Deny"))
            #expect(page.contains("from the address 127.0.0.1"))
            #expect(page.contains("Which projects?"))
            #expect(!page.contains("<script"))
            // Looking is not allowing.
            try await world.age(seconds: 6)
            #expect(try await device.poll(started).oauthError == "authorization_pending")

            try await browser.submit("/activate", [("projects", "all"), ("decision", "allow")])
            #expect(await browser.page?.status == 200)
            #expect(await browser.text.contains("You allowed access"))
            try await world.age(seconds: 6)
            let tokens = try await device.poll(started)
            #expect(tokens.status == 200, "\(tokens.text)")
            #expect(tokens.json?["scope"]?.text == "project_read")
            // Refresh tokens come with codes only.
            #expect(tokens.json?["refresh_token"] == nil)
            #expect(try await world.get("/api/projects", token: tokens.accessToken).status == 200)
            #expect(try await world.get("/api/users", token: tokens.accessToken).status == 403)
        }
    }

    @Test func theCodeIsTypedAsPeopleType() async throws {
        try await ConsentTests.withBrowser(.sqlite) { world, browser in
            let device = try await Device.make(world)
            let code = Self.userCode(try await device.start())
            try await Self.open(world, browser, code: "")
            #expect(await browser.text.contains("Enter the code that your device shows"))
            for typed in [code, code.lowercased(), " \(code.filter { $0 != "-" }) ", code.map { "\($0) " }.joined()] {
                try await browser.submit("/activate", [("user_code", typed)])
                #expect(await browser.page?.status == 200, "\(typed)")
                #expect(await browser.text.contains("Allow Shop on a device"), "\(typed)")
                try await browser.get("/activate")
            }
            for wrong in ["", "x", "AEIO-UAEI", String(repeating: "B", count: 65), "BCDF-GHJ", "ſcdf-ghjk", "%00"] {
                try await browser.submit("/activate", [("user_code", wrong)])
                #expect(await browser.page?.status == 422, "\(wrong)")
            }
        }
    }

    @Test(arguments: TestDialect.allCases) func aPersonDeniesOrChoosesProjects(dialect: TestDialect) async throws {
        try await ConsentTests.withBrowser(dialect) { world, browser in
            let device = try await Device.make(world)
            let denied = try await device.start()
            try await Self.open(world, browser, code: Self.userCode(denied))
            try await browser.submit("/activate", [("decision", "deny")])
            #expect(await browser.text.contains("You denied access"))
            #expect(try await device.poll(denied).oauthError == "access_denied")
            try await browser.get("/activate?user_code=\(Self.userCode(denied))")
            #expect(await browser.page?.status == 422)

            let started = try await device.start()
            try await browser.get("/activate?user_code=\(Self.userCode(started))")
            try await browser.submit("/activate", [("projects", "some"), ("project", "999"), ("decision", "allow")])
            #expect(await browser.page?.status == 422)
            #expect(await browser.text.contains("Choose at least one project of your own."))
            #expect(try await device.poll(started).oauthError == "authorization_pending")
            let project = world.api.things.project
            try await browser.submit(
                "/activate", [("projects", "some"), ("project", "\(project)"), ("decision", "allow")])
            try await world.age(seconds: 6)
            #expect(try await device.poll(started).status == 200)
            let limit = try await world.api.database.read {
                try $0.rows("SELECT project_id FROM oauth_grant_projects") { $0.int(0) }
            }
            #expect(limit == [project])
        }
    }

    @Test(arguments: TestDialect.allCases) func whoAsksTooOftenIsSlowedDown(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let device = try await Device.make(world)
            let started = try await device.start()
            #expect(try await device.poll(started).oauthError == "authorization_pending")
            #expect(try await device.poll(started).oauthError == "slow_down")
            // Ten seconds from now on, not five.
            try await world.age(seconds: 6)
            #expect(try await device.poll(started).oauthError == "slow_down")
            try await world.age(seconds: 15)
            #expect(try await device.poll(started).oauthError == "authorization_pending")
            for _ in 0..<15 { #expect(try await device.poll(started).oauthError == "slow_down") }
            try await world.age(seconds: OAuthLimits.pollSecondsMax)
            #expect(try await device.poll(started).oauthError == "authorization_pending")
            try await world.age(seconds: OAuthLimits.deviceCodeSeconds)
            #expect(try await device.poll(started).oauthError == "expired_token")
        }
    }

    @Test(arguments: TestDialect.allCases) func theSweepForgetsDevices(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let device = try await Device.make(world)
            let started = try await device.start()
            let sweep = TokenSweep(database: world.api.database, clock: SystemWallClock())
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            #expect(try await sweep.activate(logger: logger).deviceCodes == 0)
            try await world.age(seconds: OAuthLimits.deviceCodeSeconds + 3601)
            #expect(try await device.poll(started).oauthError == "expired_token")
            #expect(try await sweep.activate(logger: logger).deviceCodes == 1)
            #expect(try await device.poll(started).oauthError == "invalid_grant")
        }
    }

    @Test func theServerSaysThatItCan() async throws {
        try await OAuthWorld.with(.sqlite) { world in
            let reply = try await world.api.send("GET", "/.well-known/oauth-authorization-server", as: .anonymous)
            #expect(
                reply.json?["device_authorization_endpoint"]?.text
                    == "https://berth.test/api/oauth/device_authorization")
            #expect(reply.json?["grant_types_supported"]?.items?.compactMap(\.text).contains(Self.grant) == true)
        }
    }
}
