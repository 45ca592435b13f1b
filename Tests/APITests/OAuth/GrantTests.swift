import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

/// What each grant gives, and what it refuses.
@Suite struct GrantTests {
    @Test(arguments: TestDialect.allCases) func aClientGetsATokenForItself(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let reply = try await world.token(["grant_type": "client_credentials"])
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.headers["cache-control"] == "no-store")
            #expect(reply.json?["token_type"]?.text == "Bearer")
            #expect(reply.json?["scope"]?.text == "public")
            #expect(reply.json?["refresh_token"] == nil)
            #expect(IssuedSecret.isWellFormed(reply.accessToken, .accessToken))

            #expect(try await world.get("/api/version", token: reply.accessToken).status == 200)
            #expect(try await world.get("/api/container_images", token: reply.accessToken).status == 200)
            let projects = try await world.get("/api/projects", token: reply.accessToken)
            #expect(projects.status == 403)
            #expect(projects.errors == ["The access token does not have the scope project_read."])
            #expect(projects.headers["www-authenticate"]?.contains(#"error="insufficient_scope""#) == true)
        }
    }

    @Test(arguments: ["project_read", "admin_read", "public project_read", "nonsense", "register"])
    func aClientCannotActForPeople(scope: String) async throws {
        try await OAuthWorld.with(.sqlite) { world in
            let reply = try await world.token(["grant_type": "client_credentials", "scope": scope])
            #expect(reply.status == 400)
            #expect(reply.oauthError == "invalid_scope")
        }
    }

    @Test(arguments: TestDialect.allCases) func anAPIKeyPairIsExchangedForAToken(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let pair = (world.api.keys[.owner] ?? "").split(separator: ":").map(String.init)
            let fields = [
                "grant_type": "password", "username": pair[0], "password": pair[1], "scope": "projects_read",
            ]
            let reply = try await world.token(fields)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.json?["scope"]?.text == "project_read")
            #expect(reply.json?["refresh_token"] == nil)
            let list = try await world.get("/api/projects", token: reply.accessToken)
            #expect(list.json?["projects"]?.items?.count == 1)

            let wrong = try await world.token(fields.merging(["password": "wrong"]) { $1 })
            #expect(wrong.status == 400)
            #expect(wrong.oauthError == "invalid_grant")
            // A new pair ends the old one, and what was obtained with it, at once.
            let owner = world.api.shop.customer.userID ?? 0
            try await world.api.database.transaction {
                _ = try APIKeys.create(forUser: owner, by: .shell, at: SystemWallClock().now(), in: $0)
            }
            #expect(try await world.get("/api/projects", token: reply.accessToken).status == 403)
            #expect(try await world.token(fields).oauthError == "invalid_grant")
        }
    }

    @Test(arguments: TestDialect.allCases) func aCodeIsExchangedOnce(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let challenge = PKCE.challenge(of: OAuthWorld.verifier)
            #expect(challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
            let code = try await world.code(challenge: challenge)
            let reply = try await world.exchange(code, verifier: OAuthWorld.verifier)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(IssuedSecret.isWellFormed(reply.refreshToken, .refreshToken))
            #expect(try await world.get("/api/projects", token: reply.accessToken).status == 200)

            let replay = try await world.exchange(code, verifier: OAuthWorld.verifier)
            #expect(replay.oauthError == "invalid_grant")
            #expect(try await world.get("/api/projects", token: reply.accessToken).status == 403)
            let refresh = try await world.token([
                "grant_type": "refresh_token", "refresh_token": reply.refreshToken,
            ])
            #expect(refresh.oauthError == "invalid_grant")
        }
    }

    @Test(arguments: TestDialect.allCases) func oneOfTwoSimultaneousExchangesWins(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let code = try await world.code()
            async let first = world.exchange(code)
            async let second = world.exchange(code)
            let statuses = try await [first.status, second.status].sorted()
            #expect(statuses == [200, 400])
        }
    }

    @Test(arguments: TestDialect.allCases) func refreshTokensRotate(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let first = try await world.exchange(try await world.code(scope: "project_read profile_read"))
            let fields = ["grant_type": "refresh_token", "refresh_token": first.refreshToken]
            let second = try await world.token(fields.merging(["scope": "project_read"]) { $1 })
            #expect(second.status == 200, "\(second.text)")
            #expect(second.json?["scope"]?.text == "project_read")
            #expect(second.refreshToken != first.refreshToken)
            // The answer may have been lost: the same client may ask again for a moment.
            #expect(try await world.token(fields).status == 200)
            // Later it is a stolen one, and everything ends.
            try await world.age(seconds: OAuthLimits.refreshGraceSeconds + 1)
            #expect(try await world.get("/api/projects", token: second.accessToken).status == 200)
            #expect(try await world.token(fields).oauthError == "invalid_grant")
            #expect(try await world.get("/api/projects", token: second.accessToken).status == 403)
            let third = try await world.token([
                "grant_type": "refresh_token", "refresh_token": second.refreshToken,
            ])
            #expect(third.oauthError == "invalid_grant")
        }
    }

    @Test(arguments: TestDialect.allCases) func aTokenIsLimitedToTheChosenProjects(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect, scopes: [.projectRead, .projectWrite, .orderWrite, .orderRead]) { world in
            let shop = world.api.shop
            let other = try await orderAnotherProject(world)
            let code = try await world.code(scope: "project_read order_write order_read", projects: [other.project])
            let token = try await world.exchange(code).accessToken
            let list = try await world.get("/api/projects", token: token)
            #expect(list.json?["projects"]?.items?.compactMap { $0["id"]?.whole } == [other.project])
            #expect(list.headers["total"] == "1")
            let things = world.api.things
            for path in [
                "/api/projects/\(things.project)", "/api/projects/\(things.project)/services",
                "/api/projects/\(things.project)/events", "/api/container_services/\(things.service)",
                "/api/container_services/\(things.service)/logs", "/api/containers/\(things.container)",
                "/api/containers/\(things.container)/logs", "/api/event_logs/\(things.operation)",
                "/api/orders/\(things.order)",
            ] {
                let reply = try await world.get(path, token: token)
                #expect(reply.status == 404, "\(path): \(reply.text)")
                #expect(try await world.api.send("GET", path).status == 200, "\(path) as its owner")
            }
            let services = try await world.get("/api/container_services", token: token)
            #expect(
                services.json?["container_services"]?.items?.contains { $0["id"]?.whole == things.service } == false)
            let order = try await world.api.send(
                "POST", "/api/orders", headers: [("Authorization", "Bearer \(token)")],
                body: shop.order(shop.helloLine).compact)
            #expect(order.status == 403, "\(order.text)")
        }
    }

    /// Another project of the customer.
    private func orderAnotherProject(_ world: OAuthWorld) async throws -> (project: Int64, order: String) {
        let body = try world.api.shop.order(world.api.shop.helloLine).compact
        let reply = try await world.api.send("POST", "/api/orders", body: body)
        let id = reply.json?["order"]?["id"]?.text ?? ""
        let project = try await world.api.database.read {
            try $0.int("SELECT project_id FROM orders WHERE id = \(id)") ?? 0
        }
        return (project, id)
    }
}
