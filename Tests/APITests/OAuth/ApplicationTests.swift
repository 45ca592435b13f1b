import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

/// Customers manage their own OAuth applications, and what they allow to others', over JSON.
@Suite struct ApplicationTests {
    private static let path = "/api/oauth/applications"

    private static func body(_ members: String) -> String { #"{"doorkeeper_application": {\#(members)}}"# }

    private static let shop = body(
        #""name": " Shop ", "redirect_uri": "https://shop.example/a\nhttps://shop.example/b", "scopes": ["public"]"#)

    private static func create(_ world: APIWorld, as role: APIWorld.Role = .owner) async throws -> APIWorld.Reply {
        try await world.send("POST", path, as: role, body: shop)
    }

    @Test(arguments: TestDialect.allCases) func anApplicationFromBirthToDeath(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { oauth in
            let world = oauth.api
            let made = try await Self.create(world)
            #expect(made.status == 200, "\(made.text)")
            let (id, uid) = (made.json?["id"]?.whole ?? 0, made.json?["uid"]?.text ?? "")
            let secret = made.json?["secret"]?.text ?? ""
            #expect(IssuedSecret.isWellFormed(secret, .clientSecret))
            #expect(made.json?["name"]?.text == "Shop")
            #expect(made.json?["redirect_uri"]?.text == "https://shop.example/a\nhttps://shop.example/b")
            #expect(made.json?["owner_id"]?.whole == world.shop.customer.userID)
            #expect(made.json?["owner_type"]?.text == "User")

            // The secret works, is shown once, and is stored as a hash.
            let grant = ["grant_type": "client_credentials"]
            func pair(_ secret: String) -> String { "Basic \(base64("\(uid):\(secret)"))" }
            let token = try await oauth.token(grant, authorization: pair(secret)).accessToken
            let seen = try await world.send("GET", "\(Self.path)/\(id)")
            #expect(seen.status == 200)
            #expect(seen.json?["secret"] == .null)
            #expect(!seen.text.contains(secret))
            let list = try await world.send("GET", Self.path)
            #expect(list.headers["total"] == "2")
            #expect(list.json?.items?.compactMap { $0["name"]?.text } == ["Matrix", "Shop"])

            let changed = try await world.send(
                "PATCH", "\(Self.path)/\(id)", body: Self.body(#""name": "Store", "device": true"#))
            #expect(changed.status == 200, "\(changed.text)")
            #expect(changed.json?["name"]?.text == "Store")
            #expect(changed.json?["device"] == .bool(true))
            #expect(changed.json?["redirect_uri"] == made.json?["redirect_uri"])
            #expect(changed.json?["secret"] == .null)

            let rotated = try await world.send("POST", "\(Self.path)/\(id)/rotate_secret")
            #expect(rotated.status == 200, "\(rotated.text)")
            let second = rotated.json?["secret"]?.text ?? ""
            #expect(try await oauth.token(grant, authorization: pair(secret)).status == 401)
            #expect(try await oauth.token(grant, authorization: pair(second)).status == 200)
            // Tokens outlive a secret, but not the application.
            #expect(try await oauth.get("/api/version", token: token).status == 200)
            let deleted = try await world.send("DELETE", "\(Self.path)/\(id)")
            #expect(deleted.status == 204)
            #expect(deleted.text.isEmpty)
            #expect(try await oauth.get("/api/version", token: token).status == 403)
            #expect(try await world.send("DELETE", "\(Self.path)/\(id)").status == 404)
            let events = try await world.database.read { connection in
                try connection.rows(
                    "SELECT event FROM audits WHERE noun = 'oauth_application' AND subject_id = \(id) ORDER BY id"
                ) { $0.text(0) }
            }
            #expect(events == ["created", "changed", "secret_rotated", "deleted"])
        }
    }

    @Test func anApplicationIsRegisteredOnceHoweverOftenItIsSent() async throws {
        try await APIWorld.with(.sqlite) { world in
            let headers = [("Idempotency-Key", "one")]
            let first = try await world.send("POST", Self.path, headers: headers, body: Self.shop)
            let again = try await world.send("POST", Self.path, headers: headers, body: Self.shop)
            #expect(first.status == 200)
            #expect(again.text == first.text)
            #expect(again.headers["idempotency-replayed"] == "true")
            #expect(try await world.send("GET", Self.path).headers["total"] == "2")
            // The secret is kept sealed.
            let secret = first.json?["secret"]?.text ?? "-"
            let kept = try await world.database.read { connection in
                try connection.rows("SELECT body FROM idempotency_keys") { $0.textOrNil(0) ?? "" }
            }
            #expect(kept.count == 1)
            #expect(kept.allSatisfy { !$0.contains(secret) })
        }
    }

    static let refused = [
        ("", 422, "Name can't be blank."), (#""name": """#, 422, "Name can't be blank."),
        (#""name": "  ""#, 422, "Name can't be blank."), (#""name": 7"#, 422, "name must be text"),
        (#""name": "a\u0007b""#, 422, "control characters"),
        (#""name": "x", "scopes": ["register"]"#, 422, "Only administrators may give"),
        (#""name": "x", "scopes": ["admin_read", "public"]"#, 422, "Only administrators may give"),
        (#""name": "x", "scopes": "public admin_write""#, 422, "Only administrators may give"),
        (#""name": "x", "scopes": ["everything"]"#, 422, "There is no scope everything"),
        (#""name": "x", "scopes": [1]"#, 422, "scopes must be names"),
        (#""name": "x", "scopes": []"#, 422, "Choose at least one scope."),
        (#""name": "x", "redirect_uri": "http://a.example/""#, 422, "must be https"),
        (#""name": "x", "redirect_uri": "https://a.example/#x""#, 422, "fragment"),
        (#""name": "x", "redirect_uri": "javascript:alert(1)""#, 422, "run in the browser"),
        (#""name": "x", "redirect_uri": "https://u@a.example/""#, 422, "user name"),
        (#""name": "x", "redirect_uri": "/callback""#, 422, "must be absolute"),
        (#""name": "x", "redirect_uri": [1]"#, 422, "redirect_uri must be text"),
        (#""name": "x", "redirect_uri": {}"#, 422, "redirect_uri must be a list"),
        (#""name": "x", "confidential": "maybe""#, 422, "confidential must be true or false"),
    ]

    @Test func whatCannotBeRegisteredIsRefused() async throws {
        try await APIWorld.with(.sqlite) { world in
            for (members, status, sentence) in Self.refused {
                let reply = try await world.send("POST", Self.path, body: Self.body(members))
                #expect(reply.status == status, "\(members): \(reply.text)")
                #expect(reply.errors?.joined().contains(sentence) == true, "\(members): \(reply.text)")
            }
            let many = (0...ApplicationLimits.redirectURIsMax).map { "https://a.example/\($0)" }.joined(separator: " ")
            for members in [
                #""name": "x", "redirect_uri": "\#(many)""#,
                #""name": "x", "redirect_uri": "https://a.example/\#(String(repeating: "x", count: 50_000))""#,
                #""name": "\#(String(repeating: "x", count: 101))""#,
            ] {
                #expect(try await world.send("POST", Self.path, body: Self.body(members)).status == 422)
            }
            for body in ["{}", "[]", #"{"doorkeeper_application": 1}"#, #"{"application": {"name": "x"}}"#, "x"] {
                #expect(try await world.send("POST", Self.path, body: body).status == 400, "\(body)")
            }
            #expect(try await world.send("GET", Self.path).headers["total"] == "1")
        }
    }

    @Test(arguments: TestDialect.allCases) func nobodyTakesWhatIsOfStaff(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            // Mass assignment: not refused, as v60 has it, and without effect.
            let sneaky = Self.body(
                #""name": "x", "owner_id": \#(world.shop.stranger.userID ?? 0), "uid": "u", "secret": "s", "id": 1"#
            )
            let made = try await world.send("POST", Self.path, body: sneaky)
            #expect(made.json?["owner_id"]?.whole == world.shop.customer.userID)
            #expect(made.json?["uid"]?.text?.utf8.count == 24)
            let one = "\(Self.path)/\(made.json?["id"]?.whole ?? 0)"
            let patched = try await world.send(
                "PATCH", one, body: Self.body(#""owner_id": null, "scopes": ["register"]"#))
            #expect(patched.status == 422)
            #expect(
                try await world.send("PATCH", one, body: Self.body(#""owner_id": null"#)).json?["owner_id"]?.whole
                    == world.shop.customer.userID)

            // What an administrator gave stays when the owner changes something else, and goes when he wants it.
            let given = try await world.send(
                "PATCH", one, as: .administrator, body: Self.body(#""scopes": ["public", "register"]"#))
            #expect(given.json?["scopes"]?.items?.compactMap(\.text) == ["public", "register"])
            let renamed = try await world.send("PATCH", one, body: Self.body(#""name": "y""#))
            #expect(renamed.json?["scopes"]?.items?.compactMap(\.text) == ["public", "register"])
            let opened = try await world.send("PATCH", one, body: Self.body(#""confidential": false"#))
            #expect(opened.status == 422)
            #expect(try await world.send("PATCH", one, body: Self.body(#""scopes": ["public"]"#)).status == 200)
            #expect(try await world.send("PATCH", one, body: Self.body(#""scopes": ["register"]"#)).status == 422)

            // Others do not even learn that it is there.
            for (method, path) in [
                ("GET", one), ("PATCH", one), ("PUT", one), ("POST", one + "/rotate_secret"), ("DELETE", one),
            ] {
                let reply = try await world.send(method, path, as: .stranger, body: Self.shop)
                let missing = try await world.send(
                    method,
                    path.split(separator: "/").map { Int64($0) == nil ? $0 : "999999" }.reduce("") { $0 + "/" + $1 },
                    as: .stranger, body: Self.shop)
                #expect(reply.status == 404, "\(method) \(path)")
                #expect(reply.text == missing.text)
            }
        }
    }

    @Test(arguments: TestDialect.allCases) func staffReachAllApplications(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let made = try await Self.create(world, as: .administrator)
            #expect(made.json?["owner_id"] == .null)
            let list = try await world.send("GET", Self.path, as: .administrator)
            #expect(list.json?.items?.count == 1)
            let owner = world.shop.stranger.userID ?? 0
            let one = "\(Self.path)/\(made.json?["id"]?.whole ?? 0)"
            let given = try await world.send(
                "PATCH", one, as: .administrator, body: Self.body(#""owner_id": \#(owner)"#))
            #expect(given.json?["owner_id"]?.whole == owner)
            #expect(try await world.send("GET", one, as: .stranger).status == 200)
            let nobody = try await world.send(
                "PATCH", one, as: .administrator, body: Self.body(#""owner_id": 999999"#))
            #expect(nobody.status == 422)
            #expect(nobody.errors == ["owner_id is not the number of an account."])
        }
    }

    @Test(arguments: TestDialect.allCases) func aLostScopeEndsWhatWasGivenWithIt(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let both = try await world.exchange(try await world.code(scope: "project_read profile_read"))
            let one = try await world.exchange(try await world.code(scope: "project_read"))
            let path = "\(Self.path)/\(world.application.id)"
            let reply = try await world.api.send(
                "PATCH", path, as: .administrator, body: Self.body(#""scopes": ["public", "project_read"]"#))
            #expect(reply.status == 200, "\(reply.text)")
            #expect(try await world.get("/api/projects", token: both.accessToken).status == 403)
            #expect(try await world.get("/api/projects", token: one.accessToken).status == 200)
            let refresh = ["grant_type": "refresh_token", "refresh_token": both.refreshToken]
            #expect(try await world.token(refresh).oauthError == "invalid_grant")

            // Who has no secret any more keeps nothing; a new secret is told once.
            let open = try await world.api.send(
                "PATCH", path, as: .administrator, body: Self.body(#""confidential": false"#))
            #expect(open.json?["confidential"] == .bool(false))
            #expect(try await world.get("/api/projects", token: one.accessToken).status == 403)
            #expect(try await world.token(["grant_type": "client_credentials"]).status == 401)
            let rotate = try await world.api.send("POST", path + "/rotate_secret", as: .administrator)
            #expect(rotate.status == 409)
            let closed = try await world.api.send(
                "PATCH", path, as: .administrator, body: Self.body(#""confidential": true"#))
            #expect(IssuedSecret.isWellFormed(closed.json?["secret"]?.text ?? "", .clientSecret))
        }
    }

    @Test(arguments: TestDialect.allCases) func anAccountHasOnlySoMany(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let (max, owner) = (OAuthLimits.applicationsPerAccountMax, world.shop.stranger.userID)
            try await world.database.transaction { tx in
                for index in 1..<max {
                    _ = try Applications.create(
                        ApplicationDraft(name: "\(index)", ownerID: owner), by: .shell, at: SystemWallClock().now(),
                        in: tx)
                }
            }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 { group.addTask { try await Self.create(world, as: .stranger).status } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1, "\(statuses)")
            #expect(statuses.filter { $0 == 422 }.count == 4)
            let page = try await world.send("GET", Self.path + "?page=2&per_page=20", as: .stranger)
            #expect(page.json?.items?.first?["name"]?.text == "21")
            #expect(page.headers["total"] == "\(max)")
        }
    }

    @Test(arguments: TestDialect.allCases) func aPageCostsTheSameHoweverMany(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            func costs() async throws -> [Int] {
                var best = [Int.max, Int.max]
                // Now and then a request also looks up the credentials anew.
                for _ in 0..<4 {
                    for (index, path) in [Self.path, "/api/oauth/authorized_applications"].enumerated() {
                        let before = world.database.counter.count
                        #expect(try await world.send("GET", path).status == 200)
                        best[index] = min(best[index], world.database.counter.count - before)
                    }
                }
                return best
            }
            let (few, owner) = (try await costs(), world.shop.customer.userID)
            try await world.database.transaction { tx in
                for index in 0..<30 {
                    let made = try Applications.create(
                        ApplicationDraft(name: "\(index)", ownerID: owner), by: .shell, at: SystemWallClock().now(),
                        in: tx)
                    try tx.run(
                        """
                        INSERT INTO oauth_grants (application_id, user_id, kind, scopes, created_at)
                        VALUES (\(made.application.id), \(owner), 'code', 'public', 1)
                        """)
                }
            }
            #expect(try await costs() == few)
        }
    }
}
