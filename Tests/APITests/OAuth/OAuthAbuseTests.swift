import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

/// What attackers and broken clients send. Nothing here may work, and nothing may end the process.
@Suite struct OAuthAbuseTests {
    /// Every way to be the wrong client gives one and the same answer.
    @Test(arguments: TestDialect.allCases) func clientFailuresLookTheSame(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let (uid, grant) = (world.application.uid, ["grant_type": "client_credentials"])
            let headers: [String?] = [
                nil, "Basic", "Basic ", "Basic !!!", "Basic \(base64(uid))", "Basic \(base64("\(uid):"))",
                "Basic \(base64("\(uid):wrong"))", "Basic \(base64("nobody:\(world.secret)"))",
                "Basic \(base64(":"))", "Basic \(base64("\(uid)%zz:\(world.secret)"))", "Digest x", "Bearer x",
                "Basic \(base64("\(uid):\(world.secret)\u{0}"))",
                "Basic \(base64(String(repeating: "x", count: 2000)))",
            ]
            var bodies: Set<String> = []
            for header in headers {
                let reply = try await world.token(grant, authorization: header)
                #expect(reply.status == 401, "\(header ?? "none"): \(reply.text)")
                #expect(reply.headers["www-authenticate"] == #"Basic realm="Berth OAuth""#)
                bodies.insert(reply.text)
            }
            for fields in [["client_id": uid], ["client_id": uid, "client_secret": "wrong"], ["client_id": "nobody"]] {
                let reply = try await world.token(
                    grant.merging(fields) { $1 }.mapValues { $0 }, authorization: nil)
                #expect(reply.status == 401)
                bodies.insert(reply.text)
            }
            #expect(bodies.count == 1, "\(bodies)")
        }
    }

    @Test func twoAuthenticationsAtOnceAreRefused() async throws {
        try await OAuthWorld.with(.sqlite) { world in
            let both = try await world.token([
                "grant_type": "client_credentials", "client_id": world.application.uid, "client_secret": world.secret,
            ])
            #expect(both.oauthError == "invalid_request")
            let mixed = try await world.token(["grant_type": "client_credentials", "client_id": "another"])
            #expect(mixed.oauthError == "invalid_request")
            let body = try await world.token(
                [
                    "grant_type": "client_credentials", "client_id": world.application.uid,
                    "client_secret": world.secret,
                ], authorization: nil)
            #expect(body.status == 200)
        }
    }

    static let malformed = [
        "", "grant_type", "grant_type=", "grant_type=client_credentials&grant_type=password",
        "grant_type[]=client_credentials", "grant_type=%ff", "grant_type=%", "grant_type=%zz", "=x",
        "scope=a&scope=b&grant_type=client_credentials", "grant_type=client_credentials&scope[]=public",
        "grant_type=authorization_code", "grant_type=authorization_code&code=x", "grant_type=refresh_token",
        "grant_type=password", "grant_type=password&username=x", "grant_type=%00",
        "grant_type=authorization_code&code=%00&redirect_uri=%00", "grant_type=refresh_token&refresh_token=%00",
        "grant_type=password&username=%00&password=%00",
        "grant_type=authorization_code&code=x&redirect_uri=y&code_verifier=short",
    ]

    @Test(arguments: TestDialect.allCases) func malformedRequestsAreRefused(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            for body in Self.malformed {
                for path in ["/api/oauth/token", "/api/oauth/revoke", "/api/oauth/introspect"] {
                    let reply = try await world.post(path, raw: body)
                    #expect(reply.status == 400, "\(path) \(body): \(reply.text)")
                    #expect(reply.oauthError != nil, "\(path) \(body): \(reply.text)")
                }
            }
            for grant in ["implicit", "token", "CLIENT_CREDENTIALS", "client_credentials "] {
                #expect(try await world.token(["grant_type": grant]).oauthError == "unsupported_grant_type")
            }
            let many = (0..<200).map { "f\($0)=1" }.joined(separator: "&")
            #expect(try await world.post("/api/oauth/token", raw: many).oauthError == "invalid_request")
            let huge = "grant_type=" + String(repeating: "x", count: 20_000)
            #expect(try await world.post("/api/oauth/token", raw: huge).status == 413)
            #expect(try await world.token(["grant_type": "client_credentials"]).status == 200)
        }
    }

    @Test func secretsInTheAddressAreRefused() async throws {
        try await OAuthWorld.with(.sqlite) { world in
            for name in ["client_secret", "password", "code", "refresh_token", "token", "access_token"] {
                let reply = try await world.post(
                    "/api/oauth/token?\(name)=x", raw: "grant_type=client_credentials")
                #expect(reply.status == 400)
                #expect(reply.oauthError == "invalid_request")
            }
            let token = try await world.token(["grant_type": "client_credentials"]).accessToken
            let reply = try await world.api.send("GET", "/api/version?access_token=\(token)", as: .anonymous)
            #expect(reply.status == 400)
        }
    }

    @Test(arguments: TestDialect.allCases) func codesAreBoundToEverything(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let challenge = PKCE.challenge(of: OAuthWorld.verifier)
            let other = try await OAuthWorld.register(in: world.api)
            let stranger = "Basic \(base64("\(other.application.uid):\(other.secret?.reveal() ?? "")"))"
            let wrongVerifier = String(repeating: "a", count: 43)
            let verifier = OAuthWorld.verifier

            let stolen = try await world.code(challenge: challenge)
            #expect(
                try await world.exchange(stolen, verifier: verifier, authorization: stranger).oauthError
                    == "invalid_grant")
            let wrong = try await world.code(challenge: challenge)
            #expect(try await world.exchange(wrong, verifier: wrongVerifier).oauthError == "invalid_grant")
            // Whoever guessed once does not guess twice.
            #expect(try await world.exchange(wrong, verifier: verifier).oauthError == "invalid_grant")
            let missing = try await world.code(challenge: challenge)
            #expect(try await world.exchange(missing).oauthError == "invalid_grant")
            let downgraded = try await world.code()
            #expect(try await world.exchange(downgraded, verifier: verifier).oauthError == "invalid_grant")
            for uri in ["\(OAuthWorld.redirectURI)/", "https://evil.example/", OAuthWorld.redirectURI.uppercased()] {
                let code = try await world.code()
                #expect(try await world.exchange(code, redirectURI: uri).oauthError == "invalid_grant", "\(uri)")
            }
        }
    }

    @Test(arguments: TestDialect.allCases) func aRefreshTokenIsOfItsClientOnly(dialect: TestDialect) async throws {
        try await OAuthWorld.with(dialect) { world in
            let tokens = try await world.exchange(try await world.code())
            let fields = ["grant_type": "refresh_token", "refresh_token": tokens.refreshToken]
            let other = try await OAuthWorld.register(in: world.api)
            let stranger = "Basic \(base64("\(other.application.uid):\(other.secret?.reveal() ?? "")"))"
            #expect(try await world.token(fields, authorization: stranger).oauthError == "invalid_grant")
            let wider = try await world.token(fields.merging(["scope": "project_read profile_read"]) { $1 })
            #expect(wider.oauthError == "invalid_scope")
            let access = ["grant_type": "refresh_token", "refresh_token": tokens.accessToken]
            #expect(try await world.token(access).oauthError == "invalid_grant")
            #expect(try await world.token(fields).status == 200)
        }
    }

    @Test func simultaneousRefreshesKeepTheClientGoing() async throws {
        try await OAuthWorld.with(.sqlite) { world in
            let tokens = try await world.exchange(try await world.code())
            let fields = ["grant_type": "refresh_token", "refresh_token": tokens.refreshToken]
            let replies = try await withThrowingTaskGroup(of: APIWorld.Reply.self) { group in
                for _ in 0..<8 { group.addTask { try await world.token(fields) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 200 })
            #expect(Set(replies.map(\.refreshToken)).count == 8)
        }
    }

    @Test func publicClientsGetNothingWithoutAPerson() async throws {
        try await OAuthWorld.with(.sqlite) { world in
            let made = try await OAuthWorld.register(in: world.api, isConfidential: false)
            #expect(made.secret == nil)
            let uid = made.application.uid
            for grant in ["client_credentials", "password"] {
                let reply = try await world.token(["grant_type": grant, "client_id": uid], authorization: nil)
                #expect(reply.oauthError == "unauthorized_client", "\(grant)")
            }
            let withSecret = try await world.token(
                ["grant_type": "client_credentials", "client_id": uid, "client_secret": "x"], authorization: nil)
            #expect(withSecret.status == 401)
            let introspect = try await world.post(
                "/api/oauth/introspect", ["token": "x", "client_id": uid], authorization: nil)
            #expect(introspect.status == 401)
        }
    }

    static let bearers = [
        "Bearer", "Bearer ", "Bearer x", "bearer  x", "Bearer \u{e9}",
        "Bearer bth_at_" + String(repeating: "0", count: 49),
        "Bearer bth_rt_" + String(repeating: "0", count: 49), "Bearer " + String(repeating: "x", count: 600),
    ]

    @Test(arguments: bearers) func inventedTokensAreRefused(header: String) async throws {
        try await APIWorld.with(.sqlite) { world in
            let reply = try await world.send("GET", "/api/projects", headers: [("Authorization", header)])
            #expect(reply.status == 403, "\(reply.text)")
            #expect(reply.headers["www-authenticate"]?.contains("invalid_token") == true)
        }
    }

    @Test func customersCannotGiveApplicationsWhatIsNotTheirs() async throws {
        try await APIWorld.with(.sqlite) { world in
            let customer = world.shop.customer
            for scopes in [ScopeSet([.register]), [.adminRead], [.public, .adminWrite]] {
                await #expect(throws: Fault.self) {
                    try await world.database.transaction { tx in
                        _ = try Applications.create(
                            ApplicationDraft(name: "Mine", scopes: scopes), by: customer,
                            at: SystemWallClock().now(), in: tx)
                    }
                }
            }
        }
    }
}
