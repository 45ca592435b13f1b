import Basics
import Identity
import Logging
import SQL
import TestKit
import Testing
import Workloads

/// Whoever is invited gets a letter, and answers on a page of the panel.
@Suite struct InvitationTests {
    private static let page = "/account/collaborations"
    private static let guest = "stranger@example.test"

    private static func invite(
        _ world: APIWorld, _ email: String = guest, as role: APIWorld.Role = .owner, query: String = "",
        headers: [(String, String)] = []
    ) async throws -> APIWorld.Reply {
        try await world.send(
            "POST", "/api/projects/\(world.things.project)/collaborators\(query)", as: role, headers: headers,
            body: JSONValue.object(["collaborator": .object(["user_email": .string(email)])]).compact)
    }

    private static func remove(_ world: APIWorld, _ invited: APIWorld.Reply) async throws -> Int {
        let row = (invited.json?["collaboration"]?["id"]?.text ?? "").split(separator: "-").first ?? ""
        return try await world.send("DELETE", "/api/projects/\(world.things.project)/collaborators/\(row)").status
    }

    /// A browser in which the invited has signed in.
    private static func guestBrowser(_ world: APIWorld) async throws -> Browser {
        let (hash, id) = (try Passwords.hash(Secret(APIWorld.password), cost: .least), world.shop.stranger.userID ?? 0)
        try await world.database.transaction {
            try Passwords.store(hash, forUser: id, at: SystemWallClock().now(), in: $0)
        }
        let browser = Browser(world)
        try await browser.signIn(guest)
        return browser
    }

    private static func seesProject(_ world: APIWorld) async throws -> Bool {
        try await world.send("GET", "/api/projects/\(world.things.project)", as: .stranger).status == 200
    }

    private static func count(_ world: APIWorld, _ table: SQL) async throws -> Int64 {
        try await world.database.read { try $0.int("SELECT COUNT(*) FROM \(table)") ?? 0 }
    }

    private static func letters(_ world: APIWorld) async throws -> Int64 {
        try await world.database.read { try $0.int("SELECT COUNT(*) FROM outbox WHERE kind = 'mail'") ?? 0 }
    }

