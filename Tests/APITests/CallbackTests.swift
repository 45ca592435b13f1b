import API
import Basics
import Egress
import Identity
import Logging
import Operations
import SQL
import TestKit
import Testing
import Workloads

/// What clients ask to be told, before anything is sent.
@Suite struct CallbackRequestTests {
    private func restart(_ world: APIWorld, _ body: String) async throws -> APIWorld.Reply {
        try await world.send("PUT", "/api/container_services/\(world.things.service)/power/restart", body: body)
    }

    @Test(arguments: TestDialect.allCases)
    func aCallbackWaitsForTheEndOfItsOperation(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let reply = try await restart(
                world, #"{"callback":{"url":"https://shop.example/told?key=1","authorization":"Bearer x"}}"#)
            #expect(reply.status == 202)
            let operation = reply.headers["location"]?.split(separator: "/").last.map(String.init) ?? ""
            let shown = try await world.send("GET", "/api/operations/\(operation)/callbacks")
            let callback = shown.json?["callbacks"]?.items?.first
            #expect(callback?["state"] == .string("waiting"))
            #expect(callback?["origin"] == .string("https://shop.example"))
            #expect(callback?["next_attempt_at"] == .null)
            #expect(!shown.text.contains("key=1"))
            let stranger = try await world.send("GET", "/api/operations/\(operation)/callbacks", as: .stranger)
            #expect(stranger.status == 404)
            let id = try await world.database.read { try $0.int("SELECT MAX(id) FROM outbox") } ?? 0
            let retry = "/api/operations/\(operation)/callbacks/\(id)/retry"
            let early = try await world.send("POST", retry)
            #expect(early.status == 409)
            try await world.database.transaction { try $0.run("UPDATE outbox SET state = 'dead'") }
            let again = try await world.send("POST", retry)
            #expect(again.status == 202)
            let elsewhere = try await world.send(
                "POST", "/api/operations/\(world.things.operation)/callbacks/\(id)/retry")
            #expect(elsewhere.status == 404)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func oneThatEndedIsKeptForAMonth(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let asked = try await restart(world, #"{"callback":{"url":"https://shop.example/told"}}"#)
            let log = "/api/operations/\(asked.headers["location"]?.split(separator: "/").last ?? "")/callbacks"
            func swept(afterDays days: Int64) async throws -> Int {
                let clock = ManualWallClock(SystemWallClock().now().advanced(by: .seconds(days * 86_400)))
                return try await CallbackSweep(database: world.database, clock: clock)
                    .activate(logger: Logger(label: "test")).callbacks
            }
            // That of the order before was delivered; this one waits, however long that takes.
            #expect(try await swept(afterDays: 31) == 1)
            #expect(try await swept(afterDays: 31) == 0)
            try await world.database.transaction { try $0.run("UPDATE outbox SET state = 'dead', attempt = 1") }
            #expect(try await swept(afterDays: 29) == 0)
            #expect(try await world.send("GET", log).json?["callbacks"]?.items?.count == 1)
            #expect(try await swept(afterDays: 31) == 1)
            #expect(try await swept(afterDays: 31) == 0)
            #expect(try await world.send("GET", log).json?["callbacks"]?.items?.isEmpty == true)
        }
    }

    @Test func everythingThatGoesOnTakesOne() async throws {
        try await APIWorld.with(.sqlite) { world in
            let callback = #""callback":{"url":"https://shop.example/"}"#
            let order = """
                {\(callback),"order":{"project_name":"x",
                 "containers":[{"image_variant_id":\(world.shop.hello.variant)}]}}
                """
            let calls = [
                ("POST", "/api/orders", order, 201),
                ("PUT", "/api/containers/\(world.things.container)/power/restart", "{\(callback)}", 202),
                ("DELETE", "/api/container_services/\(world.things.service)", "{\(callback)}", 202),
                ("DELETE", "/api/projects/\(world.things.project)", "{\(callback)}", 202),
            ]
            for (number, (method, path, body, status)) in calls.enumerated() {
                let reply = try await world.send(method, path, body: body)
                #expect(reply.status == status, "\(path): \(reply.text)")
                let count = try await world.database.read { try $0.int("SELECT COUNT(*) FROM outbox") }
                #expect(count == Int64(number + 2), "\(path)")
            }
        }
    }

    @Test(arguments: [
        "ftp://shop.example/", "shop.example", "https://", "https://user:pass@shop.example/", "https://a b/",
        "https://shop.example/#x", "//shop.example/", "javascript:alert(1)", "https://shop.example\\@evil.example/",
        "https://shöp.example/",
    ])
    func whatIsNoAddressIsRefusedAtOnce(url: String) async throws {
        try await APIWorld.with(.sqlite) { world in
            let body = JSONValue.object(["callback": .object(["url": .string(url)])]).compact
            let reply = try await restart(world, body)
            #expect(reply.status == 422)
            #expect(reply.errors?.first?.hasPrefix("callback.url must be an absolute address") == true)
        }
    }

