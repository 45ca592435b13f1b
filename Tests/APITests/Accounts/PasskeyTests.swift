import Basics
import Foundation
import Identity
import SQL
import TestKit
import Testing

/// Passkeys: signing in alone, and in place of a code.
@Suite struct PasskeyTests {
    typealias Lies = SoftAuthenticator.Lies

    /// What the page in a browser wants of passkeys.
    static func options(_ browser: Browser, _ name: String) async throws -> JSONValue {
        let text = SecondFactorTests.text(after: "data-passkey-\(name)=\"", in: await browser.text)
        return try #require(JSONValue(stored: text.replacingOccurrences(of: "&quot;", with: "\"")))
    }

    /// Adds a passkey for whoever is signed in.
    @discardableResult
    static func add(
        _ key: SoftAuthenticator, _ browser: Browser, _ lies: Lies = Lies(), name: String = "telephone",
        password: String = APIWorld.password
    ) async throws -> APIWorld.Reply {
        try await browser.get("/account/passkeys")
        let fields = try key.create(try await options(browser, "create"), lies)
        return try await browser.submit("/account/passkeys", fields + [("name", name), ("password", password)])
    }

    /// Signs in with a passkey alone.
    @discardableResult
    static func use(
        _ key: inout SoftAuthenticator, _ browser: Browser, _ lies: Lies = Lies()
    ) async throws -> APIWorld.Reply {
        try await browser.get("/login/passkey?return=%2Faccount%2Fpasskeys")
        return try await browser.submit("/login/passkey", key.get(try await options(browser, "get"), lies))
    }

    private static func count(_ world: APIWorld) async throws -> Int64? {
        try await world.database.read { try $0.int("SELECT COUNT(*) FROM passkeys") }
    }

