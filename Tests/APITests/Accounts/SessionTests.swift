import Basics
import Identity
import Logging
import SQL
import TestKit
import Testing

/// Where somebody is signed in.
@Suite struct SessionTests {
    private static func ids(_ world: APIWorld) async throws -> [Int64] {
        try await world.database.read { try $0.rows("SELECT id FROM sessions ORDER BY id") { $0.int(0) } }
    }

    @Test(arguments: TestDialect.allCases) func sessionsAreListedAndEnded(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, _ in
            let (second, third) = (Browser(world), Browser(world))
            for each in [browser, second, third] { try await each.signIn() }
            let ids = try await Self.ids(world)
            try await world.database.transaction {
                try $0.run(
                    """
                    UPDATE sessions SET user_agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0',
                        ip_addr = '203.0.113.7' WHERE id = \(ids[1])
                    """)
                try $0.run("UPDATE sessions SET user_agent = '<b>odd</b>' WHERE id = \(ids[2])")
            }
            let page = try await browser.get("/account/sessions").text
            #expect(page.contains("Firefox on Linux") && page.contains("203.0.113.7"))
            #expect(page.contains("&lt;b&gt;odd&lt;/b&gt;"))
            #expect(page.split(separator: "this one", omittingEmptySubsequences: false).count == 2)
            // Other people's cannot be ended, nor told from none.
            try await world.database.transaction {
                try $0.run("UPDATE sessions SET user_id = \(world.shop.stranger.userID) WHERE id = \(ids[2])")
            }
            for id in [ids[2], 999_999] {
                try await browser.get("/account/sessions")
                #expect(try await browser.submit("/account/sessions", [("session", "\(id)")]).status == 404)
            }
            try await browser.get("/account/sessions")
            #expect(try await browser.submit("/account/sessions", [("session", "\(ids[1])")]).status == 303)
            #expect(try await second.isSignedIn() == false)
            #expect(try await third.isSignedIn())
            try await second.signIn()
            try await browser.get("/account/sessions")
            #expect(try await browser.submit("/account/sessions", [("session", "others")]).status == 303)
            #expect(try await browser.isSignedIn())
            #expect(try await second.isSignedIn() == false)
            #expect(try await third.isSignedIn())
            #expect(try await world.events() == ["session_ended", "sessions_ended"])
            try await browser.get("/account")
            #expect(try await browser.submit("/logout", []).status == 200)
            #expect(try await browser.isSignedIn() == false)
        }
    }

    private static func report(_ sessions: Int, _ links: Int, accounts: Int = 0) -> IdentitySweep.Report {
        IdentitySweep.Report(sessions: sessions, links: links, pendingSignIns: 0, challenges: 0, accounts: accounts)
    }

    @Test(arguments: TestDialect.allCases) func whatIsOverIsSwept(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let sweep = IdentitySweep(database: world.database, clock: SystemWallClock())
            try await browser.get("/password/forgot")
            try await browser.submit("/password/forgot", [("email", APIWorld.customer)])
            _ = try await mailbox.deliver()
            try await browser.signIn()
            #expect(try await sweep.activate(logger: logger) == Self.report(0, 0))
            // Nobody came for eight hours.
            try await world.age(seconds: 8 * 3600 + 1)
            try await Browser(world).signIn()
            #expect(try await browser.isSignedIn() == false)
            #expect(try await sweep.activate(logger: logger) == Self.report(1, 1))
            #expect(try await sweep.activate(logger: logger) == Self.report(0, 0))
        }
    }

    @Test(arguments: TestDialect.allCases) func accountsThatNobodyConfirmsGo(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, _ in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let sweep = IdentitySweep(database: world.database, clock: SystemWallClock())
            for name in ["one", "two", "three"] {
                try await browser.get("/register")
                try await browser.submit(
                    "/register",
                    [
                        ("first_name", "A"), ("last_name", "B"), ("email", "\(name)@example.test"),
                        ("password", "long enough"),
                    ])
            }
            #expect(try await sweep.activate(logger: logger) == Self.report(0, 0))
            let month: Int64 = 30 * 86_400_000
            try await world.database.transaction { tx in
                try tx.run(
                    """
                    UPDATE users SET updated_at = updated_at - \(month + 1000)
                    WHERE email IN ('one@example.test', 'two@example.test', 'customer@example.test')
                    """)
                // Something hangs on it.
                try tx.run(
                    """
                    UPDATE projects SET user_id = (SELECT id FROM users WHERE email = 'two@example.test')
                    WHERE id = \(world.things.project)
                    """)
            }
            #expect(try await sweep.activate(logger: logger) == Self.report(0, 0, accounts: 1))
            #expect(try await sweep.activate(logger: logger) == Self.report(0, 0))
            let left = try await world.database.read {
                try $0.rows("SELECT email FROM users WHERE confirmed_at IS NULL ORDER BY id") { $0.text(0) }
            }
            #expect(left == ["two@example.test", "three@example.test"])
        }
    }
}
