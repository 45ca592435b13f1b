import Basics
import Identity
import SQL
import TestKit
import Testing

/// The cost of a password's hash can be changed: at the next sign-in its owner has one of the new cost.
@Suite struct PasswordCostTests {
    private static func hash(_ world: OAuthWorld) async throws -> String {
        let owner = world.api.shop.customer.userID ?? 0
        return try await world.api.database.read {
            try $0.first("SELECT password_hash FROM users WHERE id = \(owner)") { $0.text(0) } ?? ""
        }
    }

    @Test(arguments: TestDialect.allCases) func aHashOfAnotherCostIsReplaced(dialect: TestDialect) async throws {
        try await ConsentTests.withBrowser(dialect) { world, _ in
            let (email, password) = (try await ConsentTests.email(world), Secret(ConsentTests.password))
            let least = try await Self.hash(world)
            #expect(least.hasPrefix("$scrypt$ln=10,r=8,p=1$"))
            let dear = SignIn(database: world.api.database, clock: SystemWallClock(), cost: .standard)
            // Who does not know the password changes nothing.
            #expect(try await dear.check(email: email, password: Secret("wrong")) == nil)
            #expect(try await Self.hash(world) == least)
            #expect(try await dear.check(email: email, password: password) == world.api.shop.customer.userID)
            let standard = try await Self.hash(world)
            #expect(standard.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
            #expect(Passwords.verify(password, against: standard))
            // Once is enough.
            #expect(try await dear.check(email: email, password: password) != nil)
            #expect(try await Self.hash(world) == standard)
        }
    }

    @Test func theSignInPageReplacesItToo() async throws {
        try await ConsentTests.withBrowser(.sqlite) { world, browser in
            let owner = world.api.shop.customer.userID ?? 0
            let standard = try Passwords.hash(Secret(ConsentTests.password))
            try await world.api.database.transaction {
                try Passwords.store(standard, forUser: owner, at: SystemWallClock().now(), in: $0)
            }
            for _ in 0..<2 {
                try await browser.get("/login")
                try await browser.submit(
                    "/login", [("email", try await ConsentTests.email(world)), ("password", ConsentTests.password)])
                #expect(await browser.page?.status == 303)
                #expect(try await Self.hash(world).hasPrefix("$scrypt$ln=10,r=8,p=1$"))
            }
        }
    }
}
