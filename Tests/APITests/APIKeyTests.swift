import API
import Basics
import Contract
import Identity
import SQL
import TestKit
import Testing

/// `/api/users/api_keys`: keys with a name, and what they are good for.
@Suite struct APIKeyTests {
    private static let path = "/api/users/api_keys"

    private func make(
        _ world: APIWorld, _ fields: String, as role: APIWorld.Role = .owner
    ) async throws -> APIWorld.Reply {
        try await world.send("POST", Self.path, as: role, body: "{\"api_key\":{\(fields)}}")
    }

    /// A key that works, and its id.
    private func key(
        _ world: APIWorld, _ fields: String, as role: APIWorld.Role = .owner
    ) async throws -> (header: (String, String), id: Int64) {
        let reply = try await make(world, #""name":"k","# + fields, as: role)
        try #require(reply.status == 201, "\(reply.text)")
        guard case .int(let id)? = reply.json?["api_key"]?["id"], let key = reply.json?["key"]?.text else {
            throw Fault(.bug, reply.text)
        }
        return (("Authorization", "Bearer \(key)"), id)
    }

    private func status(
        _ world: APIWorld, _ path: String, _ header: (String, String), method: String = "GET", body: String? = nil
    ) async throws -> Int {
        try await world.send(method, path, headers: [header], body: body).status
    }

    @Test(arguments: TestDialect.allCases) func aKeyIsGoodForItsScopes(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let reply = try await make(
                world,
                """
                "name":" CI ","scopes":["projects_read","profile_read"],"addresses":["127.0.0.0/8","::1"],
                "expires_at":"2099-01-01T01:00:00.5+01:00"
                """)
            #expect(reply.status == 201)
            guard let json = reply.json, let schema = APIKeyEndpoints.create.about.answerSchema() else {
                Issue.record("No answer, or no schema.")
                return
            }
            #expect(ShapeCheck.problems(json, schema, at: "api_key_create").isEmpty)
            let made = json["api_key"]
            #expect(made?["name"] == .string("CI"))
            #expect(made?["scopes"]?.compact == #"["profile_read","project_read"]"#)
            #expect(made?["addresses"]?.compact == #"["127.0.0.0/8","::1"]"#)
            #expect(made?["expires_at"] == .string("2099-01-01T00:00:00.500Z"))
            let text = json["key"]?.text ?? ""
            #expect(IssuedSecret.isWellFormed(text, .apiKey))
            let header = ("Authorization", "Bearer \(text)")
            #expect(try await status(world, "/api/projects", header) == 200)
            #expect(try await status(world, "/api/users", header) == 200)
            let order = try await world.send("GET", "/api/orders", headers: [header])
            #expect(order.status == 403)
            #expect(order.headers["www-authenticate"]?.contains("insufficient_scope") == true)
            let change = #"{"user":{"city":"X"}}"#
            #expect(try await status(world, "/api/users", header, method: "PATCH", body: change) == 403)
            // The secret is nowhere but in that answer.
            let stored = try await world.database.read { connection in
                try connection.rows("SELECT username, secret_sha256 FROM api_keys") { $0.text(0) + $0.text(1) }
            }
            #expect(!stored.contains { $0.contains(text) })
            let list = try await world.send("GET", Self.path)
            #expect(list.headers["total"] == "2")
            #expect(list.json?["api_keys"]?.items?.first?["name"] == .string("CI"))
            #expect(!list.text.contains("bth_key_"))
        }
    }

