import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

extension AbuseCase {
    private static let path = "/api/oauth/applications"

    private static func body(_ members: String) -> String { #"{"doorkeeper_application": {\#(members)}}"# }

    static let applications: [AbuseCase] = [
        AbuseCase("a customer registers an application with scopes of staff") { world in
            for scope in ["register", "admin_read", "admin_write"] {
                for scopes in ["[\"\(scope)\"]", "[\"public\", \"\(scope)\"]", "\"public \(scope)\""] {
                    let reply = try await world.api.send(
                        "POST", path, body: body(#""name": "x", "scopes": \#(scopes)"#))
                    #expect(reply.status == 422, "\(scopes)")
                }
            }
            let ok = try await world.api.send("POST", path, body: body(#""name": "x", "scopes": ["project_read"]"#))
            #expect(ok.status == 200)
        },
        AbuseCase("a customer adds scopes of staff later") { world in
            let made = try await world.api.send("POST", path, body: body(#""name": "x""#))
            let one = "\(path)/\(made.json?["id"]?.whole ?? 0)"
            for (method, scope) in [("PATCH", "register"), ("PUT", "admin_read"), ("PATCH", "admin_write")] {
                let reply = try await world.api.send(
                    method, one, body: body(#""name": "x", "scopes": ["\#(scope)"]"#))
                #expect(reply.status == 422, "\(scope)")
            }
            #expect(try await world.api.send("GET", one).json?["scopes"]?.items?.compactMap(\.text) == ["public"])
        },
        AbuseCase("a customer names another owner, id or secret") { world in
            let stranger = world.api.shop.stranger.userID ?? 0
            for member in [
                #""owner_id": \#(stranger)"#, #""owner_id": null"#, #""owner_type": "Admin""#, #""user_id": 1"#,
                #""uid": "mine""#, #""secret": "mine""#, #""id": 1"#, #""is_admin": true"#, #""trusted": true"#,
            ] {
                let reply = try await world.api.send("POST", path, body: body(#""name": "x", \#(member)"#))
                #expect(reply.json?["owner_id"]?.whole == world.api.shop.customer.userID, "\(member)")
                #expect(reply.json?["uid"]?.text?.utf8.count == 24)
                #expect(reply.json?["secret"]?.text?.hasPrefix("bth_cs_") == true)
            }
        },
        AbuseCase("somebody changes an application of others") { world in
            let one = "\(path)/\(world.api.things.application)"
            for (method, more) in [("GET", ""), ("PATCH", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/rotate_secret")]
            {
                let reply = try await world.api.send(
                    method, one + more, as: .stranger, body: body(#""name": "mine""#))
                #expect(reply.status == 404, "\(method)")
            }
            #expect(try await world.api.send("GET", one).json?["name"]?.text == "Matrix")
        },
        AbuseCase("a token manages applications or consents, itself included") { world in
            let one = "\(path)/\(world.api.things.application)"
            for role in [APIWorld.Role.token, .client, .limited, .readingAdmin] {
                for (method, address) in [
                    ("GET", path), ("POST", path), ("GET", one), ("PATCH", one), ("DELETE", one),
                    ("POST", one + "/rotate_secret"), ("GET", "/api/oauth/authorized_applications"),
                    ("DELETE", "/api/oauth/authorized_applications/\(world.api.things.application)"),
                ] {
                    let reply = try await world.api.send(
                        method, address, as: role, body: body(#""name": "x", "scopes": ["project_write"]"#))
                    #expect(reply.status == 403, "\(role) \(method) \(address)")
                }
            }
        },
        AbuseCase("a redirect URI that must not be is registered") { world in
            for uri in [
                "http://a.example/", "http://localhost/cb", "https://a.example/#x", "https://u:p@a.example/",
                "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
                "//a.example", "/cb", "a.example/cb", "https:///x", "https://a.example\\\\@evil.example/",
                "https:a.example", "*", "http://127.0.0.1.evil.example/",
            ] {
                let reply = try await world.api.send(
                    "POST", path, body: body(#""name": "x", "redirect_uri": "\#(uri)""#))
                #expect(reply.status == 422, "\(uri): \(reply.text)")
            }
        },
        AbuseCase("a deleted application goes on") { world in
            let made = try await OAuthWorld.register(in: world.api)
            let authorization = "Basic \(base64("\(made.application.uid):\(made.secret?.reveal() ?? "")"))"
            let ask = ["grant_type": "client_credentials"]
            let token = try await world.token(ask, authorization: authorization)
            #expect(token.status == 200)
            let one = "\(path)/\(made.application.id)"
            #expect(try await world.api.send("DELETE", one, as: .administrator).status == 204)
            #expect(try await world.token(ask, authorization: authorization).status == 401)
            #expect(try await world.get("/api/version", token: token.accessToken).status == 403)
            #expect(world.isStopped(try await world.authorize(["client_id": made.application.uid])))
        },
    ]

    static let people: [AbuseCase] = [
        AbuseCase("consent is sent by another site, without a page, or out of another session") { world in
            let browser = try await signedIn(world)
            try await browser.get(address(world))
            #expect(await browser.text.contains("Allow Shop"))
            let cross = try await browser.submit(
                "/api/oauth/authorize", [("decision", "allow")], headers: [("Sec-Fetch-Site", "cross-site")])
            #expect(cross.status == 403)
            // The page of a refusal has no form.
            #expect(try await browser.submit("/api/oauth/authorize", [("decision", "allow")]).status == 403)
            let another = try await signedIn(world)
            try await another.get(address(world))
            let stolen = await another.text.split(separator: "name=\"form_token\" value=\"").last?.prefix { $0 != "\"" }
            let fields =
                query(world).map { ($0.key, $0.value) } + [
                    ("form_token", String(stolen ?? "")), ("decision", "allow"),
                ]
            #expect(try await browser.submit("/api/oauth/authorize", fields).status == 403)
            #expect(try await another.submit("/api/oauth/authorize", [("decision", "allow")]).status == 303)
        },
        AbuseCase("the consent page is framed, cached or scripted") { world in
            let browser = try await signedIn(world)
            let page = try await browser.get(address(world))
            let policy = page.headers["content-security-policy"] ?? ""
            #expect(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"))
            #expect(page.headers["x-frame-options"] == "DENY")
            #expect(page.headers["cache-control"] == "no-store")
            #expect(page.headers["referrer-policy"] == "no-referrer")
            #expect(page.headers["access-control-allow-origin"] == nil)
            #expect(!page.text.contains("<script") && !page.text.contains("onclick"))
        },
        AbuseCase("what was asked is changed on the way to the decision") { world in
            let browser = try await signedIn(world)
            try await browser.get(address(world))
            // The hidden fields of the page come first; one that comes twice is refused.
            for (name, value) in [("redirect_uri", "https://evil.example/"), ("scope", "admin_write")] {
                let reply = try await browser.submit(
                    "/api/oauth/authorize", [(name, value), ("decision", "allow")])
                #expect(reply.status == 400 && reply.headers["location"] == nil, "\(name)")
                try await browser.get(address(world))
            }
            #expect(try await browser.submit("/api/oauth/authorize", [("decision", "allow")]).status == 303)
        },
        AbuseCase("projects of others are chosen") { world in
            for projects in [[], [999_999], [world.api.things.project, 999_999], [-1], [.max]] as [[Int64]] {
                await #expect(throws: Fault.self) { _ = try await world.code(projects: projects) }
            }
            let stranger = world.api.shop.stranger
            let project = world.api.things.project
            await #expect(throws: Fault.self) { _ = try await world.code(projects: [project], by: stranger) }
            let code = try await world.code(projects: [project])
            #expect(try await world.works(try await world.exchange(code)))
        },
        AbuseCase("a token that is limited to a project reaches another") { world in
            let project = "/api/projects/\(world.api.things.project)"
            let own = try await world.api.send("GET", project, as: .token)
            #expect(own.status == 200)
            #expect(try await world.api.send("GET", project, as: .limited).status == 404)
            #expect(try await world.api.send("DELETE", project, as: .limited).status == 404)
        },
        AbuseCase("consent is remembered for more, for another kind of client, or after it was taken back") { world in
            let browser = try await signedIn(world)
            try await browser.get(address(world))
            try await browser.submit("/api/oauth/authorize", [("projects", "all"), ("decision", "allow")])
            #expect(try await browser.get(address(world)).status == 303)
            #expect(try await browser.get(address(world, scope: "project_read profile_read")).status == 200)
            let id = world.application.id
            let digest = IssuedSecret.digest(of: world.secret)
            try await world.api.database.transaction {
                try $0.run("UPDATE oauth_applications SET secret_sha256 = NULL WHERE id = \(id)")
            }
            #expect(try await browser.get(address(world)).status == 200)
            let owner = world.api.shop.customer
            try await world.api.database.transaction { tx in
                try tx.run("UPDATE oauth_applications SET secret_sha256 = \(digest) WHERE id = \(id)")
                try Consent.withdraw(applicationID: id, by: owner, at: SystemWallClock().now(), in: tx)
            }
            #expect(try await browser.get(address(world)).status == 200)
        },
        AbuseCase("token_replace puts more than a name into the address") { world in
            let browser = try await signedIn(world)
            let id = world.application.id
            try await world.api.database.transaction {
                try $0.run(
                    """
                    UPDATE oauth_applications SET redirect_uris = 'https://app.example/:token/callback' WHERE id = \(id)
                    """)
            }
            let registered = "https://app.example/:token/callback"
            for value in ["../evil", "a/b", "a?b", "a#b", "a.b", "%2e%2e", "a b", String(repeating: "a", count: 129)] {
                try await browser.get(
                    address(world, redirectURI: registered) + "&token_replace=\(FormText.encode(value))")
                let reply = try await browser.submit("/api/oauth/authorize", [("decision", "deny")])
                #expect(reply.status == 400 && reply.headers["location"] == nil, "\(value)")
            }
            try await browser.get(address(world, redirectURI: registered) + "&token_replace=session-1")
            try await browser.submit("/api/oauth/authorize", [("decision", "deny")])
            #expect(await browser.location.hasPrefix("https://app.example/session-1/callback?error=access_denied"))
        },
    ]

    private static func query(
        _ world: OAuthWorld, scope: String = "project_read", redirectURI: String = OAuthWorld.redirectURI
    ) -> [String: String] {
        [
            "response_type": "code", "client_id": world.application.uid, "redirect_uri": redirectURI, "scope": scope,
            "code_challenge": OAuthWorld.challenge, "code_challenge_method": "S256",
        ]
    }

    private static func address(
        _ world: OAuthWorld, scope: String = "project_read", redirectURI: String = OAuthWorld.redirectURI
    ) -> String {
        let fields = query(world, scope: scope, redirectURI: redirectURI)
        return "/api/oauth/authorize?"
            + fields.map { "\($0.key)=\(FormText.encode($0.value))" }.sorted().joined(separator: "&")
    }

    /// A browser of the owner's.
    private static func signedIn(_ world: OAuthWorld) async throws -> Browser {
        let browser = Browser(world.api)
        let hash = try Passwords.hash(Secret(ConsentTests.password), cost: .least)
        let owner = world.api.shop.customer.userID ?? 0
        let known = try await world.api.database.read {
            try $0.int("SELECT 1 FROM users WHERE id = \(owner) AND password_hash IS NOT NULL")
        }
        if known == nil {
            try await world.api.database.transaction {
                try Passwords.store(hash, forUser: owner, at: SystemWallClock().now(), in: $0)
            }
        }
        try await browser.get("/login")
        try await browser.submit(
            "/login", [("email", try await ConsentTests.email(world)), ("password", ConsentTests.password)])
        #expect(await browser.page?.status == 303)
        return browser
    }
}
