import API
import Basics
import Identity
import SQL
import TestKit
import Testing

/// Letters to those who are invited, and the page where they answer.
@Suite struct InvitationTests {
    private static let guest = "stranger@example.test"

    @discardableResult
    private static func invite(
        _ world: APIWorld, _ email: String = guest, as role: APIWorld.Role = .owner
    ) async throws -> APIWorld.Reply {
        try await world.send(
            "POST", "/api/projects/\(world.things.project)/collaborators", as: role,
            body: JSONValue.object(["collaborator": .object(["user_email": .string(email)])]).compact)
    }

    private static func takeBack(_ world: APIWorld, _ invited: APIWorld.Reply) async throws {
        let id = invited.json?["collaboration"]?["id"]?.text?.prefix { $0 != "-" } ?? ""
        let reply = try await world.send(
            "DELETE", "/api/projects/\(world.things.project)/collaborators/\(id)")
        #expect(reply.status == 202)
    }

    /// The stranger, signed in.
    private static func guestBrowser(_ world: APIWorld) async throws -> Browser {
        let hash = try Passwords.hash(Secret(APIWorld.password), cost: .least)
        try await world.database.transaction { tx in
            guard let id = try tx.int("SELECT id FROM users WHERE email = \(guest)") else { return }
            try Passwords.store(hash, forUser: id, at: SystemWallClock().now(), in: tx)
        }
        let browser = Browser(world)
        #expect(try await browser.signIn(guest).status == 303)
        return browser
    }

    private static func seesProject(_ world: APIWorld) async throws -> Bool {
        try await world.send("GET", "/api/projects/\(world.things.project)", as: .stranger).status == 200
    }

    @Test(arguments: TestDialect.allCases) func theInvitedGetALetterAndAcceptOnThePage(dialect: TestDialect)
        async throws
    {
        try await APIWorld.withPeople(dialect) { world, _, mailbox in
            try await Self.invite(world)
            let mail = try await mailbox.deliver()
            #expect(mail.map(\.to) == [Self.guest])
            #expect(mail.first?.text.contains(APIWorld.customer) == true)
            #expect(mail.first?.subject == "You were invited to a project")
            let link = mail.first?.link ?? ""
            let anonymous = try await Browser(world).get(link)
            #expect(anonymous.status == 303)
            #expect(anonymous.headers["location"]?.hasPrefix("/login?return=") == true)
            let guest = try await Self.guestBrowser(world)
            let page = try await guest.get(link)
            #expect(page.status == 200 && page.text.contains("You were invited"))
            let name = String(link.split(separator: "/").last ?? "")
            #expect(try await !Self.seesProject(world))
            let done = try await guest.submit(
                "/account/collaborations", [("collaboration", name), ("answer", "accept")])
            #expect(done.headers["location"] == "/account/collaborations?done=accepted")
            #expect(try await Self.seesProject(world))
            #expect(try await guest.get("/account/collaborations").text.contains("Leave"))
            let left = try await guest.submit(
                "/account/collaborations", [("collaboration", name), ("answer", "leave")])
            #expect(left.headers["location"] == "/account/collaborations?done=left")
            #expect(try await !Self.seesProject(world))
            #expect(try await guest.get(link).status == 404)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func nobodyElseAnswersAndWhatWasTakenBackSaysSo(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, owner, mailbox in
            let invited = try await Self.invite(world)
            let link = try await mailbox.deliver().first?.link ?? ""
            let name = String(link.split(separator: "/").last ?? "")
            try await owner.signIn()
            #expect(try await owner.get(link).status == 404)
            // A page with a form, and so with what proves that a form is of this session.
            try await owner.get("/account/password")
            let foreign = try await owner.submit(
                "/account/collaborations", [("collaboration", name), ("answer", "accept")])
            #expect(foreign.status == 404)
            let guest = try await Self.guestBrowser(world)
            try await guest.get("/account/collaborations")
            let nonsense = try await guest.submit(
                "/account/collaborations", [("collaboration", name), ("answer", "perhaps")])
            #expect(nonsense.status == 400)
            try await Self.takeBack(world, invited)
            let gone = try await guest.get(link)
            #expect(gone.status == 404 && gone.text.contains("taken back"))
            try await guest.get("/account/password")
            let late = try await guest.submit(
                "/account/collaborations", [("collaboration", name), ("answer", "accept")])
            #expect(late.status == 404)
            #expect(try await !Self.seesProject(world))
        }
    }

