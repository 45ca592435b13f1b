import Basics
import OAuth
import SQL
import TestKit
import Testing

/// What an account has allowed to applications, over JSON.
@Suite struct AllowedApplicationTests {
    @Test(arguments: TestDialect.allCases) func whatIsAllowedIsListedAndTakenBack(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let project = world.api.things.project
            let first = try await world.exchange(try await world.code(scope: "project_read", projects: [project]))
            let second = try await world.exchange(try await world.code(scope: "profile_read", projects: [project]))
            let path = "/api/oauth/authorized_applications"
            func entry() async throws -> JSONValue? {
                let reply = try await world.api.send("GET", path)
                #expect(reply.status == 200, "\(reply.text)")
                return reply.json?.items?.first { $0["id"]?.whole == world.application.id }
            }
            let found = try await entry()
            #expect(found?["name"]?.text == "Shop")
            #expect(found?["uid"]?.text == world.application.uid)
            #expect(found?["scopes"]?.items?.compactMap(\.text) == ["profile_read", "project_read"])
            #expect(found?["all_projects"] == .bool(false))

            let one = "\(path)/\(world.application.id)"
            #expect(try await world.api.send("DELETE", one, as: .stranger).status == 404)
            #expect(try await world.get("/api/projects", token: first.accessToken).status == 200)
            let answer = try await world.api.send("DELETE", one)
            #expect(answer.status == 204)
            for token in [first, second] {
                #expect(try await world.get("/api/oauth/token/info", token: token.accessToken).status == 401)
                let refresh = ["grant_type": "refresh_token", "refresh_token": token.refreshToken]
                #expect(try await world.token(refresh).oauthError == "invalid_grant")
            }
            #expect(try await entry() == nil)
            #expect(try await world.api.send("DELETE", one).status == 404)
        }
    }
}
