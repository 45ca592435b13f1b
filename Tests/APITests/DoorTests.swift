import API
import Basics
import Identity
import SQL
import TestKit
import Testing

/// The rules that hold for every route.
@Suite struct DoorTests {
    @Test func versionsAreCheckedBeforeCredentials() async throws {
        try await APIWorld.with(.sqlite) { world in
            let refused = try await world.raw(
                "GET", "/api/version", [("Accept", "application/json; api_version=80;")], nil)
            #expect(refused.status == 422)
            #expect(refused.errors == ["You requested an unsupported version (80)"])
            #expect(refused.headers["api-version-supported"] == "false")
            let fine = try await world.send(
                "GET", "/api/version", headers: [("Accept", "application/json; api_version=60;")])
            #expect(fine.status == 200)
            #expect(fine.json?["api_latest_version"]?.text == "60")
            let html = try await world.send("GET", "/api/version", headers: [("Accept", "text/html")])
            #expect(html.status == 406)
        }
    }

    @Test func credentialsThatAreNoneAreRefusedAlike() async throws {
        try await APIWorld.with(.sqlite) { world in
            let key = world.keys[.owner] ?? ""
            let wrong = ["Basic", "Basic ", "Basic !!!", "Basic \(base64("nobody:x"))", "Basic \(base64(key + "x"))"]
            for header in wrong {
                let reply = try await world.raw("GET", "/api/no/such/path", [("Authorization", header)], nil)
                #expect(reply.status == 401, "\(header)")
                #expect(reply.errors == ["Not Authorized"])
                #expect(reply.headers["www-authenticate"] == #"Basic realm="Berth""#)
            }
            let bearer = try await world.raw("GET", "/api/version", [("Authorization", "Bearer x")], nil)
            #expect(bearer.status == 403)
        }
    }

    @Test(arguments: TestDialect.allCases) func aNewKeyEndsTheOldOne(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let before = try await world.send("GET", "/api/version")
            #expect(before.status == 200)
            _ = try await world.database.transaction { tx in
                try APIKeys.create(
                    forUser: world.shop.customer.userID ?? 0, by: .shell, at: SystemWallClock().now(), in: tx)
            }
            let deadline = ContinuousClock.now + .seconds(3)
            var status = 200
            while status == 200, ContinuousClock.now < deadline {
                status = try await world.send("GET", "/api/version").status
            }
            #expect(status == 401)
        }
    }

    @Test func methodsAndPaths() async throws {
        try await APIWorld.with(.sqlite) { world in
            let wrong = try await world.send("DELETE", "/api/projects")
            #expect(wrong.status == 405)
            #expect(wrong.headers["allow"] == "GET, HEAD, OPTIONS")
            let unknown = try await world.send("GET", "/api/nothing")
            #expect(unknown.errors == ["Unknown API Call. Please check the documentation."])
            let head = try await world.send("HEAD", "/api/projects")
            #expect(head.status == 200)
            #expect(head.text.isEmpty)
            #expect(head.headers["total"] == "1")
        }
    }

    @Test func requestIdsAreEchoedWhenWellFormed() async throws {
        try await APIWorld.with(.sqlite) { world in
            let own = try await world.send("GET", "/api/version", headers: [("X-Request-Id", "abc-1")])
            #expect(own.headers["x-request-id"] == "abc-1")
            let bad = try await world.send("GET", "/api/version", headers: [("X-Request-Id", "a b")])
            #expect(bad.headers["x-request-id"] != "a b")
        }
    }

    @Test func bodiesMustBeJSONAndSmall() async throws {
        try await APIWorld.with(.sqlite) { world in
            let form = try await world.send(
                "POST", "/api/orders", headers: [("Content-Type", "application/x-www-form-urlencoded")], body: "a=b")
            #expect(form.status == 415)
            let huge = "{\"order\":\"" + String(repeating: "x", count: 1_100_000) + "\"}"
            let large = try await world.send("POST", "/api/orders", body: huge)
            #expect(large.status == 413)
            #expect(large.errors != nil)
        }
    }

    @Test func probesNeedNobody() async throws {
        try await APIWorld.with(.sqlite) { world in
            for path in ["/healthz", "/readyz"] {
                let reply = try await world.raw("GET", path, [], nil)
                #expect(reply.status == 200)
            }
        }
    }
}
