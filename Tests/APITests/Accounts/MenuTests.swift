import Basics
import Identity
import SQL
import TestKit
import Testing

/// Every page of those who are signed in leads to the others.
@Suite struct MenuTests {
    /// The address of the page one is on, as the menu marks it.
    private static func marked(_ text: String) -> [String] {
        text.split(separator: "<a href=\"").dropFirst().compactMap { part in
            let address = part.prefix { $0 != "\"" }
            return part.dropFirst(address.count).hasPrefix("\" aria-current=\"page\"") ? String(address) : nil
        }
    }

    /// The addresses in the menu; empty when there is none.
    private static func links(_ text: String) -> [String] {
        guard let start = text.firstRange(of: "<nav aria-label=\"Your account\">"),
            let end = text[start.upperBound...].firstRange(of: "</nav>")
        else { return [] }
        return text[start.upperBound..<end.lowerBound].split(separator: "<a href=\"").dropFirst().map {
            String($0.prefix { $0 != "\"" })
        }
    }

    private static let html = [("Accept", "text/html")]

    private static func signedIn(_ world: APIWorld, isStaff: Bool) async throws -> Browser {
        let caller = isStaff ? world.shop.admin : world.shop.customer
        let hash = try Passwords.hash(Secret(APIWorld.password), cost: .least)
        let email = try await world.database.transaction { tx in
            try Passwords.store(hash, forUser: caller.userID ?? 0, at: SystemWallClock().now(), in: tx)
            return try Accounts.find(id: caller.userID ?? 0, on: tx)?.email ?? ""
        }
        let browser = Browser(world)
        #expect(try await browser.signIn(email).status == 303)
        return browser
    }

    @Test(arguments: [false, true]) func everyLinkOfTheMenuAnswersAndMarksItself(isStaff: Bool) async throws {
        try await APIWorld.withPeople(.sqlite) { world, _, _ in
            let browser = try await Self.signedIn(world, isStaff: isStaff)
            let links = Self.links(try await browser.get("/account").text)
            #expect(links.count == (isStaff ? 11 : 10) && Set(links).count == links.count)
            #expect(links.contains("/api/oauth/self_assessment") == isStaff)
            for link in links {
                let page = try await browser.get(link, headers: Self.html)
                #expect(page.status == 200, "\(link)")
                #expect(Self.links(page.text) == links, "\(link)")
                #expect(Self.marked(page.text) == [link], "\(link)")
            }
        }
    }

    @Test(arguments: TestDialect.allCases) func thePagesBelowCarryItToo(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, _, _ in
            let browser = try await Self.signedIn(world, isStaff: false)
            let application = world.things.application
            try await world.database.transaction { tx in
                try tx.run(
                    """
                    INSERT INTO image_collaborators (image_id, user_id, active, created_at, updated_at)
                    VALUES (\(world.shop.hello.image), \(world.shop.customer.userID), 0, 1, 1)
                    """)
                try tx.run(
                    """
                    UPDATE images SET user_id = \(world.shop.stranger.userID) WHERE id = \(world.shop.hello.image)
                    """)
            }
            let row = try await world.database.read {
                try $0.int("SELECT MAX(id) FROM image_collaborators") ?? 0
            }
            let pages = [
                ("/account/collaborations/\(row)-image", 200, "/account/collaborations"),
                ("/account/collaborations/999-image", 404, "/account/collaborations"),
                ("/api/oauth/applications/new", 200, "/api/oauth/applications"),
                ("/api/oauth/applications/\(application)", 200, "/api/oauth/applications"),
                ("/api/oauth/applications/\(application)/edit", 200, "/api/oauth/applications"),
                ("/api/oauth/applications/\(application)/delete", 200, "/api/oauth/applications"),
                ("/activate?user_code=BCDF-GHJK", 422, "/activate"),
            ]
            for (path, status, entry) in pages {
                let page = try await browser.get(path, headers: Self.html)
                #expect(page.status == status, "\(path)")
                #expect(Self.links(page.text).count == 10, "\(path)")
                #expect(Self.marked(page.text) == [entry], "\(path)")
            }
        }
    }

    @Test func whoIsNotSignedInSeesNone() async throws {
        try await APIWorld.withPeople(.sqlite) { _, browser, _ in
            for path in ["/login", "/register", "/password/forgot", "/login/passkey"] {
                let page = try await browser.get(path)
                #expect(page.status == 200 && Self.links(page.text).isEmpty, "\(path)")
            }
        }
    }
}
