import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

/// What attackers and broken clients do with the device grant.
@Suite struct DeviceAbuseTests {
    typealias Device = DeviceTests.Device

    private static func allow(
        _ world: OAuthWorld, _ started: APIWorld.Reply, by caller: Caller? = nil
    ) async throws -> DeviceRequest.Found {
        let (code, caller) = (started.json?["user_code"]?.text ?? "", caller ?? world.api.shop.customer)
        let now = SystemWallClock().now()
        return try await world.api.database.transaction { tx in
            let found = try DeviceRequest.find(code, by: caller, at: now, in: tx)
            if case .request(let request) = found { try request.allow(projects: nil, by: caller, at: now, in: tx) }
            return found
        }
    }

    @Test(arguments: TestDialect.allCases) func aDeviceCodeIsOfItsClientOnly(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let (device, other) = (try await Device.make(world), try await Device.make(world, isConfidential: true))
            let started = try await device.start()
            _ = try await Self.allow(world, started)
            #expect(try await other.poll(started).oauthError == "invalid_grant")
            // A client that was not registered for it cannot use the grant at all.
            let fields = ["grant_type": DeviceTests.grant, "device_code": started.json?["device_code"]?.text]
            #expect(try await world.token(fields).oauthError == "unauthorized_client")
            #expect(
                try await world.post("/api/oauth/device_authorization", ["scope": "public"]).oauthError
                    == "unauthorized_client")
            // A confidential one not without its secret.
            let bare = Device(world: world, uid: other.uid, authorization: nil)
            #expect(try await bare.start().status == 401)
            #expect(try await bare.poll(started).status == 401)
            #expect(try await device.poll(started).status == 200)
        }
    }

    @Test(arguments: TestDialect.allCases) func aDeviceCodeThatComesAgainEndsAll(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let device = try await Device.make(world)
            let started = try await device.start()
            _ = try await Self.allow(world, started)
            let tokens = try await device.poll(started)
            #expect(tokens.status == 200)
            // At once it is taken for a lost answer: nothing is given, nothing ends.
            #expect(try await device.poll(started).oauthError == "invalid_grant")
            #expect(try await world.get("/api/projects", token: tokens.accessToken).status == 200)
            try await world.age(seconds: OAuthLimits.refreshGraceSeconds + 1)
            #expect(try await device.poll(started).oauthError == "invalid_grant")
            #expect(try await world.get("/api/projects", token: tokens.accessToken).status == 403)
        }
    }

    private let rounds = 10

    @Test(arguments: TestDialect.allCases) func questionsAtOnceGetOneToken(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let device = try await Device.make(world)
            // One round rarely hits the moment.
            for _ in 0..<rounds {
                let started = try await device.start()
                _ = try await Self.allow(world, started)
                let replies = try await withThrowingTaskGroup(of: APIWorld.Reply.self) { group in
                    for _ in 0..<8 { group.addTask { try await device.poll(started) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(replies.count { $0.status == 200 } == 1, "\(replies.map(\.text))")
                #expect(replies.count { $0.oauthError == "invalid_grant" } == 7)
            }
            let tokens = try await world.api.database.read {
                try $0.int(
                    """
                    SELECT COUNT(*) FROM oauth_tokens t JOIN oauth_grants g ON g.id = t.grant_id
                    WHERE g.kind = 'device'
                    """)
            }
            #expect(tokens == Int64(rounds))
        }
    }

    @Test(arguments: TestDialect.allCases) func aCodeIsDecidedOnce(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let (device, people) = (
                try await Device.make(world),
                [world.api.shop.stranger, world.api.shop.customer, world.api.shop.admin]
            )
            for _ in 0..<rounds {
                let started = try await device.start()
                let found = try await withThrowingTaskGroup(of: DeviceRequest.Found.self) { group in
                    for one in people { group.addTask { try await Self.allow(world, started, by: one) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(found.count { $0 != .unknown } == 1)
                #expect(try await device.poll(started).status == 200)
                // Losing counts as a guess, and there are not that many.
                try await world.api.database.transaction { try $0.run("DELETE FROM oauth_device_guesses") }
            }
            let grants = try await world.api.database.read {
                try $0.int("SELECT COUNT(*) FROM oauth_grants WHERE kind = 'device'")
            }
            #expect(grants == Int64(rounds))
        }
    }

    @Test(arguments: TestDialect.allCases) func guessesAreCounted(dialect: TestDialect) async throws {
        try await ConsentTests.withBrowser(dialect) { world, browser in
            let device = try await Device.make(world)
            let started = try await device.start()
            let code = started.json?["user_code"]?.text ?? ""
            try await browser.get("/activate")
            try await browser.get(await browser.location)
            try await browser.submit(
                "/login", [("email", try await ConsentTests.email(world)), ("password", ConsentTests.password)])
            try await browser.get("/activate")
            // What can be no code costs nothing.
            for _ in 0..<20 { try await browser.submit("/activate", [("user_code", "AAAA-AAAA")]) }
            for _ in 0..<OAuthLimits.guessesMax {
                try await browser.submit("/activate", [("user_code", "BBBB-BBBB")])
                #expect(await browser.page?.status == 422)
            }
            // From now on not even the right one is looked at, whichever way it comes.
            try await browser.submit("/activate", [("user_code", code)])
            #expect(await browser.page?.status == 429)
            #expect(await browser.text.contains("Too many wrong codes"))
            try await browser.get("/activate?user_code=\(code)")
            #expect(await browser.page?.status == 429)
            try await browser.submit("/activate", [("user_code", code), ("decision", "allow")])
            #expect(await browser.page?.status == 429)
            #expect(try await device.poll(started).oauthError == "authorization_pending")
            // Others are not disturbed, and time alone opens it again.
            let stranger = world.api.shop.stranger
            let next = try await device.start()
            #expect(try await Self.allow(world, next, by: stranger) != .tooMany)
            try await world.age(seconds: OAuthLimits.guessSeconds + 1)
            let later = try await device.start()
            try await browser.get("/activate?user_code=\(later.json?["user_code"]?.text ?? "")")
            #expect(await browser.page?.status == 200)
        }
    }

    @Test func decisionsOfOthersAreRefused() async throws {
        try await ConsentTests.withBrowser(.sqlite) { world, browser in
            let device = try await Device.make(world)
            let started = try await device.start()
            let code = started.json?["user_code"]?.text ?? ""
            let attack = [("user_code", code), ("decision", "allow")]
            // Nobody is signed in; another site sends the form; the form is not of this session.
            #expect(try await browser.submit("/activate", attack).status == 403)
            try await browser.get("/login")
            try await browser.submit(
                "/login", [("email", try await ConsentTests.email(world)), ("password", ConsentTests.password)])
            #expect(try await browser.submit("/activate", attack).status == 403)
            try await browser.get("/activate?user_code=\(code)")
            let cross = try await browser.submit(
                "/activate", [("decision", "allow")], headers: [("Sec-Fetch-Site", "cross-site")])
            #expect(cross.status == 403)
            #expect(try await device.poll(started).oauthError == "authorization_pending")
            // A code is not decided by opening an address.
            let opened = try await browser.get("/activate?user_code=\(code)&decision=allow")
            #expect(opened.text.contains("Allow Shop on a device"))
            let twice = try await browser.get("/activate?user_code=\(code)&user_code=BBBB-BBBB")
            #expect(twice.status == 400)
        }
    }

    @Test(arguments: TestDialect.allCases) func whatWasTakenBackIsNotGiven(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let device = try await Device.make(world)
            let owner = world.api.shop.customer
            let withdrawn = try await device.start()
            _ = try await Self.allow(world, withdrawn)
            try await world.api.database.transaction { tx in
                try tx.run("UPDATE oauth_grants SET revoked_at = 1 WHERE kind = 'device'")
            }
            #expect(try await device.poll(withdrawn).oauthError == "access_denied")
            let suspended = try await device.start()
            _ = try await Self.allow(world, suspended)
            try await world.api.database.transaction {
                try Accounts.setActive(
                    false, id: owner.userID ?? 0, by: .shell, at: SystemWallClock().now(), in: $0)
            }
            #expect(try await device.poll(suspended).oauthError == "access_denied")
        }
    }

    @Test func scopesOfDevicesAreLimitedToo() async throws {
        try await OAuthWorld.with(.sqlite) { world in
            let device = try await Device.make(world, isConfidential: true, scopes: .all)
            for scope in ["register", "nonsense", "public register"] {
                #expect(try await device.start(scope: scope).oauthError == "invalid_scope", "\(scope)")
            }
            let narrow = try await Device.make(world)
            #expect(try await narrow.start(scope: "profile_read").oauthError == "invalid_scope")
            #expect(try await narrow.start(scope: nil).status == 200)
            // Rights of staff are not a customer's to give.
            let staff = try await device.start(scope: "admin_read")
            #expect(staff.status == 200)
            await #expect(throws: Fault.self) { _ = try await Self.allow(world, staff) }
            #expect(try await device.poll(staff).oauthError == "authorization_pending")
        }
    }

    @Test(arguments: TestDialect.allCases) func nobodyFillsTheTable(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let device = try await Device.make(world)
            let (uid, end) = (device.uid, SystemWallClock().now().advanced(by: .seconds(600)))
            func fill(_ count: Int64, from address: String) async throws {
                try await world.api.database.transaction { tx in
                    try tx.run("DELETE FROM oauth_device_codes")
                    try tx.run(
                        """
                        INSERT INTO oauth_device_codes (device_sha256, user_sha256, application_id, scopes, ip_addr,
                            interval_seconds, created_at, expires_at)
                        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
                        SELECT 'd' || CAST(n.i AS TEXT), 'u' || CAST(n.i AS TEXT), a.id, 'public', \(address), 5, 0,
                            \(end)
                        FROM n, oauth_applications a WHERE a.uid = \(uid)
                        """)
                }
            }
            try await fill(OAuthLimits.pendingDeviceCodesPerAddressMax - 1, from: "127.0.0.1")
            #expect(try await device.start().status == 200)
            let here = try await device.start()
            #expect(here.status == 503)
            #expect(here.oauthError == "temporarily_unavailable")
            // Others go on, with other applications, from other addresses, and when the codes have expired.
            #expect(try await Device.make(world).start().status == 200)
            try await fill(OAuthLimits.pendingDeviceCodesMax - 1, from: "192.0.2.1")
            #expect(try await device.start().status == 200)
            #expect(try await device.start().status == 503)
            try await world.age(seconds: OAuthLimits.deviceCodeSeconds + 1)
            #expect(try await device.start().status == 200)
        }
    }

    @Test func brokenQuestionsAreRefused() async throws {
        try await OAuthWorld.with(.sqlite) { world in
            let device = try await Device.make(world)
            let base = "client_id=\(device.uid)&grant_type=\(FormText.encode(DeviceTests.grant))"
            for (body, error) in [
                (base, "invalid_request"), (base + "&device_code=", "invalid_request"),
                (base + "&device_code=%00", "invalid_request"), (base + "&device_code=x", "invalid_grant"),
                (base + "&device_code=x&device_code=y", "invalid_request"),
                (base + "&device_code[]=x", "invalid_request"),
                (base + "&device_code=" + String(repeating: "x", count: 9000), "invalid_grant"),
            ] {
                let reply = try await world.post("/api/oauth/token", raw: body, authorization: nil)
                #expect(reply.oauthError == error, "\(body.prefix(150)): \(reply.text)")
            }
            let address = "/api/oauth/token?device_code=x"
            #expect(try await world.post(address, raw: base, authorization: nil).oauthError == "invalid_request")
            for body in ["", "client_id=", "client_id=nobody", "scope=public"] {
                let reply = try await world.post("/api/oauth/device_authorization", raw: body, authorization: nil)
                #expect(reply.oauthError != nil && [400, 401].contains(reply.status), "\(body): \(reply.text)")
            }
        }
    }
}
