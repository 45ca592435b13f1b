import Basics
import Identity
import SQL
import TestKit
import Testing

/// Strangers make themselves an account.
@Suite struct SignUpTests {
    private static let fields = [("first_name", "Ada"), ("last_name", "Lovelace"), ("email", " Ada@Example.org ")]

    @discardableResult
    private static func register(
        _ browser: Browser, _ fields: [(String, String)] = fields, password: String = "long enough"
    ) async throws -> APIWorld.Reply {
        try await browser.get("/register")
        return try await browser.submit("/register", fields + [("password", password)])
    }

    @Test(arguments: TestDialect.allCases)
    func anAddressIsConfirmedByItsLinkAndThePassword(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            #expect(try await Self.register(browser).status == 200)
            let mail = try await mailbox.deliver()
            #expect(mail.map(\.to) == ["ada@example.org"])
            #expect(mail.map(\.subject) == ["Please confirm your e-mail address"])
            #expect(mail.first?.text.contains("Hello Ada,") == true)
            #expect(mail.first?.link.hasPrefix("/account/confirm?token=bth_ml_") == true)
            // Nobody signs in before.
            #expect(try await browser.signIn("ada@example.org", "long enough").status == 422)
            // Programs that look at links use nothing up.
            let link = mail.first?.link ?? ""
            for _ in 0..<2 { #expect(try await browser.get(link).status == 200) }
            #expect(try await browser.submit("/account/confirm", [("password", "another one")]).status == 422)
            #expect(try await browser.submit("/account/confirm", [("password", "long enough")]).status == 303)
            #expect(await browser.location == "/account?done=confirmed")
            #expect(try await browser.get("/account").text.contains("ada@example.org"))
            #expect(try await browser.get(link).status == 400)
            let another = Browser(world)
            #expect(try await another.signIn("ada@example.org", "long enough").status == 303)
            #expect(try await world.events() == ["registered", "confirmed"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whoHasAnAccountIsWrittenToAndNothingElseHappens(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            let new = try await Self.register(browser)
            let fields = [("first_name", "E"), ("last_name", "Vil"), ("email", APIWorld.customer)]
            let known = try await Self.register(browser, fields)
            #expect(known.status == new.status && known.text == new.text)
            let mail = try await mailbox.deliver().filter { $0.to == APIWorld.customer }
            #expect(mail.map(\.subject) == ["You have an account already"])
            #expect(mail.first?.link.hasPrefix("/password/reset?token=") == true)
            #expect(try await browser.signIn(APIWorld.customer, "long enough").status == 422)
            #expect(try await browser.signIn().status == 303)
            let name = try await world.database.read {
                try $0.first("SELECT first_name FROM users WHERE email = \(APIWorld.customer)") { $0.text(0) }
            }
            #expect(name != "E")
        }
    }

    @Test func whoRegistersForOthersGetsNothing() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, mailbox in
            // The owner, then somebody else with another password: the link alone opens nothing.
            try await Self.register(browser, password: "the owner's")
            try await Self.register(Browser(world), password: "the intruder's")
            let mail = try await mailbox.deliver()
            #expect(mail.count == 2)
            for each in mail {
                try await browser.get(each.link)
                #expect(try await browser.submit("/account/confirm", [("password", "the owner's")]).status == 422)
            }
            // A new password, by mail, makes it the owner's.
            try await browser.get("/password/forgot")
            try await browser.submit("/password/forgot", [("email", "ada@example.org")])
            try await browser.get(try await mailbox.deliver().first?.link ?? "")
            #expect(try await browser.submit("/password/reset", [("new_password", "mine again")]).status == 200)
            #expect(try await browser.signIn("ada@example.org", "the intruder's").status == 422)
            #expect(try await browser.signIn("ada@example.org", "mine again").status == 303)
        }
    }

    @Test func whatIsWrongIsSaidAtOnceAndNothingIsSent() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, mailbox in
            let reply = try await Self.register(
                browser, [("first_name", " "), ("last_name", ""), ("email", "nowhere")], password: "short")
            #expect(reply.status == 422)
            for part in ["First name", "Last name", "must look like", "8 to 128"] {
                #expect(reply.text.contains(part), "\(part)")
            }
            for address in ["\"a b\"@x.test", "<a>@x.test", "a,b@x.test", "a@x_y.test", "a@x..test"] {
                let fields = [("first_name", "A"), ("last_name", "B"), ("email", address)]
                #expect(try await Self.register(browser, fields).status == 422, "\(address)")
            }
            let long = String(repeating: "x", count: 129)
            #expect(try await Self.register(browser, password: long).status == 422)
            #expect(try await mailbox.deliver().isEmpty)
            // A name that is an advertisement is not sent on.
            try await Self.register(
                browser, [("first_name", "Win at http://evil.example"), ("last_name", "x"), ("email", "v@x.test")])
            #expect(try await mailbox.deliver().first?.text.contains("evil") == false)
        }
    }

    @Test func theProviderDecides() async throws {
        try await APIWorld.withPeople(.sqlite, registration: false) { _, browser, _ in
            let page = try await browser.get("/register")
            #expect(page.status == 404)
            #expect(try await browser.get("/login").text.contains("/register") == false)
            #expect(try await browser.submit("/register", Self.fields + [("password", "long enough")]).status == 404)
        }
    }
}
