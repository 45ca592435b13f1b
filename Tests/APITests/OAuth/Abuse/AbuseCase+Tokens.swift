import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

extension AbuseCase {
    /// A token request with the owner's API key pair.
    private static func password(_ world: OAuthWorld, scope: String?) async throws -> APIWorld.Reply {
        let pair = (world.api.keys[.owner] ?? "").split(separator: ":").map(String.init)
        return try await world.token([
            "grant_type": "password", "username": pair[0], "password": pair[1], "scope": scope,
        ])
    }

    private static func give(_ scopes: String, to world: OAuthWorld) async throws {
        let id = world.application.id
        try await world.api.database.transaction {
            try $0.run("UPDATE oauth_applications SET scopes = \(scopes) WHERE id = \(id)")
        }
    }

    static let scopes: [AbuseCase] = [
        AbuseCase("an application acts for itself with scopes of people") { world in
            for scope in ["project_read", "profile_read", "public project_read", "admin_read", "order_write"] {
                let reply = try await world.token(["grant_type": "client_credentials", "scope": scope])
                #expect(reply.oauthError == "invalid_scope", "\(scope)")
            }
        },
        AbuseCase("an application acts for itself with a scope it was not given") { world in
            let ask = ["grant_type": "client_credentials", "scope": "register"]
            #expect(try await world.token(ask).oauthError == "invalid_scope")
            try await give("public register", to: world)
            #expect(try await world.token(ask).json?["scope"]?.text == "register")
        },
        AbuseCase("a key pair is exchanged for more than the application may") { world in
            for scope in ["project_write", "order_write", "project_read dns_write", "admin_write", "register"] {
                #expect(try await password(world, scope: scope).oauthError == "invalid_scope", "\(scope)")
            }
            let honest = try await password(world, scope: "project_read")
            #expect(honest.status == 200)
        },
        AbuseCase("a customer's key pair is exchanged for rights of staff") { world in
            try await give("public project_read register admin_read admin_write", to: world)
            for scope in ["admin_read", "admin_write", "register", "project_read admin_read"] {
                #expect(try await password(world, scope: scope).oauthError == "invalid_scope", "\(scope)")
            }
        },
        AbuseCase("a person is asked for more than the application may") { world in
            for scope in ["project_write", "project_read order_write", "admin_read", "register", "everything", "*"] {
                let reply = try await world.authorize(["scope": scope])
                #expect(world.isToldTo("invalid_scope", reply), "\(scope)")
            }
        },
        AbuseCase("a customer allows rights of staff") { world in
            try await give("public project_read register admin_read admin_write", to: world)
            for scope in ["admin_read", "project_read admin_write"] {
                await #expect(throws: Fault.self, "\(scope)") { _ = try await world.code(scope: scope) }
            }
            #expect(world.isToldTo("invalid_scope", try await world.authorize(["scope": "register"])))
        },
        AbuseCase("a refresh asks for more") { world in
            let tokens = try await world.tokens()
            for scope in ["project_read profile_read", "profile_read", "admin_read", "nonsense"] {
                #expect(try await world.refresh(tokens.refreshToken, scope: scope).oauthError == "invalid_scope")
            }
            #expect(try await world.refresh(tokens.refreshToken, scope: "project_read").status == 200)
        },
        AbuseCase("a refresh asks for less, the next for more again") { world in
            let tokens = try await world.tokens(scope: "project_read profile_read")
            let less = try await world.refresh(tokens.refreshToken, scope: "project_read")
            #expect(less.json?["scope"]?.text == "project_read")
            let more = try await world.refresh(less.refreshToken, scope: "project_read profile_read")
            #expect(more.oauthError == "invalid_scope")
            #expect(try await world.get("/api/users", token: less.accessToken).status == 403)
        },
        AbuseCase("a token is used for what it is not for") { world in
            let tokens = try await world.tokens()
            let project = "/api/projects/\(world.api.things.project)"
            let bearer = [("Authorization", "Bearer \(tokens.accessToken)")]
            #expect(try await world.api.send("GET", project, headers: bearer).status == 200)
            for (method, path) in [
                ("DELETE", project), ("PATCH", project), ("GET", "/api/users"), ("GET", "/api/orders"),
            ] {
                let reply = try await world.api.send(
                    method, path, headers: bearer, body: method == "PATCH" ? #"{"project":{"name":"x"}}"# : nil)
                #expect(reply.status == 403, "\(method) \(path)")
                #expect(reply.headers["www-authenticate"]?.contains("insufficient_scope") == true)
            }
        },
    ]

    static let refreshes: [AbuseCase] = [
        AbuseCase("a refresh token is used again later: everything ends") { world in
            let first = try await world.tokens()
            let second = try await world.refresh(first.refreshToken)
            #expect(second.status == 200)
            try await world.age(seconds: OAuthLimits.refreshGraceSeconds + 1)
            #expect(try await world.refresh(first.refreshToken).oauthError == "invalid_grant")
            #expect(try await world.works(second) == false)
            #expect(try await world.refresh(second.refreshToken).oauthError == "invalid_grant")
        },
        AbuseCase("a refresh token is used by many at once: the client goes on, later reuse still ends all") { world in
            let first = try await world.tokens()
            let replies = try await withThrowingTaskGroup(of: APIWorld.Reply.self) { group in
                for _ in 0..<6 { group.addTask { try await world.refresh(first.refreshToken) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(replies.map(\.refreshToken)).count == 6)
            try await world.age(seconds: OAuthLimits.refreshGraceSeconds + 1)
            #expect(try await world.refresh(first.refreshToken).oauthError == "invalid_grant")
            for reply in replies { #expect(try await world.refresh(reply.refreshToken).oauthError == "invalid_grant") }
        },
        AbuseCase("a refresh token is used by another client") { world in
            let tokens = try await world.tokens()
            let (other, open) = (
                try await world.other(),
                try await OAuthWorld.register(
                    in: world.api, isConfidential: false)
            )
            let stolen = try await world.refresh(tokens.refreshToken, authorization: other.authorization)
            #expect(stolen.oauthError == "invalid_grant")
            let without = try await world.token(
                [
                    "grant_type": "refresh_token", "refresh_token": tokens.refreshToken,
                    "client_id": open.application.uid,
                ], authorization: nil)
            #expect(without.oauthError == "invalid_grant")
            #expect(try await world.refresh(tokens.refreshToken).status == 200)
        },
        AbuseCase("a refresh token is used by its client without the secret") { world in
            let tokens = try await world.tokens()
            let reply = try await world.token(
                [
                    "grant_type": "refresh_token", "refresh_token": tokens.refreshToken,
                    "client_id": world.application.uid,
                ], authorization: nil)
            #expect(reply.status == 401)
        },
        AbuseCase("a refresh token is used after it was revoked, or its person suspended") { world in
            let (one, two) = (try await world.tokens(), try await world.tokens())
            _ = try await world.post("/api/oauth/revoke", ["token": one.refreshToken])
            #expect(try await world.refresh(one.refreshToken).oauthError == "invalid_grant")
            #expect(try await world.works(one) == false)
            try await world.suspendOwner()
            #expect(try await world.refresh(two.refreshToken).oauthError == "invalid_grant")
        },
        AbuseCase("a refresh token is used after 90 days") { world in
            let tokens = try await world.tokens()
            try await world.age(seconds: OAuthLimits.refreshTokenSeconds + 1)
            #expect(try await world.refresh(tokens.refreshToken).oauthError == "invalid_grant")
        },
        AbuseCase("refreshing again and again does not make a grant live longer") { world in
            let first = try await world.tokens()
            try await world.age(seconds: OAuthLimits.refreshTokenSeconds - 60)
            let second = try await world.refresh(first.refreshToken)
            #expect(second.status == 200)
            try await world.age(seconds: 61)
            #expect(try await world.refresh(second.refreshToken).oauthError == "invalid_grant")
        },
        AbuseCase("grants without refresh tokens give none") { world in
            let own = try await world.token(["grant_type": "client_credentials"])
            let pair = try await password(world, scope: "project_read")
            for reply in [own, pair] {
                #expect(reply.status == 200)
                #expect(reply.json?["refresh_token"] == nil)
                #expect(try await world.refresh(reply.accessToken).oauthError == "invalid_grant")
            }
        },
    ]
}