    @Test func blankIsNoneAndNonsenseIsRefused() async throws {
        try await APIWorld.with(.sqlite) { world in
            for body in ["", "{}", #"{"callback":null}"#, #"{"callback":{"url":"  "}}"#, #"{"callback":{}}"#] {
                let reply = try await restart(world, body)
                #expect(reply.status == 202, "\(body): \(reply.text)")
            }
            let wrong = [(#"{"callback":"x"}"#, 400), (#"{"callback":[1]}"#, 400), (#"{"callback":{"url":7}}"#, 422)]
            for (body, status) in wrong {
                let reply = try await restart(world, body)
                #expect(reply.status == status, "\(body)")
            }
            let header = #"{"callback":{"url":"https://a.example/","authorization":"x\r\nHost: evil"}}"#
            let reply = try await restart(world, header)
            #expect(reply.status == 422)
            let count = try await world.database.read { try $0.int("SELECT COUNT(*) FROM outbox") }
            #expect(count == 1)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func theSecretStaysUntilAnotherIsMade(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            func secret(_ method: String, as role: APIWorld.Role = .owner) async throws -> APIWorld.Reply {
                try await world.send(method, "/api/users/signing_secret", as: role)
            }
            let first = try await secret("GET")
            #expect(first.json?["signing_secret"]?["secret"]?.text?.hasPrefix("whsec_") == true)
            let again = try await secret("GET")
            #expect(again.json?["signing_secret"] == first.json?["signing_secret"])
            let new = try await secret("POST")
            #expect(new.status == 201)
            #expect(new.json?["signing_secret"]?["secret"] != first.json?["signing_secret"]?["secret"])
            let shown = try await secret("GET")
            #expect(shown.json?["signing_secret"]?["secret"] == new.json?["signing_secret"]?["secret"])
            let limited = try await secret("GET", as: .limited)
            #expect(limited.status == 403)
        }
    }

    @Test func theOldSecretSignsBesideTheNewOneForADay() async throws {
        try await withDatabase(.sqlite) { database in
            let clock = ManualWallClock()
            let shop = try await WorkloadFixture.make(in: database)
            let user = shop.customer.userID ?? 0
            let secrets = SigningSecrets(database: database, vault: .ephemeral(), clock: clock)
            let one = try await secrets.signature(of: "{}", id: "msg_1", at: 1, for: user)
            #expect(one.hasPrefix("v1,") && !one.contains(" "))
            clock.advance(by: .seconds(100_000))
            _ = try await secrets.rotate(by: shop.customer)
            let both = try await secrets.signature(of: "{}", id: "msg_1", at: 1, for: user)
            #expect(both.split(separator: " ").count == 2 && both.hasSuffix(" " + one))
            clock.advance(by: .seconds(SigningSecrets.Limits.previousSeconds))
            let later = try await secrets.signature(of: "{}", id: "msg_1", at: 1, for: user)
            #expect(both.hasPrefix(later + " "))
        }
    }

    /// RFC 6890 and what hides an address of IPv4 in one of IPv6.
    @Test(arguments: [
        ("8.8.8.8", true), ("1.1.1.1", true), ("100.63.255.255", true), ("2606:4700::1111", true), ("10.1.2.3", false),
        ("100.64.0.1", false), ("127.0.0.1", false), ("169.254.169.254", false), ("172.31.255.255", false),
        ("172.32.0.1", true), ("192.168.1.1", false), ("0.0.0.0", false), ("255.255.255.255", false),
        ("224.0.0.1", false), ("198.18.0.1", false), ("::1", false), ("::", false), ("fe80::1", false),
        ("fd00::1", false), ("ff02::1", false), ("::ffff:127.0.0.1", false), ("::ffff:8.8.8.8", true),
        ("64:ff9b::a00:1", false), ("2002:a00:1::", false), ("2001:0:a00:1::", false), ("2001:db8::1", false),
        ("::127.0.0.1", false),
    ])
    func whichAddressesAreOfTheInternet(address: String, isGlobal: Bool) throws {
        #expect(try #require(IPAddress(address)).isGlobal == isGlobal, "\(address)")
    }

    @Test(arguments: [
        "http://8.8.8.8/", "https://8.8.8.8:22/", "https://10.0.0.1/", "https://[::1]:443/", "https://8.8.8.8:70000/",
    ])
    func onlyHTTPSOnItsPortsIsCalled(url: String) async throws {
        let problem = await #expect(throws: Fault.self) {
            _ = try await GuardedSender().post(url, headers: [], body: "{}")
        }
        #expect(problem?.code == .invalid, "\(url)")
    }
}
