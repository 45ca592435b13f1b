import API
import Basics
import Identity
import TestKit
import Testing

/// What the door refuses is said on a page where a page was asked for, and in JSON to programs.
@Suite struct PageRefusalTests {
    private static let form = ("Content-Type", "application/x-www-form-urlencoded")

    private static func isPage(_ reply: APIWorld.Reply, _ sentence: String) -> Bool {
        reply.headers["content-type"] == "text/html; charset=utf-8"
            && reply.text.contains("<p role=\"alert\">") && reply.text.contains(sentence)
            && reply.text.contains("/panel.css")
            && reply.headers["content-security-policy"]?.contains("frame-ancestors 'none'") == true
            && reply.headers["cache-control"] == "no-store"
    }

    private static func limits(_ kind: RateLimit.Kind) -> RateLimits {
        var limits = RateLimits.off
        limits[kind] = RateLimit(kind, quota: 1, seconds: 300)
        return limits
    }

    @Test func tooManyRequestsAreAPageThatSaysWhenToComeBack() async throws {
        try await APIWorld.with(.sqlite, limits: Self.limits(.address)) { world in
            _ = try await world.raw("GET", "/login", [], nil)
            for (path, accept) in [
                ("/login", "*/*"), ("/account", "text/html"), ("/api/oauth/authorize", "text/html"),
                ("/api/oauth/applications", "text/html"), ("/nowhere", "text/html"),
            ] {
                let page = try await world.raw("GET", path, [("Accept", accept)], nil)
                #expect(page.status == 429, "\(path)")
                #expect(Self.isPage(page, "Too many requests. Try again in"), "\(path): \(page.text)")
                #expect((Int(page.headers["retry-after"] ?? "") ?? 0) > 0, "\(path)")
                #expect(page.headers["x-request-id"] != nil && page.headers["ratelimit-limit"] == "1", "\(path)")
            }
            for (path, accept) in [
                ("/api/projects", "application/json"), ("/api/projects", "text/html"),
                ("/api/nowhere", "text/html"), ("/nowhere", "application/json"),
                ("/api/oauth/applications", "application/json"),
            ] {
                let reply = try await world.raw("GET", path, [("Accept", accept)], nil)
                #expect(reply.status == 429 && reply.json != nil, "\(path) \(accept): \(reply.text)")
            }
        }
    }

    @Test func tooManyFormsAreAPage() async throws {
        try await APIWorld.with(.sqlite, limits: Self.limits(.form)) { world in
            for round in 0..<2 {
                let reply = try await world.raw("POST", "/login", [Self.form], Array("email=a&password=b".utf8))
                #expect((reply.status == 429) == (round == 1))
                #expect(Self.isPage(reply, "Try again in") == (round == 1))
                #expect((reply.headers["retry-after"] != nil) == (round == 1))
            }
        }
    }

    @Test func aFormThatIsTooLargeIsAPage() async throws {
        try await APIWorld.with(.sqlite) { world in
            let large = [UInt8](repeating: 97, count: 300_000)
            let page = try await world.raw("POST", "/login", [Self.form], large)
            #expect(page.status == 413)
            #expect(Self.isPage(page, "Go back, make what you send shorter"), "\(page.text)")
            let call = try await world.raw("POST", "/api/oauth/token", [Self.form], large)
            #expect(call.status == 413 && call.oauthError != nil)
        }
    }

    @Test func aFormThatIsTooSlowIsAPage() async throws {
        try await APIWorld.with(.sqlite, bodyTime: .milliseconds(200)) { world in
            let start =
                "POST /login HTTP/1.1\r\nHost: berth.test\r\nContent-Type: \(Self.form.1)\r\n"
                + "Content-Length: 100\r\n\r\n"
            let reply = try await RawConnection.exchange(world, [start, "email="], until: RawConnection.isWhole)
            #expect(reply.hasPrefix("HTTP/1.1 408 ") && reply.lowercased().contains("content-type: text/html"))
            #expect(reply.contains("Go back and send the form again."))
        }
    }

    @Test func unknownPathsOfThePanelAreAPage() async throws {
        try await APIWorld.with(.sqlite) { world in
            for path in ["/account/nowhere", "/password/nowhere", "/login/nowhere"] {
                let page = try await world.raw("GET", path, [], nil)
                #expect(page.status == 404 && Self.isPage(page, "Begin at your account: /account."), "\(path)")
            }
            for path in ["/", "/nowhere", "/accounts", "/activate/x"] {
                let page = try await world.raw("GET", path, [("Accept", "text/html")], nil)
                #expect(page.status == 404 && Self.isPage(page, "Begin at your account: /account."), "\(path)")
                let program = try await world.raw("GET", path, [("Accept", "application/json")], nil)
                #expect(program.status == 404 && program.errors != nil, "\(path)")
            }
            let long = "/account?" + String(repeating: "a", count: 20_000)
            let page = try await world.raw("GET", long, [], nil)
            #expect(page.status == 400 && Self.isPage(page, "Begin again at your account"), "\(page.status)")
            for path in ["/healthz", "/readyz"] {
                let probe = try await world.raw("GET", path, [("Accept", "text/html")], nil)
                #expect(probe.status == 200 && probe.headers["content-type"]?.hasPrefix("text/plain") == true)
            }
        }
    }
}
