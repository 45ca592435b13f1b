import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

extension AbuseCase {
    private static let itself = ["grant_type": "client_credentials"]

    static let clients: [AbuseCase] = [
        AbuseCase("a client shows itself in two ways at once") { world in
            let pair = ["client_id": world.application.uid, "client_secret": world.secret]
            let both = itself.merging(pair) { $1 }
            for path in ["/api/oauth/token", "/api/oauth/revoke", "/api/oauth/introspect"] {
                let reply = try await world.post(path, both.merging(["token": "x"]) { $1 })
                #expect(reply.oauthError == "invalid_request", "\(path)")
            }
            #expect(try await world.token(both, authorization: nil).status == 200)
        },
        AbuseCase("a client is one in the header and another in the body") { world in
            let other = try await world.other()
            for uid in [other.application.uid, "nobody", world.application.uid.lowercased() + "x"] {
                let reply = try await world.token(itself.merging(["client_id": uid]) { $1 })
                #expect(reply.oauthError == "invalid_request", "\(uid)")
            }
            #expect(try await world.token(itself.merging(["client_id": world.application.uid]) { $1 }).status == 200)
        },
        AbuseCase("wrong clients learn nothing from the answer") { world in
            let other = try await world.other()
            let pairs = [
                "nobody:x", "\(world.application.uid):wrong", "\(world.application.uid):", ":\(world.secret)",
                "\(other.application.uid):\(world.secret)", "\(world.application.uid):\(world.secret) ",
                "\(world.application.uid.uppercased()):\(world.secret)", "' OR 1=1 --:x", "%:%",
            ]
            var answers: Set<String> = []
            for pair in pairs {
                let reply = try await world.token(itself, authorization: "Basic \(base64(pair))")
                #expect(reply.status == 401, "\(pair)")
                answers.insert(reply.text + (reply.headers["www-authenticate"] ?? ""))
            }
            let bare = try await world.token(itself.merging(["client_id": "nobody"]) { $1 }, authorization: nil)
            answers.insert(bare.text + (bare.headers["www-authenticate"] ?? ""))
            #expect(answers.count == 1, "\(answers)")
        },
        AbuseCase("a public client acts as a confidential one") { world in
            let uid = try await OAuthWorld.register(in: world.api, isConfidential: false).application.uid
            for secret in [nil, "", "x"] {
                let reply = try await world.token(
                    itself.merging(["client_id": uid, "client_secret": secret].compactMapValues { $0 }) { $1 },
                    authorization: nil)
                #expect(reply.status == (secret == "x" ? 401 : 400))
            }
            let asked = try await world.post(
                "/api/oauth/introspect", ["client_id": uid, "token": "x"], authorization: nil)
            #expect(asked.status == 401)
        },
        AbuseCase("a confidential client acts as a public one") { world in
            let bare = ["client_id": world.application.uid]
            #expect(try await world.token(itself.merging(bare) { $1 }, authorization: nil).status == 401)
            let code = try await world.code(challenge: OAuthWorld.challenge)
            let reply = try await world.token(
                [
                    "grant_type": "authorization_code", "code": code, "redirect_uri": OAuthWorld.redirectURI,
                    "code_verifier": OAuthWorld.verifier, "client_id": world.application.uid,
                ], authorization: nil)
            #expect(reply.status == 401)
        },
        AbuseCase("a client revokes tokens of another") { world in
            let (tokens, other) = (try await world.tokens(), try await world.other())
            for token in [tokens.accessToken, tokens.refreshToken] {
                let reply = try await world.post(
                    "/api/oauth/revoke", ["token": token], authorization: other.authorization)
                #expect(reply.oauthError == "unauthorized_client")
            }
            #expect(try await world.works(tokens))
            #expect(try await world.refresh(tokens.refreshToken).status == 200)
        },
        AbuseCase("a client asks about tokens of another") { world in
            let (tokens, other) = (try await world.tokens(), try await world.other())
            for token in [tokens.accessToken, "bth_at_unknown"] {
                let reply = try await world.post(
                    "/api/oauth/introspect", ["token": token], authorization: other.authorization)
                #expect(reply.text == #"{"active":false}"#)
            }
            let theirs = try await world.token(itself, authorization: other.authorization).accessToken
            let byBearer = try await world.post(
                "/api/oauth/introspect", ["token": tokens.accessToken], authorization: "Bearer \(theirs)")
            #expect(byBearer.text == #"{"active":false}"#)
        },
        AbuseCase("a token asks about itself, or an ended one about others") { world in
            let (one, two) = (try await world.tokens(), try await world.tokens())
            let itself = try await world.post(
                "/api/oauth/introspect", ["token": one.accessToken], authorization: "Bearer \(one.accessToken)")
            #expect(itself.oauthError == "invalid_token")
            _ = try await world.post("/api/oauth/revoke", ["token": one.accessToken])
            let ended = try await world.post(
                "/api/oauth/introspect", ["token": two.accessToken], authorization: "Bearer \(one.accessToken)")
            #expect(ended.oauthError == "invalid_token")
        },
        AbuseCase("credentials of one kind are used as another") { world in
            let token = try await world.tokens().accessToken
            let client = "Basic \(base64("\(world.application.uid):\(world.secret)"))"
            let key = "Basic \(base64(world.api.keys[.owner] ?? ""))"
            // A client is no account, a key no client, a token neither.
            #expect(
                try await world.api.send("GET", "/api/projects", headers: [("Authorization", client)]).status == 401)
            #expect(try await world.token(itself, authorization: key).status == 401)
            #expect(try await world.token(itself, authorization: "Bearer \(token)").status == 401)
            let asBasic = "Basic \(base64(":\(token)"))"
            #expect(
                try await world.api.send("GET", "/api/projects", headers: [("Authorization", asBasic)]).status == 401)
            let asBearer = "Bearer \(world.secret)"
            #expect(
                try await world.api.send("GET", "/api/projects", headers: [("Authorization", asBearer)]).status == 403)
        },
        AbuseCase("the Authorization header is mixed up") { world in
            let token = try await world.tokens().accessToken
            let key = base64(world.api.keys[.owner] ?? "")
            for header in [
                "Bearer", "Bearer ", "Bearer\t\(token)", "Bearer \(token), Basic \(key)",
                "Bearer \(token)x", "Bearer \(token.dropLast())", "Bearer Bearer \(token)", "Token \(token)", token,
                "Basic \(token)", "Basic Basic \(key)", "Basic \(key),", "Bearer \(key)",
                "Basic \(key) Bearer \(token)",
                "Bearer=\(token)", "bearer:\(token)",
            ] {
                let reply = try await world.api.send("GET", "/api/projects", headers: [("Authorization", header)])
                #expect([401, 403].contains(reply.status), "\(header.prefix(20)): \(reply.status)")
                #expect(reply.headers["www-authenticate"] != nil)
            }
            let twice = [("Authorization", "Basic \(key)"), ("Authorization", "Bearer \(token)")]
            #expect([400, 401, 403].contains(try await world.api.raw("GET", "/api/projects", twice, nil).status))
        },
        AbuseCase("a secret was rotated away") { world in
            let (uid, old) = (world.application.uid, try await world.token(itself))
            let now = SystemWallClock().now()
            let next = try await world.api.database.transaction {
                try Applications.rotateSecret(uid: uid, by: .shell, at: now, in: $0).secret?.reveal() ?? ""
            }
            #expect(old.status == 200)
            #expect(try await world.token(itself).status == 401)
            let pair = ["client_id": uid, "client_secret": next]
            #expect(try await world.token(itself.merging(pair) { $1 }, authorization: nil).status == 200)
            // The world goes on with the old one.
            try await world.api.database.transaction {
                try $0.run(
                    """
                    UPDATE oauth_applications SET secret_sha256 = \(IssuedSecret.digest(of: world.secret))
                    WHERE uid = \(uid)
                    """)
            }
        },
    ]

    static let requests: [AbuseCase] = [
        AbuseCase("a secret stands in the address") { world in
            for name in [
                "access_token", "bearer_token", "client_secret", "code", "code_verifier", "device_code", "password",
                "refresh_token", "token",
            ] {
                for path in ["/api/oauth/token", "/api/oauth/revoke", "/api/oauth/introspect"] {
                    let reply = try await world.post("\(path)?\(name)=x", itself.merging(["token": "x"]) { $1 })
                    #expect(reply.oauthError == "invalid_request", "\(path) \(name)")
                }
            }
            let token = try await world.tokens().accessToken
            for name in ["access_token", "bearer_token"] {
                let reply = try await world.api.send("GET", "/api/projects?\(name)=\(token)", as: .anonymous)
                #expect(reply.status == 400)
            }
        },
        AbuseCase("a parameter comes twice, or is a list") { world in
            for more in [
                "grant_type=client_credentials", "grant_type=password", "grant_type[]=x", "scope=a&scope=b",
                "scope[]=public", "scope[0]=public", "client_id=a&client_id=b", "x[y]=z",
            ] {
                let body = "grant_type=client_credentials&\(more)"
                let reply = try await world.post("/api/oauth/token", raw: body)
                #expect(reply.oauthError == "invalid_request", "\(more): \(reply.text)")
            }
            for more in ["&client_id=x", "&redirect_uri=https%3A%2F%2Fevil.example%2F", "&scope=x", "&state=x"] {
                #expect(world.isStopped(try await world.authorize(more: more)), "\(more)")
            }
        },
        AbuseCase("JSON has lists, numbers and objects where text belongs") { world in
            let pair = "Basic \(base64("\(world.application.uid):\(world.secret)"))"
            let headers = [("Content-Type", "application/json"), ("Authorization", pair)]
            for value in ["[\"client_credentials\"]", "1", "{}", "true", "null", "[[[[]]]]", "1e999", "\"\\u0000\""] {
                let body = #"{"grant_type": \#(value)}"#
                let reply = try await world.api.raw("POST", "/api/oauth/token", headers, Array(body.utf8))
                #expect(reply.status == 400 && reply.oauthError != nil, "\(value): \(reply.text)")
            }
            let deep = String(repeating: "[", count: 5000)
            for body in [deep, "", "{", "[]", #"{"grant_type": "client_credentials""#] {
                let reply = try await world.api.raw("POST", "/api/oauth/token", headers, Array(body.utf8))
                #expect(reply.status == 400, "\(body.prefix(20)): \(reply.text)")
            }
        },
        AbuseCase("the form is no text, or too large") { world in
            for body in ["grant_type=%ff%fe", "grant_type=%c0%af", "%00=x", "grant_type=a%00b", "grant_type=%u0041"] {
                let reply = try await world.post("/api/oauth/token", raw: body)
                #expect(reply.status == 400 && reply.oauthError != nil, "\(body): \(reply.text)")
            }
            let many = (0..<500).map { "f\($0)=1" }.joined(separator: "&")
            #expect(try await world.post("/api/oauth/token", raw: many).status == 400)
            let huge = "grant_type=" + String(repeating: "x", count: 100_000)
            #expect(try await world.post("/api/oauth/token", raw: huge).status == 413)
            let headers = [("Content-Type", "text/plain")]
            let plain = try await world.api.raw(
                "POST", "/api/oauth/token", headers, Array("grant_type=client_credentials".utf8))
            #expect(plain.status == 415)
        },
        AbuseCase("grants that there are not") { world in
            for grant in [
                "implicit", "token", "CLIENT_CREDENTIALS", "client_credentials ", "urn:ietf:params:oauth:grant-type:x",
                "urn:ietf:params:oauth:grant-type:jwt-bearer", "none",
            ] {
                #expect(try await world.token(["grant_type": grant]).oauthError == "unsupported_grant_type", "\(grant)")
            }
            for type in ["token", "id_token", "code token", "none", "CODE", nil] {
                let reply = try await world.authorize(["response_type": type])
                #expect(world.isToldTo("unsupported_response_type", reply), "\(type ?? "nil")")
            }
        },
        AbuseCase("tokens that nobody was given") { world in
            let real = try await world.tokens().accessToken
            for token in [
                "x", "bth_at_", real.uppercased(), real + real, String(real.reversed()), "null", "undefined", "0", "*",
                "bth_at_" + String(repeating: "0", count: 49), String(repeating: "x", count: 4000), "' OR '1'='1",
            ] {
                let reply = try await world.get("/api/projects", token: token)
                #expect(reply.status == 403, "\(token.prefix(20))")
                #expect(reply.headers["www-authenticate"]?.contains("invalid_token") == true)
                let asked = try await world.post("/api/oauth/introspect", ["token": token])
                #expect(asked.text == #"{"active":false}"#)
                #expect(try await world.post("/api/oauth/revoke", ["token": token]).status == 200)
            }
        },
    ]
}