    @Test(arguments: TestDialect.allCases, SoftAuthenticator.Kind.allCases)
    func aPasskeySignsInAlone(dialect: TestDialect, kind: SoftAuthenticator.Kind) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            var key = try SoftAuthenticator(kind)
            try await browser.signIn()
            #expect(try await Self.add(key, browser, password: "wrong").status == 422)
            #expect(try await Self.count(world) == 0)
            let added = try await Self.add(key, browser)
            #expect(added.text.contains("The passkey was added.") && added.text.contains("telephone"), "\(added.text)")
            #expect(try await Self.add(key, browser).text.contains("known already"))
            #expect(try await mailbox.deliver().map(\.subject) == ["Your account has a new passkey"])
            // Also when there is a second factor: it is two in one.
            _ = try await SecondFactorTests.enrol(browser)
            let other = Browser(world)
            key.count = 1
            #expect(try await Self.use(&key, other).headers["location"] == "/account/passkeys")
            #expect(try await other.isSignedIn())
            // But not when it has not made sure who holds it.
            let third = Browser(world)
            key.count = 2
            #expect(try await Self.use(&key, third, Lies(flags: 1)).status == 422)
            #expect(try await third.isSignedIn() == false)
            #expect(try await world.events() == ["passkey_added", "second_factor_on"])
        }
    }

    @Test(arguments: TestDialect.allCases) func aPasskeyStandsInForACode(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, _ in
            var (key, foreign) = (try SoftAuthenticator(.es256), try SoftAuthenticator(.es256))
            try await browser.signIn()
            try await Self.add(key, browser)
            // A passkey alone changes nothing about the password.
            #expect(try await Browser(world).signIn().headers["location"] == "/account")
            _ = try await SecondFactorTests.enrol(browser)
            let other = Browser(world)
            try await other.signIn()
            try await other.get("/login/factor?return=%2Faccount%2Fsessions")
            let options = try await Self.options(other, "get")
            #expect(options["allowCredentials"]?.items?.count == 1)
            let wrong = try await other.submit("/login/factor/passkey", foreign.get(options))
            #expect(wrong.status == 422)
            // The challenge was used up by that; the page has another.
            #expect(try await other.submit("/login/factor/passkey", key.get(options)).status == 422)
            let answer = try key.get(try await Self.options(other, "get"), Lies(flags: 1))
            #expect(try await other.submit("/login/factor/passkey", answer).headers["location"] == "/account/sessions")
            #expect(try await other.isSignedIn())
            // What waited is over.
            #expect(try await other.get("/login/factor").headers["location"] == "/login")
            // A challenge for one thing is none for another.
            let third = Browser(world)
            try await third.signIn()
            try await third.get("/login/factor")
            let second = try await Self.options(third, "get")
            try await third.get("/login/passkey")
            #expect(try await third.submit("/login/passkey", key.get(second)).status == 422)
        }
    }

    @Test func liesAreRefused() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, _ in
            var key = try SoftAuthenticator(.es256)
            try await browser.signIn()
            let lies: [(String, Lies)] = [
                ("origin", Lies(origin: "https://berth.test.evil.example")),
                ("scheme", Lies(origin: "http://berth.test")),
                ("site", Lies(site: "evil.example")), ("type", Lies(type: "webauthn.other")),
                ("challenge", Lies(challenge: "AAAA")), ("frame", Lies(crossOrigin: true)), ("absent", Lies(flags: 4)),
            ]
            for (name, lie) in lies + [("algorithm", Lies(algorithm: -35)), ("id", Lies(credentialID: []))] {
                #expect(try await Self.add(key, browser, lie).status == 422, "\(name)")
            }
            #expect(try await Self.count(world) == 0)
            try await Self.add(key, browser)
            let other = Browser(world)
            for (name, lie) in lies + [
                ("signature", Lies(breaksSignature: true)), ("unknown", Lies(credentialID: [1, 2, 3])),
            ] {
                key.count += 1
                #expect(try await Self.use(&key, other, lie).status == 422, "\(name)")
            }
            // Used once; too old; somebody else's form.
            key.count += 1
            try await other.get("/login/passkey")
            let used = try key.get(try await Self.options(other, "get"))
            try await world.database.transaction { try $0.run("UPDATE passkey_challenges SET expires_at = 1") }
            #expect(try await other.submit("/login/passkey", used).status == 422)
            #expect(try await Browser(world).submit("/login/passkey", used).status == 422)
            #expect(try await other.isSignedIn() == false)
            for (field, value) in [("client_data", "%"), ("signature", "a"), ("credential_id", "ä")] {
                let broken = used.filter { $0.0 != field } + [(field, value)]
                try await other.get("/login/passkey")
                #expect(try await other.submit("/login/passkey", broken).status == 400, "\(field)")
            }
            #expect(try await Self.use(&key, other).status == 303)
        }
    }

    @Test(arguments: TestDialect.allCases) func aCounterThatGoesBackIsNoticed(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, _ in
            var key = try SoftAuthenticator(.ed25519)
            try await browser.signIn()
            try await Self.add(key, browser)
            // Passkeys that are kept in step between devices do not count.
            for _ in 0..<2 { #expect(try await Self.use(&key, Browser(world)).status == 303) }
            for (count, isRight) in [(7, true), (7, false), (3, false), (0, false), (8, true)] {
                key.count = UInt32(count)
                #expect(try await Self.use(&key, Browser(world)).status == (isRight ? 303 : 422), "\(count)")
            }
            let noted = try await world.database.read {
                try $0.rows("SELECT raw_data FROM audits WHERE event = 'passkey_counter_went_back' ORDER BY id") {
                    JSONValue(stored: $0.text(0))?["said"]
                }
            }
            #expect(noted == [.int(7), .int(3), .int(0)])
            // Nor does anybody come in who may not.
            let id = world.shop.customer.userID ?? 0
            try await world.database.transaction {
                try Accounts.setActive(false, id: id, by: .shell, at: SystemWallClock().now(), in: $0)
            }
            key.count = 9
            #expect(try await Self.use(&key, Browser(world)).status == 422)
        }
    }

    @Test func passkeysAreListedAndRemovedByTheirOwner() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, mailbox in
            var key = try SoftAuthenticator(.es256)
            try await browser.signIn()
            try await Self.add(key, browser, name: "<b>mine</b>")
            #expect(await browser.text.contains("&lt;b&gt;mine&lt;/b&gt;"))
            let long = String(repeating: "x", count: 61)
            #expect(try await Self.add(try SoftAuthenticator(.es256), browser, name: long).status == 422)
            try await world.database.transaction { tx in
                for number in 0..<19 {
                    try tx.run(
                        """
                        INSERT INTO passkeys (user_id, credential_id, public_key, name, sign_count, created_at)
                        VALUES (\(world.shop.customer.userID), \("c\(number)"), 'x', 'x', 0, 1)
                        """)
                }
            }
            #expect(try await Self.add(try SoftAuthenticator(.es256), browser).text.contains("at most 20 passkeys"))
            let id = try await world.database.read { try $0.int("SELECT MIN(id) FROM passkeys") } ?? 0
            try await world.database.transaction {
                try $0.run("UPDATE passkeys SET user_id = \(world.shop.stranger.userID) WHERE id = \(id + 1)")
            }
            try await browser.get("/account/passkeys")
            #expect(try await browser.submit("/account/passkeys", [("remove", "\(id + 1)")]).status == 404)
            _ = try await mailbox.deliver()
            try await browser.get("/account/passkeys")
            #expect(try await browser.submit("/account/passkeys", [("remove", "\(id)")]).status == 200)
            #expect(try await mailbox.deliver().map(\.subject) == ["A passkey of your account was removed"])
            #expect(try await Self.use(&key, Browser(world)).status == 422)
        }
    }

    @Test func aScriptRunsOnPagesWithPasskeysOnly() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, _ in
            try await browser.signIn()
            for (path, runs) in [
                ("/login/passkey", true), ("/account/passkeys", true), ("/login", false), ("/account", false),
                ("/account/factor", false), ("/password/forgot", false),
            ] {
                let reply = try await browser.get(path)
                let policy = reply.headers["content-security-policy"] ?? ""
                #expect(policy.contains("script-src 'self'") == runs, "\(path)")
                #expect(!policy.contains("unsafe"))
                let scripts = reply.text.components(separatedBy: "<script").dropFirst()
                #expect(scripts.allSatisfy { $0.hasPrefix(" src=\"/panel-passkeys.js\" defer></script>") })
                #expect(scripts.isEmpty != runs)
            }
            let script = try await browser.get("/panel-passkeys.js")
            #expect(script.status == 200)
            #expect(script.headers["content-type"] == "text/javascript; charset=utf-8")
        }
    }

    /// soft-webauthn (PyPI) shares no code with us. It does not make sure who holds it.
    @Test func anAuthenticatorOfOthersIsUnderstood() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, _ in
            let file = FileManager.default.temporaryDirectory.appending(path: "berth-passkey-\(Random.token(8))").path
            defer { try? FileManager.default.removeItem(atPath: file) }
            let python = try #require(ProcessInfo.processInfo.environment["BERTH_TEST_PYTHON"])
            let script = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../Interop/passkey.py").standardized.path
            @Sendable func ask(_ action: String, _ options: JSONValue) throws -> [(String, String)] {
                let text = try SecondFactorTests.run(
                    python, [script, file, action, options.compact, "https://berth.test"])
                return (JSONValue(stored: text)?.members ?? [:]).map { ($0.key, $0.value.text ?? "") }
            }
            try await browser.signIn()
            try await browser.get("/account/passkeys")
            let made = try ask("create", try await Self.options(browser, "create"))
            let added = try await browser.submit("/account/passkeys", made + [("password", APIWorld.password)])
            #expect(added.text.contains("The passkey was added."))
            _ = try await SecondFactorTests.enrol(browser)
            let other = Browser(world)
            try await other.get("/login/passkey")
            let alone = try await other.submit("/login/passkey", ask("get", try await Self.options(other, "get")))
            #expect(alone.status == 422)
            try await other.signIn()
            try await other.get("/login/factor")
            let second = try ask("get", try await Self.options(other, "get"))
            #expect(try await other.submit("/login/factor/passkey", second).status == 303)
            #expect(try await other.isSignedIn())
        }
    }
}
