import API
import Basics
import TestKit
import Testing

/// Calls by web pages of other origins, and refusals as RFC 9457 has them.
@Suite struct CrossOriginTests {
    private let shop = "https://shop.example"

    @Test func whoIsNotNamedLearnsNothing() async throws {
        try await APIWorld.with(.sqlite, crossOrigin: .only([shop])) { world in
            for origin in ["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"] {
                let reply = try await world.send("GET", "/api/version", headers: [("Origin", origin)])
                #expect(reply.headers["access-control-allow-origin"] == nil, "\(origin)")
                #expect(reply.headers["vary"]?.contains("Origin") == true)
                let asked = try await world.send(
                    "OPTIONS", "/api/projects", as: .anonymous,
                    headers: [("Origin", origin), ("Access-Control-Request-Method", "GET")])
                #expect(asked.headers["access-control-allow-methods"] == nil, "\(origin)")
            }
        }
        try await APIWorld.with(.sqlite) { world in
            let reply = try await world.send("GET", "/api/version", headers: [("Origin", shop)])
            #expect(reply.headers["access-control-allow-origin"] == nil)
        }
    }

    @Test func whoIsNamedMayCallAndReadWhatMatters() async throws {
        try await APIWorld.with(.sqlite, crossOrigin: .only([shop])) { world in
            let asked = try await world.send(
                "OPTIONS", "/api/projects/1", as: .anonymous,
                headers: [
                    ("Origin", shop), ("Access-Control-Request-Method", "PATCH"),
                    ("Access-Control-Request-Headers", "authorization,content-type"),
                ])
            #expect(asked.status == 204)
            #expect(asked.headers["access-control-allow-origin"] == shop)
            #expect(asked.headers["access-control-allow-methods"]?.contains("PATCH") == true)
            #expect(asked.headers["access-control-allow-headers"]?.contains("Authorization") == true)
            #expect(asked.headers["access-control-allow-credentials"] == nil)
            let reply = try await world.send("GET", "/api/projects", headers: [("Origin", shop)])
            #expect(reply.headers["access-control-allow-origin"] == shop)
            #expect(reply.headers["access-control-expose-headers"]?.contains("RateLimit") == true)
            // A refusal must be readable too, or the page sees a network error.
            let refused = try await world.send("GET", "/api/projects", as: .anonymous, headers: [("Origin", shop)])
            #expect(refused.status == 401)
            #expect(refused.headers["access-control-allow-origin"] == shop)
        }
    }

    @Test func pagesAreNotForOtherOrigins() async throws {
        try await APIWorld.with(.sqlite, crossOrigin: .all) { world in
            let page = try await world.send("GET", "/login", headers: [("Origin", shop)])
            #expect(page.status == 200)
            #expect(page.headers["access-control-allow-origin"] == nil)
            let reply = try await world.send("GET", "/api/version", headers: [("Origin", shop)])
            #expect(reply.headers["access-control-allow-origin"] == "*")
        }
    }

    @Test func problemsAreWrittenAsTheClientAsks() async throws {
        try await APIWorld.with(.sqlite) { world in
            let headers = [("Accept", "application/json, application/problem+json"), ("X-Request-Id", "mine-1")]
            let missing = try await world.send("GET", "/api/projects/999999", headers: headers)
            #expect(missing.status == 404)
            #expect(missing.headers["content-type"] == "application/problem+json")
            #expect(missing.json?["type"] == .string("about:blank"))
            #expect(missing.json?["title"] == .string("Not Found"))
            #expect(missing.json?["status"] == .int(404))
            #expect(missing.json?["request_id"] == .string("mine-1"))
            let sentences = missing.errors ?? []
            #expect(missing.json?["detail"] == .string(sentences.joined(separator: " ")))
            let plain = try await world.send("GET", "/api/projects/999999")
            #expect(plain.headers["content-type"]?.hasPrefix("application/json") == true)
            #expect(plain.errors == sentences)
            let fine = try await world.send("GET", "/api/projects", headers: headers)
            #expect(fine.status == 200)
            #expect(fine.headers["content-type"]?.hasPrefix("application/json") == true)
        }
    }
}
