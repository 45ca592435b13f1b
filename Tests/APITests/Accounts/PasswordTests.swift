import Basics
import Identity
import SQL
import TestKit
import Testing

/// Passwords that are forgotten, and changed.
@Suite struct PasswordTests {
    @discardableResult
    private static func forgot(_ browser: Browser, _ email: String) async throws -> APIWorld.Reply {
        try await browser.get("/password/forgot")
        return try await browser.submit("/password/forgot", [("email", email)])
    }

    @Test(arguments: TestDialect.allCases)
    func aForgottenPasswordIsChosenAnewByMail(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            let other = Browser(world)
            try await other.signIn()
            #expect(try await other.isSignedIn())
            try await Self.forgot(browser, "CUSTOMER@example.test")
            try await Self.forgot(browser, APIWorld.customer)
            let mail = try await mailbox.deliver()
            #expect(mail.map(\.to) == [APIWorld.customer, APIWorld.customer])
            let links = mail.map(\.link)
            // Wrong guesses have locked the account; the owner comes back in by the link.
            for _ in 0..<5 { try await browser.signIn(APIWorld.customer, "wrong") }
            #expect(try await browser.signIn().status == 422)
            #expect(try await browser.get(links[0]).status == 200)
            #expect(try await browser.submit("/password/reset", [("new_password", "short")]).status == 422)
            #expect(try await browser.submit("/password/reset", [("new_password", "a new password")]).status == 200)
            #expect(try await other.isSignedIn() == false)
            #expect(try await browser.signIn().status == 422)
            #expect(try await browser.signIn(APIWorld.customer, "a new password").status == 303)
            // Once, and the other link of the kind with it.
            for link in links { #expect(try await Browser(world).get(link).status == 400) }
            let told = try await mailbox.deliver()
            #expect(told.map(\.subject) == ["Your password was changed"])
            #expect(try await world.events() == ["password_reset"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func nobodyLearnsWhetherThereIsAnAccount(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            var statements: [Int] = []
            var pages: Set<String> = []
            for email in [APIWorld.customer, "nobody@example.test", "suspended@example.test"] {
                try await browser.get("/password/forgot")
                let before = world.database.counter.count
                let reply = try await browser.submit("/password/forgot", [("email", email)])
                statements.append(world.database.counter.count - before)
                #expect(reply.status == 200)
                pages.insert(reply.text)
            }
            #expect(pages.count == 1)
            #expect(Set(statements).count == 1, "\(statements)")
            #expect(try await mailbox.deliver().map(\.to) == [APIWorld.customer])
        }
    }

    @Test func aMailboxIsNotFilled() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, mailbox in
            for _ in 0..<7 { try await Self.forgot(browser, APIWorld.customer) }
            #expect(try await mailbox.deliver().count == 5)
            #expect(try await Self.forgot(browser, "no address").status == 422)
            // An hour later they are too old, and there may be others.
            let link = try await { () async throws -> String in
                try await world.age(seconds: 3601)
                try await Self.forgot(browser, APIWorld.customer)
                return try await mailbox.deliver().first?.link ?? ""
            }()
            #expect(try await browser.get(link).status == 200)
            try await world.age(seconds: 3601)
            #expect(try await browser.get(link).status == 400)
            // A link is for one thing.
            let token = link.split(separator: "=").last ?? ""
            for path in ["/account/confirm", "/account/email/confirm"] {
                #expect(try await browser.get("\(path)?token=\(token)").status == 400)
            }
        }
    }

    @Test func aRequestThatIsWorkedOnTwiceGivesOneLetter() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, mailbox in
            try await Self.forgot(browser, APIWorld.customer)
            #expect(try await mailbox.deliver().count == 1)
            // We died before the delivery was on record.
            try await world.database.transaction {
                try $0.run("UPDATE outbox SET state = 'waiting' WHERE kind = 'account.link'")
            }
            #expect(try await mailbox.deliver().isEmpty)
        }
    }

    @Test(arguments: TestDialect.allCases) func aPasswordIsChangedByItsOwner(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            let other = Browser(world)
            try await other.signIn()
            try await browser.signIn()
            try await browser.get("/account/password")
            let before = await browser.kept
            let wrong = try await browser.submit(
                "/account/password", [("password", "wrong"), ("new_password", "a new password")])
            #expect(wrong.status == 422)
            let done = try await browser.submit(
                "/account/password", [("password", APIWorld.password), ("new_password", "a new password")])
            #expect(done.headers["location"] == "/account?done=password")
            // This browser goes on with another token; the old one is worth nothing.
            #expect(try await browser.get("/account?done=password").text.contains("Your password was changed."))
            #expect(try await other.isSignedIn() == false)
            await other.take(before)
            #expect(try await other.isSignedIn() == false)
            #expect(try await mailbox.deliver().map(\.subject) == ["Your password was changed"])
            #expect(try await other.signIn(APIWorld.customer, "a new password").status == 303)
        }
    }

    @Test func formsOfOthersAreRefused() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, mailbox in
            // Without the page there is no form token.
            for path in ["/password/forgot", "/register"] {
                #expect(try await Browser(world).submit(path, [("email", APIWorld.customer)]).status == 422)
            }
            try await browser.signIn()
            let attack = [("password", APIWorld.password), ("new_password", "a new password"), ("session", "others")]
            for path in ["/account/password", "/account/email", "/account/sessions", "/logout"] {
                try await browser.get("/login")
                #expect(try await browser.submit(path, attack).status == 403, "\(path)")
                try await browser.get("/account")
                let cross = try await browser.submit(path, attack, headers: [("Sec-Fetch-Site", "cross-site")])
                #expect(cross.status == 403)
            }
            #expect(try await mailbox.deliver().isEmpty)
            for path in ["/account", "/account/password", "/account/email", "/account/sessions"] {
                let reply = try await Browser(world).get(path)
                #expect(reply.headers["location"] == "/login?return=\(FormText.encode(path))")
            }
            #expect(try await browser.get("/account/nothing").status == 404)
        }
    }
}