    @Test(arguments: TestDialect.allCases) func everythingThatIsWrongIsSaidAtOnce(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let reply = try await make(
                world,
                """
                "name":" ","scopes":["register","shout"],"project_id":999,"expires_at":"2020-01-01T00:00:00Z",
                "addresses":["10.0.0.7/8","x",7,"10.0.0.0/33"],"scope":"public"
                """)
            #expect(reply.status == 422)
            let scopes = Scope.allCases.map(\.rawValue).joined(separator: ", ")
            #expect(
                reply.errors == [
                    "scope is not known here; an API key has: addresses, expires_at, name, project_id, scopes.",
                    "Name can't be blank.", "scopes must be among \(scopes), not \"shout\".",
                    "scopes may name register for administrators only.",
                    "scopes cannot name register for a key limited to a project.",
                    "addresses are not understood: \"10.0.0.7/8\" has bits set behind its prefix.",
                    "addresses are not understood: \"x\" is neither an IP address nor a network such as 10.0.0.0/8.",
                    "addresses must be texts, not 7.",
                    "addresses are not understood: \"10.0.0.0/33\" must have a number from 0 to 32 behind the slash.",
                    "expires_at must be a time to come, such as 2031-12-31T00:00:00Z.",
                    "project_id is not a project of yours.",
                ])
            #expect(try await world.send("POST", Self.path, body: "{}").status == 400)
            let outside = try await world.send(
                "POST", Self.path, body: #"{"api_key":{"name":"a","scopes":["public"]},"projects":[1]}"#)
            #expect(outside.status == 422)
            #expect(try await make(world, #""name":"a","scopes":[]"#).status == 422)
            #expect(try await make(world, #""name":"a","scopes":"public""#).status == 422)
            let empty = try await make(world, #""name":"a","scopes":["public"],"project_id":"","expires_at":" ""#)
            #expect(
                empty.errors == [
                    "project_id must not be empty; leave it out for a key without this limit.",
                    "expires_at must not be empty; leave it out for a key without this limit.",
                ])
            // Another's project does not exist.
            let foreign = try await make(
                world, "\"name\":\"a\",\"scopes\":[\"public\"],\"project_id\":\(world.things.project)", as: .stranger)
            #expect(foreign.errors == ["project_id is not a project of yours."])
            let count = try await world.database.read {
                try $0.int("SELECT COUNT(*) FROM api_keys WHERE name IS NOT NULL")
            }
            #expect(count == 1)
        }
    }

    @Test(arguments: TestDialect.allCases) func tokensCannotManageKeys(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let (header, id) = try await key(
                world, #""scopes":["profile_read","profile_write","admin_read","admin_write"]"#, as: .administrator)
            let body = #"{"api_key":{"name":"more","scopes":["order_write"]}}"#
            #expect(try await status(world, Self.path, header) == 403)
            #expect(try await status(world, Self.path, header, method: "POST", body: body) == 403)
            #expect(try await status(world, "\(Self.path)/\(id)", header) == 403)
            #expect(try await status(world, "\(Self.path)/\(id)", header, method: "DELETE") == 403)
            // What it may otherwise do as staff, it may.
            let customer = "/api/users/\(world.shop.customer.userID ?? 0)"
            #expect(try await status(world, customer, header) == 200)
        }
    }

    @Test(arguments: TestDialect.allCases) func whatEndsAKeyEndsItAtOnce(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let (header, id) = try await key(world, #""scopes":["project_read"]"#)
            let other = try await key(world, #""scopes":["project_read"]"#)
            #expect(try await status(world, "/api/projects", header) == 200)
            #expect(try await world.send("DELETE", "\(Self.path)/\(id)", as: .stranger).status == 404)
            #expect(try await world.send("GET", "\(Self.path)/\(id)", as: .stranger).status == 404)
            #expect(try await status(world, "/api/projects", header) == 200)
            #expect(try await world.send("DELETE", "\(Self.path)/\(id)").status == 202)
            let refused = try await world.send("GET", "/api/projects", headers: [header])
            #expect(refused.status == 403)
            #expect(refused.headers["www-authenticate"] == #"Bearer realm="Berth", error="invalid_token""#)
            #expect(try await world.send("DELETE", "\(Self.path)/\(id)").status == 404)
            #expect(try await world.send("GET", "\(Self.path)/\(id)").status == 404)
            // A new pair ends the old pair, and no named key.
            let userID = world.shop.customer.userID ?? 0
            let now = SystemWallClock().now()
            try await world.database.transaction { tx in
                _ = try APIKeys.create(forUser: userID, by: .shell, at: now, in: tx)
            }
            #expect(try await world.send("GET", "/api/projects").status == 401)
            #expect(try await status(world, "/api/projects", other.header) == 200)
            for active in [false, true] {
                try await world.database.transaction { tx in
                    try Accounts.setActive(active, id: userID, by: .shell, at: now, in: tx)
                }
                #expect(try await status(world, "/api/projects", other.header) == (active ? 200 : 403))
            }
            try await world.database.transaction { tx in
                try tx.run("UPDATE api_keys SET expires_at = 1 WHERE id = \(other.id)")
                try tx.wake(.identity)
            }
            #expect(try await status(world, "/api/projects", other.header) == 403)
        }
    }

    /// The public id and the secret of a named key are no pair: that would have all of the account's rights.
    @Test(arguments: TestDialect.allCases) func aNamedKeyIsNoPair(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let (header, id) = try await key(world, #""scopes":["public"]"#)
            let username = try await world.database.read { connection in
                try connection.first("SELECT username FROM api_keys WHERE id = \(id)") { $0.text(0) }
            }
            let pair = "\(username ?? ""):\(header.1.dropFirst(7))"
            #expect(try await status(world, "/api/projects", ("Authorization", "Basic \(base64(pair))")) == 401)
            let wrong = ("Authorization", String(header.1.dropLast()) + (header.1.last == "0" ? "1" : "0"))
            #expect(try await status(world, "/api/locations", wrong) == 403)
        }
    }

    @Test(arguments: TestDialect.allCases) func aKeyOfFormerStaffIsACustomers(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let (header, _) = try await key(
                world, #""scopes":["register","admin_read","profile_read"]"#, as: .administrator)
            let customer = "/api/users/\(world.shop.customer.userID ?? 0)"
            let body = UserEndpoints.register.about.example
            #expect(try await status(world, customer, header) == 200)
            #expect(try await status(world, "/api/users", header, method: "POST", body: body) == 201)
            try await world.database.transaction { tx in
                try tx.run("UPDATE users SET is_admin = 0")
                try tx.wake(.identity)
            }
            #expect(try await status(world, customer, header) == 404)
            #expect(try await status(world, "/api/users", header, method: "POST", body: body) == 403)
        }
    }

    @Test(arguments: TestDialect.allCases) func aKeyIsUsedFromItsAddressesOnly(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let elsewhere = try await key(world, #""scopes":["project_read"],"addresses":["192.0.2.0/24","::/0"]"#)
            for _ in 0..<2 {
                let refused = try await world.send("GET", "/api/projects", headers: [elsewhere.header])
                #expect(refused.status == 403)
                #expect(refused.errors == ["The access token is not valid."])
            }
            let here = try await key(world, #""scopes":["project_read"],"addresses":["127.0.0.1"]"#)
            for _ in 0..<2 { #expect(try await status(world, "/api/projects", here.header) == 200) }
            // What was refused was no use.
            await world.authenticator.writeUses()
            let used = try await world.database.read { connection in
                try connection.rows("SELECT id FROM api_keys WHERE last_used_at IS NOT NULL AND name IS NOT NULL") {
                    $0.int(0)
                }
            }
            #expect(used == [here.id])
            let view = try await world.send("GET", "\(Self.path)/\(here.id)")
            #expect(view.json?["api_key"]?["last_used_at"]?.text != nil)
        }
    }

    @Test(arguments: TestDialect.allCases) func anAccountHasOnlySoMany(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            try await world.database.transaction { tx in
                for number in 1..<50 {
                    try tx.run(
                        """
                        INSERT INTO api_keys (user_id, username, secret_sha256, name, created_at)
                        VALUES (\(world.shop.customer.userID), \("u\(number)"), \("s\(number)"), 'n', 1)
                        """)
                }
            }
            let reply = try await make(world, #""name":"a","scopes":["public"]"#)
            #expect(reply.errors == ["An account has at most 50 named API keys. Delete one that is not used."])
        }
    }
}
