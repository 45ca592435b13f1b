import Basics
import Identity
import Logging
import OAuth
import SQL
import TestKit
import Testing

/// The life of tokens after they were given.
@Suite struct TokenTests {
    @Test(arguments: TestDialect.allCases) func aRevokedTokenFailsWithTheNextRequest(dialect: TestDialect) async throws
    {
        try await OAuthWorld.with(dialect) { world in
            let tokens = try await world.exchange(try await world.code())
            #expect(try await world.get("/api/projects", token: tokens.accessToken).status == 200)
            let reply = try await world.post("/api/oauth/revoke", ["token": tokens.accessToken])
            #expect(reply.status == 200)
            #expect(reply.text == "{}")
            let after = try await world.get("/api/projects", token: tokens.accessToken)
            #expect(after.status == 403)
            #expect(after.headers["www-authenticate"]?.contains(#"error="invalid_token""#) == true)
            // The refresh token is still good, and takes everything with it when it ends.
            let again = try await world.token([
                "grant_type": "refresh_token", "refresh_token": tokens.refreshToken,
            ])
            #expect(again.status == 200)
            #expect(try await world.post("/api/oauth/revoke", ["token": again.refreshToken]).status == 200)
            #expect(try await world.get("/api/projects", token: again.accessToken).status == 403)
            #expect(try await world.post("/api/oauth/revoke", ["token": "unknown"]).status == 200)
        }
    }