    @Test(arguments: TestDialect.allCases) func whatIsRefusedWritesNoLetter(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, _, mailbox in
            for email in ["nobody@example.test", APIWorld.customer, "x", ""] {
                #expect(try await Self.invite(world, email).status == 422, "\(email)")
            }
            #expect(try await Self.invite(world, as: .stranger).status == 404)
            #expect(try await mailbox.deliver().isEmpty)
            try await Self.invite(world)
            #expect(try await mailbox.deliver().count == 1)
            // Once more, while it is open.
            #expect(try await Self.invite(world).status >= 400)
            #expect(try await mailbox.deliver().isEmpty)
        }
    }

    @Test(arguments: TestDialect.allCases) func nobodysMailboxIsFilledByInviting(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, _, mailbox in
            for _ in 0..<InvitationLetters.Limits.perPairMax {
                let invited = try await Self.invite(world)
                #expect(invited.status == 201)
                try await Self.takeBack(world, invited)
            }
            let refused = try await Self.invite(world)
            #expect(refused.status == 429)
            #expect((Int(refused.headers["retry-after"] ?? "") ?? 0) > 3000)
            #expect(try await mailbox.deliver().count == Int(InvitationLetters.Limits.perPairMax))
            let rows = try await world.database.read {
                try $0.int(
                    """
                    SELECT COUNT(*) FROM project_collaborators c JOIN users u ON u.id = c.user_id
                    WHERE u.email = \(Self.guest)
                    """)
            }
            #expect(rows == 0)
        }
    }

    /// What a customer calls himself and his project is not sent on as it is when it reads like something else.
    @Test func namesDoNotWriteLetters() async throws {
        try await APIWorld.withPeople(.sqlite) { world, _, mailbox in
            let bad = "Win now https://evil.test\r\nBcc: all@example.test"
            try await world.database.transaction {
                try $0.run("UPDATE users SET first_name = \(bad) WHERE email = \(APIWorld.customer)")
                try $0.run("UPDATE projects SET name = \(bad)")
            }
            try await Self.invite(world)
            let text = try await mailbox.deliver().first?.text ?? ""
            #expect(text.contains("a project whose name you see there"))
            #expect(!text.contains("evil.test") && !text.contains("all@example.test"))
        }
    }

    @Test func everyPageLeadsToTheOthers() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, _ in
            try await browser.signIn()
            var links: Set<String> = ["/account"]
            var seen: Set<String> = []
            while let path = links.subtracting(seen).min() {
                seen.insert(path)
                let page = try await browser.get(path, headers: [("Accept", "text/html")])
                #expect(page.status == 200, "\(path)")
                #expect(page.text.contains("<a href=\"\(path)\" aria-current=\"page\">"), "\(path)")
                let nav = page.text.split(separator: "</nav>").first ?? ""
                links.formUnion(nav.matches(of: /<li><a href="([^"]+)"/).map { String($0.1) })
            }
            #expect(seen.count == 9, "\(seen)")
            #expect(!seen.contains("/api/oauth/self_assessment"))
        }
    }

    @Test func aPageThatIsRefusedAtTheDoorIsAPage() async throws {
        var limits = RateLimits.off
        limits[.address] = RateLimit(.address, quota: 3, seconds: 60)
        try await APIWorld.with(.sqlite, limits: limits) { world in
            for _ in 0..<3 { _ = try await world.send("GET", "/login", as: .anonymous) }
            let page = try await world.send("GET", "/account", as: .anonymous)
            #expect(page.status == 429)
            #expect(page.headers["content-type"]?.hasPrefix("text/html") == true)
            #expect(page.headers["retry-after"] != nil)
            let call = try await world.send("GET", "/api/version")
            #expect(call.status == 429)
            #expect(call.headers["content-type"]?.hasPrefix("application/json") == true)
        }
    }
}