    @Test(arguments: TestDialect.allCases)
    func theLinkOfTheLetterLeadsThroughSigningInToThePage(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, _, mailbox in
            let invited = try await Self.invite(world)
            let name = try await world.database.read {
                try $0.first("SELECT name FROM projects WHERE id = \(world.things.project)") { $0.text(0) }
            }
            let mail = try await mailbox.deliver()
            #expect(mail.map(\.to) == [Self.guest])
            let letter = try #require(mail.first)
            #expect(letter.subject == "You were invited to a project")
            #expect(letter.link == "\(Self.page)/\(invited.json?["collaboration"]?["id"]?.text ?? "")")
            let text = letter.text.split(whereSeparator: \.isNewline).joined(separator: " ")
            #expect(text.contains("(customer@example.test)"))
            #expect(text.contains("the project \"\(name ?? "-")\"."))
            #expect(text.contains("read their logs") && text.contains("may not delete the project"))
            // To sign in leads on to it; to look uses nothing up.
            let browser = try await Self.guestBrowser(world)
            await browser.forget()
            #expect(try await browser.get(letter.link).status == 303)
            try await browser.get(await browser.location)
            let signed = try await browser.submit(
                "/login", [("email", Self.guest), ("password", APIWorld.password)])
            #expect(signed.headers["location"] == letter.link)
            for _ in 0..<2 {
                let shown = try await browser.get(letter.link)
                #expect(shown.status == 200 && shown.text.contains("customer@example.test"))
            }
            #expect(try await Self.seesProject(world) == false)
            #expect(try await browser.get(Self.page).text.contains("value=\"accept\""))
            let accepted = try await browser.submit(Self.page, [("answer", "accept")])
            #expect(accepted.headers["location"] == "\(Self.page)?done=accepted")
            #expect(try await Self.seesProject(world))
            let after = try await browser.get(await browser.location).text
            #expect(after.contains("value=\"leave\"") && !after.contains("value=\"accept\""))
            let left = try await browser.submit(Self.page, [("answer", "leave")])
            #expect(left.headers["location"] == "\(Self.page)?done=left")
            #expect(try await Self.seesProject(world) == false)
            #expect(try await mailbox.deliver().isEmpty)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func oneDeclinesAndAnInvitationThatIsGoneSaysSo(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, _, mailbox in
            let browser = try await Self.guestBrowser(world)
            _ = try await Self.invite(world)
            let link = try await mailbox.deliver().first?.link ?? ""
            try await browser.get(link)
            // Without the form's own token nothing is done; nor by what is no button.
            let foreign = try await browser.submit(Self.page, [("answer", "accept"), ("form_token", "x")])
            #expect(foreign.status == 403)
            try await browser.get(link)
            #expect(try await browser.submit(Self.page, [("answer", "perhaps")]).status == 400)
            #expect(try await Self.seesProject(world) == false)
            try await browser.get(link)
            let declined = try await browser.submit(Self.page, [("answer", "decline")])
            #expect(declined.headers["location"] == "\(Self.page)?done=declined")
            let gone = try await browser.get(link)
            #expect(gone.status == 404 && gone.text.contains("It was taken back"))
            // Taken back while its page was open.
            let again = try await Self.invite(world)
            let next = try await mailbox.deliver().first?.link ?? ""
            try await browser.get(next)
            #expect(try await Self.remove(world, again) == 202)
            let late = try await browser.submit(Self.page, [("answer", "accept")])
            #expect(late.status == 404 && late.text.contains("It was taken back"))
            #expect(try await browser.get(next).status == 404)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func anInvitationOfSomebodyElseIsNotToldFromNone(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, _, _ in
            let browser = try await Self.guestBrowser(world)
            // Somebody has to have a form.
            _ = try await Self.invite(world)
            var texts: Set<String> = []
            for name in ["\(world.things.pending)-project", "999999-project", "1-zone", "x", "%00"] {
                let shown = try await browser.get("\(Self.page)/\(name)")
                #expect(shown.status == 404, "\(name)")
                texts.insert(shown.text)
                try await browser.get(Self.page)
                for answer in ["accept", "decline", "leave"] {
                    let reply = try await browser.submit(Self.page, [("answer", answer), ("collaboration", name)])
                    #expect(reply.status == 404, "\(name) \(answer)")
                    try await browser.get(Self.page)
                }
            }
            #expect(texts.count == 1)
            let states = try await world.database.read {
                try $0.rows("SELECT active FROM project_collaborators ORDER BY id") { $0.int(0) }
            }
            #expect(states == [0, 1, 0])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whatIsRefusedOrRepeatedWritesNothing(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { (world: APIWorld) async throws in
            for email in ["nobody@example.test", "suspended@example.test", "customer@example.test", "x", ""] {
                #expect(try await Self.invite(world, email).status == 422, "\(email)")
            }
            #expect(try await Self.invite(world, query: "?dry_run=true").status == 422)
            #expect(try await Self.invite(world, as: .collaborator).status == 403)
            #expect(try await Self.invite(world, as: .stranger).status == 404)
            #expect(try await Self.letters(world) == 0)
            #expect(try await Self.count(world, "project_collaborators") == 2)
            #expect(try await Self.count(world, "invitation_letters") == 0)
            let key = [("Idempotency-Key", "5f0c6b0e-0000-4000-8000-000000000001")]
            for _ in 0..<3 { #expect(try await Self.invite(world, headers: key).status == 201) }
            for _ in 0..<3 { #expect(try await Self.invite(world).status == 422) }
            #expect(try await Self.letters(world) == 1)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func anInvitationAndItsLetterAreWrittenTogether(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { (world: APIWorld) async throws in
            let (project, owner) = (world.things.project, world.shop.customer)
            let queue = MailQueue(vault: world.vault, publicURL: "https://berth.test")
            try await world.database.transaction { try $0.run("ALTER TABLE outbox RENAME TO away") }
            await #expect(throws: (any Error).self) {
                _ = try await Collaborators.invite(
                    Self.guest, to: .project, project, by: owner, mail: queue, at: SystemWallClock().now(),
                    in: world.database)
            }
            try await world.database.transaction { try $0.run("ALTER TABLE away RENAME TO outbox") }
            #expect(try await Self.count(world, "project_collaborators") == 2)
            #expect(try await Self.count(world, "invitation_letters") == 0)
            let events = try await world.database.read {
                try $0.int("SELECT COUNT(*) FROM audits WHERE event = 'invited'")
            }
            #expect(events == 0)
            // And it works when the queue is back.
            #expect(try await Self.invite(world).status == 201)
            #expect(try await Self.letters(world) == 1)
        }
    }

