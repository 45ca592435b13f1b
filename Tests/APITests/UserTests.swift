import API
import Basics
import Contract
import Identity
import SQL
import TestKit
import Testing

/// `/api/users`: what an account says about itself.
@Suite struct UserTests {
    private func user(_ world: APIWorld, _ path: String = "/api/users", as role: APIWorld.Role = .owner) async throws
        -> JSONValue?
    {
        try await world.send("GET", path, as: role).json?["user"]
    }

    private func change(
        _ world: APIWorld, _ fields: String, as role: APIWorld.Role = .owner, path: String = "/api/users"
    ) async throws -> APIWorld.Reply {
        try await world.send("PATCH", path, as: role, body: "{\"user\":\(fields)}")
    }

    /// How many changes the audit trail has.
    private func audited(_ world: APIWorld) async throws -> Int64? {
        try await world.database.read { try $0.int("SELECT COUNT(*) FROM audits WHERE event = 'updated'") }
    }

    @Test(arguments: TestDialect.allCases) func anAccountSeesWhatItHas(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let user = try await user(world)
            #expect(user?["email"] == .string("customer@example.test"))
            #expect(user?["currency"]?.compact == #"{"code":"USD","symbol":"$"}"#)
            #expect(user?["billing_plan"]?["name"] == .string("Plan"))
            #expect(
                user?["services"]?.compact == """
                    {"container_images":1,"container_registries":0,"container_services":1,"containers":1,\
                    "dns_zones":0,"projects":1}
                    """)
            #expect(
                user?["quota"]?["containers"]?.compact == #"{"available":99,"current":1,"is_over":false,"quota":100}"#)
            #expect(user?["quota"]?["cr"]?["available"] == .int(20))
            #expect(user?["unprocessed_usage"] == .string("0.0"))
            #expect(user?["labels"] == nil)
            let decoded = try BodyDecoder.decode(UserView.self, from: user ?? .null)
            #expect(decoded.quota.containers.available == 99)
            let stranger = try await self.user(world, as: .stranger)
            #expect(stranger?["services"]?["projects"] == .int(0))
        }
    }

    @Test(arguments: TestDialect.allCases) func aChangeIsStoredAndAudited(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let reply = try await change(
                world,
                """
                {"fname":" Ada ","email":" ADA@Example.Test ","locale":"pt_br","country":"de","zip":12345,"city":"Köln",
                 "company_name":"Analytical","phone":"+49 221 1","c_sftp_pass":false,"address1":"Weg 1"}
                """)
            #expect(reply.status == 200)
            #expect(reply.text == "{}")
            let user = try await user(world)
            #expect(user?["fname"] == .string("Ada"))
            #expect(user?["lname"] == .string("B"))
            // Not before the link that was sent there is opened.
            #expect(user?["email"] == .string("customer@example.test"))
            #expect(user?["locale"] == .string("pt-BR"))
            #expect(user?["country"] == .string("DE"))
            #expect(user?["zip"] == .string("12345"))
            #expect(user?["c_sftp_pass"] == .bool(false))
            let audit = try await world.database.read { connection in
                try connection.rows("SELECT raw_data, ip_addr, user_id FROM audits WHERE event = 'updated'") {
                    ($0.text(0), $0.text(1), $0.int(2))
                }
            }
            #expect(audit.count == 1)
            #expect(
                audit.first?.0 == """
                    {"changed":["fname","locale","company_name","phone","address1","city","zip","country",\
                    "c_sftp_pass"]}
                    """)
            #expect(audit.first?.1 == "127.0.0.1")
            #expect(audit.first?.2 == world.shop.customer.userID)
            // What is named and empty is taken away, what is not named stays, what is the same is no change.
            #expect(try await change(world, #"{"phone":null,"city":" ","zip":"12345"}"#).status == 200)
            let after = try await self.user(world)
            #expect(after?["phone"] == .null)
            #expect(after?["city"] == .null)
            #expect(after?["address1"] == .string("Weg 1"))
            #expect(try await change(world, #"{"zip":"12345"}"#).status == 200)
            #expect(try await audited(world) == 2)
        }
    }

    @Test(arguments: TestDialect.allCases) func everythingThatIsWrongIsSaidAtOnce(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let long = String(repeating: "x", count: 300)
            let reply = try await change(
                world,
                """
                {"fname":" ","lname":7,"email":"stranger@example.test","locale":"klingon","country":"XX",
                 "city":"\(long)","phone":"\(long)","currency":"GBP",
                 "c_sftp_pass":"maybe","address1":"a\\nb","merge_labels":[]}
                """)
            #expect(reply.status == 422)
            #expect(
                reply.errors == [
                    "First name can't be blank.", "lname must be text, not 7.",
                    "phone must not be longer than 32 characters.", "address1 must not contain control characters.",
                    "city must not be longer than 255 characters.",
                    "country must be a country of ISO 3166 in two letters, such as US.",
                    "locale must be a language such as en, or with a country such as pt-BR.",
                    "c_sftp_pass must be true or false, not \"maybe\".", "merge_labels must be an object, not a list.",
                    "currency GBP is not available: nothing is priced in it.", "E-mail has already been taken.",
                ])
            for fields in [#"{"email":""}"#, #"{"email":null}"#, #"{"email":7}"#, #"{"email":"a b@c"}"#] {
                #expect(try await change(world, fields).status == 422, "\(fields)")
            }
            #expect(try await change(world, "[]").status == 400)
            #expect(try await user(world)?["email"] == .string("customer@example.test"))
            #expect(try await audited(world) == 0)
        }
    }

    @Test(arguments: TestDialect.allCases) func rightsCannotBeAssigned(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let id = world.shop.customer.userID ?? 0
            let state: SQL = """
                SELECT is_admin, active, id, user_group_id, labels, vat, external_id, timezone, password_hash
                FROM users WHERE email = 'customer@example.test'
                """
            let read = { @Sendable in
                try await world.database.read { try $0.first(state) { row in (0..<9).map(row.text) } }
            }
            let before = try await read()
            let reply = try await change(
                world,
                """
                {"is_admin":true,"active":false,"id":1,"user_id":1,"user_group_id":77,"labels":{"a":1},"vat":"DE1",
                 "external_id":"other","timezone":"Mars","password":"12345678","password_hash":"x","confirmed_at":null}
                """)
            #expect(reply.status == 200)
            #expect(try await read() == before)
            // Staff may say what another system calls the account, once.
            let path = "/api/users/\(id)"
            let set = try await change(world, #"{"external_id":"whmcs-7"}"#, as: .administrator, path: path)
            #expect(set.status == 200)
            let again = try await change(world, #"{"external_id":"whmcs-7"}"#, as: .administrator)
            #expect(again.errors == ["external_id has already been taken."])
        }
    }

    @Test(arguments: TestDialect.allCases) func labelsAreMergedNameByName(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            #expect(try await change(world, #"{"merge_labels":{"a":{"x":1},"b":1}}"#).status == 200)
            #expect(try await change(world, #"{"merge_labels":{"a":{"y":2}}}"#).status == 200)
            let labels = try await world.database.read { connection in
                try connection.first("SELECT labels FROM users WHERE email = 'customer@example.test'") { $0.text(0) }
            }
            #expect(labels == #"{"a":{"y":2},"b":1}"#)
            let deep = try await change(world, #"{"merge_labels":{"a":[[[[[1]]]]]}}"#)
            #expect(deep.errors == ["merge_labels must not be nested deeper than 5 levels."])
            let large = try await change(
                world, "{\"merge_labels\":{\"c\":\"\(String(repeating: "x", count: 17_000))\"}}")
            #expect(large.status == 422)
        }
    }

    @Test(arguments: TestDialect.allCases) func othersDoNotExist(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let path = "/api/users/\(world.shop.customer.userID ?? 0)"
            #expect(try await world.send("GET", path).status == 200)
            for method in ["GET", "PUT", "PATCH"] {
                let body = method == "GET" ? nil : #"{"user":{"city":"X"}}"#
                let refused = try await world.send(method, path, as: .stranger, body: body)
                #expect(refused.status == 404)
                #expect(refused.errors == ["Unknown user."])
                #expect(try await world.send(method, "/api/users/999", as: .administrator, body: body).status == 404)
                #expect(try await world.send(method, path, as: .administrator, body: body).status == 200)
            }
            #expect(try await user(world)?["city"] == .string("X"))
        }
    }

    /// A letter of any alphabet in an address either is taken or refused; what the database calls lower case is not
    /// always what we do.
    @Test(arguments: TestDialect.allCases) func strangeLettersAreNoFailure(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            for letters in ["İ", "ẞ", "ǅ", "Ω", "Ⓐ", "𐐀", "Ꟁ", "Ა", "ΑΣ"] {
                let reply = try await change(world, "{\"email\":\"\(letters)@example.test\"}")
                #expect([200, 422].contains(reply.status), "\(letters): \(reply.text)")
                // Staff's word counts at once; and the next one's letters are not too many.
                let id = world.shop.customer.userID ?? 0
                let body = "{\"user\":{\"email\":\"staff\(letters)@example.test\"}}"
                let direct = try await world.send("PATCH", "/api/users/\(id)", as: .administrator, body: body)
                #expect([200, 422].contains(direct.status), "\(letters): \(direct.text)")
                try await world.age(seconds: 3601)
            }
        }
    }
}
