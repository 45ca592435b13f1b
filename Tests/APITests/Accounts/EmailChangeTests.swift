import Basics
import Identity
import SQL
import TestKit
import Testing

/// Another e-mail address for an account.
@Suite struct EmailChangeTests {
    private static func email(_ world: APIWorld) async throws -> String? {
        let id = world.shop.customer.userID ?? 0
        return try await world.database.read { try Accounts.find(id: id, on: $0)?.email }
    }

    private static func patch(
        _ world: APIWorld, _ email: String, as role: APIWorld.Role = .owner
    ) async throws -> APIWorld.Reply {
        let id = world.shop.customer.userID ?? 0
        return try await world.send("PATCH", "/api/users/\(id)", as: role, body: "{\"user\":{\"email\":\"\(email)\"}}")
    }

    @Test(arguments: TestDialect.allCases)
    func theNewAddressCountsWhenItsLinkWasOpened(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            try await browser.signIn()
            try await browser.get("/account/email")
            let wrong = try await browser.submit("/account/email", [("email", "new@example.test"), ("password", "x")])
            #expect(wrong.status == 422)
            for bad in ["nowhere", APIWorld.customer, "stranger@example.test"] {
                let reply = try await browser.submit(
                    "/account/email", [("email", bad), ("password", APIWorld.password)])
                #expect(reply.status == 422, "\(bad)")
            }
            let done = try await browser.submit(
                "/account/email", [("email", "New@example.test"), ("password", APIWorld.password)])
            #expect(done.headers["location"] == "/account?done=email")
            #expect(try await Self.email(world) == APIWorld.customer)
            #expect(try await browser.get("/account").text.contains("new@example.test"))
            let mail = try await mailbox.deliver()
            #expect(mail.map(\.to) == ["new@example.test", APIWorld.customer])
            #expect(mail.last?.text.contains("new@example.test") == true)
            // The link is enough: it need not be opened where one is signed in.
            let phone = Browser(world)
            let link = mail.first?.link ?? ""
            for _ in 0..<2 { #expect(try await phone.get(link).status == 200) }
            #expect(try await Self.email(world) == APIWorld.customer)
            #expect(try await phone.submit("/account/email/confirm", []).status == 200)
            #expect(try await Self.email(world) == "new@example.test")
            #expect(try await phone.get(link).status == 400)
            let told = try await mailbox.deliver()
            #expect(told.map(\.to) == [APIWorld.customer])
            #expect(told.map(\.subject) == ["Your account has another e-mail address"])
            #expect(try await phone.signIn("new@example.test").status == 303)
            #expect(try await world.events() == ["email_change_asked", "email_changed"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func overTheAPIItIsTheSameAndStaffNeedNoLink(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            #expect(try await Self.patch(world, "new@example.test").status == 200)
            #expect(try await Self.email(world) == APIWorld.customer)
            let mail = try await mailbox.deliver()
            #expect(mail.map(\.to) == ["new@example.test", APIWorld.customer])
            // Of two, the last one asked for counts.
            #expect(try await Self.patch(world, "newer@example.test").status == 200)
            #expect(try await browser.get(mail.first?.link ?? "").status == 400)
            // Somebody else takes the address meanwhile.
            let last = try await mailbox.deliver().first?.link ?? ""
            try await world.database.transaction {
                try $0.run("UPDATE users SET email = 'newer@example.test' WHERE email = 'stranger@example.test'")
            }
            try await browser.get(last)
            #expect(try await browser.submit("/account/email/confirm", []).status == 400)
            #expect(try await Self.email(world) == APIWorld.customer)
            #expect(try await Self.patch(world, "staff@example.test", as: .administrator).status == 200)
            #expect(try await Self.email(world) == "staff@example.test")
            #expect(try await mailbox.deliver().map(\.to) == [APIWorld.customer])
        }
    }

    @Test func aNewPasswordEndsAChangeThatAnIntruderBegan() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, mailbox in
            #expect(try await Self.patch(world, "evil@example.test").status == 200)
            let link = try await mailbox.deliver().first?.link ?? ""
            try await browser.get("/password/forgot")
            try await browser.submit("/password/forgot", [("email", APIWorld.customer)])
            try await browser.get(try await mailbox.deliver().first?.link ?? "")
            #expect(try await browser.submit("/password/reset", [("new_password", "mine again")]).status == 200)
            #expect(try await browser.get(link).status == 400)
            for _ in 0..<5 { _ = try await Self.patch(world, "a\(Random.token(5))@example.test") }
            #expect(try await Self.patch(world, "last@example.test").status == 429)
        }
    }
}