    @Test(arguments: TestDialect.allCases) func nobodyFillsMailboxesThroughUs(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { (world: APIWorld) async throws in
            for round in 0..<InvitationLetters.Limits.perPairMax {
                let invited = try await Self.invite(world)
                #expect(invited.status == 201, "\(round)")
                #expect(try await Self.remove(world, invited) == 202)
            }
            let written = try await Self.letters(world)
            let refused = try await Self.invite(world)
            #expect(refused.status == 429 && refused.errors?.first?.hasPrefix("Too many invitations") == true)
            #expect((3500...3601).contains(Int(refused.headers["retry-after"] ?? "") ?? 0))
            #expect(try await Self.letters(world) == written)
            #expect(try await Self.count(world, "project_collaborators") == 2)
            // It is between the two: staff may still invite him.
            let staff = try await Self.invite(world, as: .administrator)
            #expect(staff.status == 201)
            #expect(try await Self.remove(world, staff) == 202)
            try await Self.age(world)
            #expect(try await Self.invite(world).status == 201)
            // One who writes to many, and many who write to one.
            let (owner, guest) = (world.shop.customer.userID ?? 0, world.shop.stranger.userID ?? 0)
            let admin = world.shop.admin.userID ?? 0
            for (sender, user, count) in [
                (owner, admin, InvitationLetters.Limits.perSenderMax),
                (admin, guest, InvitationLetters.Limits.perPersonMax),
            ] {
                try await world.database.transaction { tx in
                    try tx.run("DELETE FROM invitation_letters")
                    try tx.run("DELETE FROM project_collaborators WHERE user_id = \(guest)")
                    for _ in 0..<count {
                        try tx.run(
                            """
                            INSERT INTO invitation_letters (sender_id, user_id, created_at)
                            VALUES (\(sender), \(user), \(SystemWallClock().now()))
                            """)
                    }
                }
                #expect(try await Self.invite(world).status == 429)
                try await world.database.transaction { tx in
                    try tx.run("DELETE FROM invitation_letters WHERE id = (SELECT MAX(id) FROM invitation_letters)")
                }
                #expect(try await Self.invite(world).status == 201)
            }
            try await Self.age(world)
            let sweep = MailSweep(database: world.database, clock: SystemWallClock())
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            #expect(try await sweep.activate(logger: logger).invitations > 0)
            #expect(try await Self.count(world, "invitation_letters") == 0)
        }
    }

    private static func age(_ world: APIWorld) async throws {
        try await world.database.transaction { tx in
            try tx.run("UPDATE invitation_letters SET created_at = created_at - 3601000")
        }
    }

    /// Names are what strangers fill in.
    @Test(arguments: TestDialect.allCases) func nobodyWritesInOurName(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, _, mailbox in
            let odd = "x\r\nBcc: victim@example.test\r\n\r\nGo to https://evil.example now"
            try await world.database.transaction { tx in
                try tx.run(
                    "UPDATE users SET first_name = \(odd) WHERE email IN ('customer@example.test', \(Self.guest))")
                try tx.run("UPDATE projects SET name = \(odd)")
            }
            #expect(try await Self.invite(world).status == 201)
            let letter = try #require(try await mailbox.deliver().first)
            #expect(!letter.text.contains("evil") && !letter.text.contains("Bcc") && !letter.text.contains("victim"))
            #expect(letter.text.contains("customer@example.test"))
            // The page shows the name, as text.
            let browser = try await Self.guestBrowser(world)
            let shown = try await browser.get(letter.link)
            #expect(shown.status == 200 && shown.text.contains("https://evil.example now"))
            // An address that no mail can be sent to gets none, and can still accept.
            try await world.database.transaction { tx in
                try tx.run("DELETE FROM project_collaborators WHERE user_id = \(world.shop.stranger.userID)")
                try tx.run("UPDATE users SET email = 'a,b@example.test' WHERE id = \(world.shop.stranger.userID)")
            }
            #expect(try await Self.invite(world, "a,b@example.test").status == 201)
            #expect(try await mailbox.deliver().isEmpty)
            #expect(try await browser.get(Self.page).text.contains("value=\"accept\""))
        }
    }

    @Test func whoInvitesForTheOwnerIsNotNamed() async throws {
        try await APIWorld.withPeople(.sqlite) { world, _, mailbox in
            #expect(try await Self.invite(world, as: .administrator).status == 201)
            let text = try await mailbox.deliver().first?.text ?? ""
            #expect(text.contains("the provider, for") && text.contains("customer@example.test"))
            let admin = try await world.database.read {
                try $0.first("SELECT email FROM users WHERE id = \(world.shop.admin.userID)") { $0.text(0) } ?? ""
            }
            #expect(!admin.isEmpty && !text.contains(admin))
        }
    }
}
