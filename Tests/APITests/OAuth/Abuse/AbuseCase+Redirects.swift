import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

extension AbuseCase {
    /// Each of these addresses would send the code somewhere else.
    private static let addresses: [(String, String)] = [
        ("a folder below", "https://app.example/callback/x"), ("a slash at the end", "https://app.example/callback/"),
        ("the folder above", "https://app.example/"), ("dots", "https://app.example/callback/../evil"),
        ("encoded dots", "https://app.example/callback/%2e%2e/evil"),
        ("an encoded slash", "https://app.example/callback%2Fevil"),
        ("an encoded letter", "https://app.example/%63allback"), ("a query", "https://app.example/callback?next=x"),
        ("a fragment", "https://app.example/callback#x"), ("a user name", "https://user@app.example/callback"),
        ("the host as a user name", "https://app.example@evil.example/callback"),
        ("the host as a user name with a password", "https://app.example:x@evil.example/callback"),
        ("another case of the host", "https://APP.example/callback"),
        ("another case of the path", "https://app.example/Callback"),
        ("a dot after the host", "https://app.example./callback"), ("a port", "https://app.example:8443/callback"),
        ("the usual port", "https://app.example:443/callback"), ("plain http", "http://app.example/callback"),
        ("a longer host", "https://app.example.evil.example/callback"),
        ("a host that ends alike", "https://evilapp.example/callback"),
        ("a backslash", "https://evil.example\\@app.example/callback"),
        ("no scheme", "//app.example/callback"), ("no host", "/callback"),
        ("a script", "javascript:alert(document.domain)//https://app.example/callback"),
        ("data", "data:text/html,https://app.example/callback"),
        ("a line break", "https://app.example/callback\r\nX: y"),
        ("a blank before", " https://app.example/callback"), ("a zero byte", "https://app.example/callback\u{0}"),
        ("letters that look alike", "https://\u{430}pp.example/callback"),
    ]

    static let redirects: [AbuseCase] =
        addresses.map { name, address in
            AbuseCase("the redirect URI has \(name)") { world in
                // Also with a fault that the application would be told of: no open redirector.
                for type in ["code", "token"] {
                    let reply = try await world.authorize(["redirect_uri": address, "response_type": type])
                    #expect(world.isStopped(reply), "\(reply.status) \(reply.headers)")
                }
                #expect(world.isAsked(try await world.authorize()))
            }
        } + [
            AbuseCase("an unknown client names an address of its own") { world in
                for client in ["nobody", "", "\(world.application.uid)x", world.application.uid.lowercased() + "?"] {
                    let reply = try await world.authorize([
                        "client_id": client, "redirect_uri": "https://evil.example/", "response_type": "x",
                    ])
                    #expect(world.isStopped(reply), "\(client)")
                }
            },
            AbuseCase("an address on the device itself leads away from it") { world in
                let id = world.application.id
                try await world.api.database.transaction {
                    try $0.run("UPDATE oauth_applications SET redirect_uris = 'http://127.0.0.1/cb' WHERE id = \(id)")
                }
                for address in [
                    "http://127.0.0.1:80@evil.example/cb", "http://127.0.0.1.evil.example/cb",
                    "http://localhost/cb", "http://127.0.0.1:x/cb", "http://127.0.0.1:/cb", "http://127.0.0.2/cb",
                    "https://127.0.0.1/cb", "http://127.0.0.1:8080/other",
                ] {
                    #expect(world.isStopped(try await world.authorize(["redirect_uri": address])), "\(address)")
                }
                #expect(world.isAsked(try await world.authorize(["redirect_uri": "http://127.0.0.1:49152/cb"])))
            },
            AbuseCase("state breaks out of the address") { world in
                let state = "x&code=stolen#\r\nSet-Cookie: a=b\"><script>"
                let reply = try await world.authorize(["state": state, "scope": "nonsense"])
                let location = reply.headers["location"] ?? ""
                #expect(world.isToldTo("invalid_scope", reply))
                #expect(location.contains("state=\(FormText.encode(state))"))
                #expect(!location.contains("code=stolen") && !location.contains("<") && !location.contains("#"))
                #expect(reply.headers["set-cookie"] == nil)
            },
            AbuseCase("signing in leads to another site") { world in
                let browser = Browser(world.api)
                let wanted = [
                    "https://evil.example/", "//evil.example", "/\\evil.example", "/login/../x",
                    "/api/oauth/authorizeX?x",
                    "javascript:alert(1)", "/activate@evil.example", "/api/projects", "/activate\r\nX: y",
                    "/api/oauth/authorize/native?code=x", "/logout",
                ]
                for address in wanted {
                    try await browser.get("/login?return=\(FormText.encode(address))")
                    #expect(await browser.text.contains("name=\"return\" value=\"\""), "\(address)")
                }
                try await browser.get("/login?return=%2Factivate")
                #expect(await browser.text.contains("name=\"return\" value=\"/activate\""))
            },
        ]
}
