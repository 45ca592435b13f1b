import API
import Basics
import Contract
import Identity
import OAuth
import SQL
import TestKit
import Testing

/// `POST /api/users`: another system registers a customer.
@Suite struct RegistrationTests {
    private static let names = #""fname":"Ada","lname":"Lovelace""#

    private func register(
        _ world: APIWorld, _ fields: String, _ rest: String = #""provider_username":"ada","provider_server":"web1""#,
        as role: APIWorld.Role = .administrator, headers: [(String, String)] = []
    ) async throws -> APIWorld.Reply {
        let body = "{\"user\":{\(fields)}\(rest.isEmpty ? "" : ",")\(rest)}"
        return try await world.send("POST", "/api/users", as: role, headers: headers, body: body)
    }

    /// The accounts there are.
    private func count(_ world: APIWorld) async throws -> Int64? {
        try await world.database.read { try $0.int("SELECT COUNT(*) FROM users") }
    }

    @Test(arguments: TestDialect.allCases) func aCustomerIsRegisteredAndItsKeyWorks(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let reply = try await register(
                world,
                Self.names + #","email":"Ada@Example.org","locale":"tlh","external_id":"w-7","merge_labels":{"m":1}"#,
                #""provider_username":"ada","provider_server":"web1","provider":"PleSK","labels":{"crm":{"id":7}}"#)
            #expect(reply.status == 201)
            let user = reply.json?["user"]
            #expect(user?["email"] == .string("ada@example.org"))
            #expect(user?["currency"] == .string("USD"))
            #expect(user?["locale"] == .string("en"))
            #expect(user?["external_id"] == .string("w-7"))
            #expect(user?["labels"]?.compact == #"{"crm":{"id":7},"m":1,"plesk":{"web1":"ada"}}"#)
            guard let schema = UserEndpoints.register.about.answerSchema(), let json = reply.json else {
                Issue.record("No schema, or no answer.")
                return
            }
            #expect(ShapeCheck.problems(json, schema, at: "user_register").isEmpty)
            let pair = "\(user?["api"]?["username"]?.text ?? ""):\(user?["api"]?["password"]?.text ?? "")"
            let header = ("Authorization", "Basic \(base64(pair))")
            let own = try await world.send("GET", "/api/users", headers: [header])
            #expect(own.json?["user"]?["email"] == .string("ada@example.org"))
            #expect(own.json?["user"]?["id"] == user?["id"])
            let audits = try await world.database.read { connection in
                try connection.rows(
                    """
                    SELECT event, noun, user_id, ip_addr FROM audits WHERE ip_addr <> '' AND noun <> 'operation'
                        AND user_id = \(world.shop.admin.userID) ORDER BY id
                    """
                ) { "\($0.text(0)) \($0.text(1)) \($0.text(3))" }
            }
            #expect(audits == ["created user 127.0.0.1", "created api_key 127.0.0.1"])
        }
    }

    @Test(arguments: TestDialect.allCases) func aTakenAddressIsReplaced(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            for email in [#""customer@example.test""#, #""CUSTOMER@example.test ""#, "null", #"" ""#] {
                let reply = try await register(
                    world, Self.names + ",\"email\":\(email)", #""provider_username":"A d@a_","provider_server":"w""#)
                #expect(reply.status == 201)
                let made = reply.json?["user"]?["email"]?.text ?? ""
                #expect(made.hasPrefix("ada__") && made.hasSuffix("@berth.test"), "\(made)")
                #expect(made.utf8.count == "ada__0123456789ab@berth.test".utf8.count)
            }
            #expect(try await count(world) == 10)
        }
    }

    @Test(arguments: TestDialect.allCases) func twoAtOnceGetTwoAddresses(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let fields = Self.names + #","email":"twin@example.org""#
            let emails = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await register(world, fields).json?["user"]?["email"]?.text }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(!emails.contains(nil))
            #expect(Set(emails).count == 8)
            #expect(emails.filter { $0 == "twin@example.org" }.count == 1)
        }
    }

    @Test(arguments: TestDialect.allCases) func everythingThatIsWrongIsSaidAtOnce(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let before = try await count(world)
            let reply = try await register(
                world, #""fname":" ","email":"nobody","country":"ZZ","currency":"GBP""#, #""labels":7"#)
            #expect(reply.status == 422)
            #expect(
                reply.errors == [
                    "missing provider settings", "labels must be an object, not 7.", "First name can't be blank.",
                    "Last name can't be blank.",
                    "E-mail must look like name@example.com, at most 254 bytes.",
                    "country must be a country of ISO 3166 in two letters, such as US.",
                    "currency GBP is not available: nothing is priced in it.",
                ])
            let half = try await register(world, Self.names, #""provider_username":"ada""#)
            #expect(half.errors == ["missing provider settings"])
            #expect(try await world.send("POST", "/api/users", as: .administrator, body: "{}").status == 400)
            let first = try await register(world, Self.names + #","external_id":"w-7""#)
            #expect(first.status == 201)
            let second = try await register(world, Self.names + #","external_id":"w-7""#)
            #expect(second.errors == ["external_id has already been taken."])
            #expect(try await count(world) == (before ?? 0) + 1)
        }
    }

    @Test(arguments: TestDialect.allCases) func onlyTheTrustedRegister(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let customer = try await register(world, Self.names, as: .owner)
            #expect(customer.status == 403)
            #expect(customer.errors == ["Only administrators may do this."])
            #expect(try await register(world, Self.names, as: .anonymous).status == 401)
            for (scope, status) in [("public", 403), ("register", 201)] {
                let bearer = try await token(world, scope: scope)
                let reply = try await register(world, Self.names, as: .anonymous, headers: [bearer])
                #expect(reply.status == status, "\(scope): \(reply.text)")
                // An application is nobody: it has no account to look at.
                let own = try await world.send("GET", "/api/users", as: .anonymous, headers: [bearer])
                #expect(own.status == 403)
            }
        }
    }

    @Test func rightsCannotBeAssigned() async throws {
        try await APIWorld.with(.sqlite) { world in
            let reply = try await register(
                world, Self.names + #","is_admin":true,"id":99,"vat":"X","user_group_id":77,"active":false"#)
            #expect(reply.status == 201)
            let made = try await world.database.read { connection in
                try connection.first("SELECT is_admin, active, vat IS NULL FROM users ORDER BY id DESC LIMIT 1") {
                    [$0.int(0), $0.int(1), $0.int(2)]
                }
            }
            #expect(made == [0, 1, 1])
        }
    }

    /// An access token of an application that acts for itself.
    private func token(_ world: APIWorld, scope: String) async throws -> (String, String) {
        let made = try await world.database.transaction { tx in
            try Applications.create(
                ApplicationDraft(
                    name: "Shop \(scope)", redirectURIs: ["https://shop.test/cb"], scopes: [.public, .register]),
                by: .shell, at: SystemWallClock().now(), in: tx)
        }
        let secret = made.secret?.reveal() ?? ""
        let reply = try await world.send(
            "POST", "/api/oauth/token", as: .anonymous,
            body: """
                {"grant_type":"client_credentials","client_id":"\(made.application.uid)","client_secret":"\(secret)",
                 "scope":"\(scope)"}
                """)
        return ("Authorization", "Bearer \(reply.json?["access_token"]?.text ?? "")")
    }
}