    @Test(arguments: TestDialect.allCases) func aSuspendedAccountHasNoTokens(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let tokens = try await world.exchange(try await world.code())
            let code = try await world.code()
            let owner = world.api.shop.customer.userID ?? 0
            #expect(try await world.get("/api/projects", token: tokens.accessToken).status == 200)
            try await world.api.database.transaction {
                try Accounts.setActive(false, id: owner, by: .shell, at: SystemWallClock().now(), in: $0)
            }
            #expect(try await world.get("/api/projects", token: tokens.accessToken).status == 403)
            #expect(try await world.api.send("GET", "/api/projects").status == 401)
            #expect(try await world.exchange(code).oauthError == "invalid_grant")
            let refresh = ["grant_type": "refresh_token", "refresh_token": tokens.refreshToken]
            #expect(try await world.token(refresh).oauthError == "invalid_grant")
            let info = try await world.get("/api/oauth/token/info", token: tokens.accessToken)
            #expect(info.status == 401)
        }
    }

    @Test(arguments: TestDialect.allCases) func tokensEnd(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let tokens = try await world.exchange(try await world.code())
            let code = try await world.code()
            try await world.age(seconds: OAuthLimits.accessTokenSeconds + 1)
            #expect(try await world.get("/api/projects", token: tokens.accessToken).status == 403)
            #expect(try await world.exchange(code).oauthError == "invalid_grant")
            try await world.age(seconds: OAuthLimits.refreshTokenSeconds)
            let refresh = ["grant_type": "refresh_token", "refresh_token": tokens.refreshToken]
            #expect(try await world.token(refresh).oauthError == "invalid_grant")
        }
    }

    @Test(arguments: TestDialect.allCases) func aClientLearnsAboutItsOwnTokensOnly(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let token = try await world.exchange(try await world.code()).accessToken
            let own = try await world.post("/api/oauth/introspect", ["token": token])
            #expect(own.json?["active"] == .bool(true))
            #expect(own.json?["client_id"]?.text == world.application.uid)
            #expect(own.json?["scope"]?.text == "project_read")
            let other = try await OAuthWorld.register(in: world.api)
            let stranger = "Basic \(base64("\(other.application.uid):\(other.secret?.reveal() ?? "")"))"
            let theirs = try await world.post("/api/oauth/introspect", ["token": token], authorization: stranger)
            #expect(theirs.text == #"{"active":false}"#)
            let revoke = try await world.post("/api/oauth/revoke", ["token": token], authorization: stranger)
            #expect(revoke.status == 400)
            #expect(revoke.oauthError == "unauthorized_client")
            #expect(try await world.get("/api/projects", token: token).status == 200)

            let second = try await world.exchange(try await world.code()).accessToken
            let bearer = "Bearer \(second)"
            let asked = try await world.post("/api/oauth/introspect", ["token": token], authorization: bearer)
            #expect(asked.json?["active"] == .bool(true))
            let itself = try await world.post("/api/oauth/introspect", ["token": second], authorization: bearer)
            #expect(itself.status == 401)
        }
    }

    @Test(arguments: TestDialect.allCases) func aTokenTellsItsHolderAboutItself(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let token = try await world.exchange(try await world.code()).accessToken
            let info = try await world.get("/api/oauth/token/info", token: token)
            #expect(info.status == 200, "\(info.text)")
            #expect(info.json?["resource_owner_id"]?.whole == world.api.shop.customer.userID)
            #expect(info.json?["scope"]?.items?.compactMap(\.text) == ["project_read"])
            #expect(info.json?["application"]?["uid"]?.text == world.application.uid)
        }
    }

    @Test(arguments: TestDialect.allCases) func aWithdrawnConsentEndsEverything(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let token = try await world.exchange(try await world.code()).accessToken
            #expect(try await world.get("/api/projects", token: token).status == 200)
            let (id, owner) = (world.application.id, world.api.shop.customer)
            try await world.api.database.transaction {
                try Consent.withdraw(applicationID: id, by: owner, at: SystemWallClock().now(), in: $0)
            }
            #expect(try await world.get("/api/projects", token: token).status == 403)
        }
    }

    @Test func anAdministratorsTokenHasRightsOfStaffOnlyWithTheScope() async throws {
        try await OAuthWorld.with(.sqlite, scopes: [.projectRead, .adminRead]) { world in
            let (admin, project) = (world.api.shop.admin, "/api/projects/\(world.api.things.project)")
            let plain = try await world.exchange(try await world.code(scope: "project_read", by: admin))
            #expect(try await world.get(project, token: plain.accessToken).status == 404)
            let staff = try await world.exchange(try await world.code(scope: "project_read admin_read", by: admin))
            #expect(try await world.get(project, token: staff.accessToken).status == 200)
        }
    }

    @Test func theServerDescribesItself() async throws {
        try await OAuthWorld.with(.sqlite) { world in
            let reply = try await world.api.send("GET", "/.well-known/oauth-authorization-server", as: .anonymous)
            #expect(reply.json?["issuer"]?.text == "https://berth.test")
            #expect(reply.json?["code_challenge_methods_supported"]?.items?.compactMap(\.text) == ["S256"])
            let resource = try await world.api.send("GET", "/.well-known/oauth-protected-resource", as: .anonymous)
            #expect(resource.json?["authorization_servers"]?.items?.compactMap(\.text) == ["https://berth.test"])
        }
    }

    @Test func issuedSecretsAreRecognisable() {
        for kind in IssuedSecret.Kind.allCases {
            let text = IssuedSecret.make(kind).reveal()
            #expect(IssuedSecret.isWellFormed(text, kind))
            #expect(text != IssuedSecret.make(kind).reveal())
            let last = text.last == "0" ? "1" : "0"
            #expect(!IssuedSecret.isWellFormed(text.dropLast() + last, kind))
            #expect(!IssuedSecret.isWellFormed("x" + text, kind))
        }
    }

    @Test(arguments: TestDialect.allCases) func theSweepRemovesWhatEndedLongAgo(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            // What every world has.
            try await world.api.database.transaction { try $0.run("DELETE FROM oauth_grants") }
            try await world.api.database.transaction { try $0.run("DELETE FROM oauth_tokens") }
            let tokens = try await world.exchange(try await world.code())
            _ = try await world.code()
            let sweep = TokenSweep(database: world.api.database, clock: SystemWallClock())
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let nothing = try await sweep.activate(logger: logger)
            #expect(nothing == TokenSweep.Report(tokens: 0, codes: 0, refreshTokens: 0, grants: 0, deviceCodes: 0))
            try await world.age(seconds: OAuthLimits.accessTokenSeconds + OAuthLimits.keptSeconds + 1)
            let first = try await sweep.activate(logger: logger)
            #expect(first == TokenSweep.Report(tokens: 1, codes: 1, refreshTokens: 0, grants: 0, deviceCodes: 0))
            // The client can still go on.
            let refresh = ["grant_type": "refresh_token", "refresh_token": tokens.refreshToken]
            #expect(try await world.token(refresh).status == 200)
            #expect(try await sweep.activate(logger: logger) == nothing)
        }
    }
}
