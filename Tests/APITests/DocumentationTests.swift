import API
import Basics
import Contract
import Foundation
import Identity
import Panel
import TestKit
import Testing

/// The page that describes the API.
@Suite struct DocumentationTests {
    private static let path = "/documentation/api"

    /// What stands between `before` and the next quote, everywhere.
    private func values(_ before: String, in text: String) -> [String] {
        text.split(separator: before, omittingEmptySubsequences: false).dropFirst().map {
            String($0.prefix { $0 != "\"" })
        }
    }

    @Test func everyOperationIsOnThePageOnceAndEveryLinkLeadsSomewhere() async throws {
        try await APIWorld.with(.sqlite) { world in
            let page = try await world.send("GET", Self.path, as: .anonymous).text
            let ids = values(" id=\"", in: page)
            #expect(Set(ids).count == ids.count, "an id is there twice")
            for endpoint in Contract.all {
                #expect(ids.count { $0 == endpoint.id } == 1, "\(endpoint.id)")
                #expect(page.contains("<h3 id=\"\(endpoint.id)\">"), "\(endpoint.id)")
            }
            for scope in Scope.allCases { #expect(ids.contains("scope-\(scope.rawValue)")) }
            let links = values("href=\"", in: page)
            #expect(links.count > 500)
            for link in Set(links) {
                if link.hasPrefix("#") {
                    #expect(ids.contains(String(link.dropFirst())), "\(link) leads nowhere")
                } else if link.hasPrefix("/") {
                    let reply = try await world.send("GET", link, as: .anonymous)
                    #expect(reply.status == 200, "\(link)")
                } else {
                    Issue.record("\(link) leads to somebody else")
                }
            }
        }
    }

    /// Status by status, with the example of each success.
    @Test func allThatTheDocumentSaysIsOnThePage() throws {
        let page = APIDocumentation(publicURL: "https://berth.test").html()
        for endpoint in Contract.all {
            let start = try #require(page.range(of: "<h3 id=\"\(endpoint.id)\">"))
            let end = page.range(of: "</article>", range: start.upperBound..<page.endIndex)?.lowerBound
            let article = page[start.upperBound..<(end ?? page.endIndex)]
            let operation = ContractCheck.own.operation(endpoint.method.rawValue, endpoint.path)
            let statuses = try #require(operation?["responses"]?.members?.keys)
            for status in statuses { #expect(article.contains(">\(status)<"), "\(endpoint.id) \(status)") }
            for parameter in operation?["parameters"]?.items ?? [] {
                #expect(article.contains("<code>\(parameter["name"]?.text ?? "?")</code>"), "\(endpoint.id)")
            }
            #expect(article.contains("https://berth.test\(endpoint.path.prefix { $0 != "{" })"), "\(endpoint.id)")
            if endpoint.takesBody { #expect(article.contains("A body that works"), "\(endpoint.id)") }
            if endpoint.answerSchema() != nil {
                #expect(article.contains("Answer \(endpoint.success)</p>"), "\(endpoint.id)")
            }
        }
    }

    @Test func nothingRunsAndNothingComesFromElsewhere() async throws {
        try await APIWorld.with(.sqlite) { world in
            let reply = try await world.send("GET", Self.path, as: .anonymous)
            let policy = reply.headers["content-security-policy"] ?? ""
            #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe") && !policy.contains("script-src"))
            #expect(reply.headers["x-content-type-options"] == "nosniff")
            #expect(reply.headers["set-cookie"] == nil)
            for word in ["<script", "<style", " style=", " onclick=", " onload=", "javascript:", "<img", "<iframe"] {
                #expect(!reply.text.contains(word), "\(word)")
            }
            #expect(reply.text.contains("https://berth.test/api/orders"))
        }
    }

    @Test func hostileTextIsShownAndNotRun() {
        let hostile = "<script>alert(\"1\")</script>&'"
        let endpoint = Endpoint<Nothing, Acknowledgement>(
            .post, "/api/hostile/{id}", id: "hostile\"><b>", hostile, access: .anonymous,
            query: [QueryParameter(hostile, .string(format: hostile, choices: []), hostile)])
        let page = APIDocumentation(publicURL: hostile, endpoints: [endpoint.about]).html()
        #expect(!page.contains("<script"))
        #expect(!page.contains("\"><b>"))
        #expect(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;"))
        // What is put into a shell is one word there.
        #expect(page.contains("&amp;&#39;\\&#39;&#39;/api/hostile/1"))
    }

    @Test func whoHasThePageIsNotSentItAgain() async throws {
        try await APIWorld.with(.sqlite) { world in
            func get(_ headers: [(String, String)], _ method: String = "GET") async throws -> APIWorld.Reply {
                try await world.raw(method, Self.path, headers, nil)
            }
            let plain = try await get([])
            let tag = plain.headers["etag"] ?? ""
            #expect(tag.hasPrefix("\"") && tag.count > 10)
            #expect(plain.headers["cache-control"] == "public, max-age=300")
            for coding in ["gzip", "br"] {
                let packed = try await get([("Accept-Encoding", coding)])
                #expect(packed.headers["content-encoding"] == coding)
                #expect(packed.bytes.count < plain.bytes.count / 8)
                #expect(packed.headers["vary"] == "Accept-Encoding")
                // A strong tag is that of these bytes.
                let other = packed.headers["etag"] ?? ""
                #expect(other != tag && other.hasPrefix("\""))
                let again = try await get([("Accept-Encoding", coding), ("If-None-Match", other)])
                #expect(again.status == 304 && again.bytes.isEmpty)
                #expect(again.headers["etag"] == other)
            }
            let unchanged = try await get([("If-None-Match", "\"x\", \(tag)")])
            #expect(unchanged.status == 304 && unchanged.bytes.isEmpty)
            let stale = try await get([("If-None-Match", "\"x\"")])
            #expect(stale.status == 200)
            let head = try await get([], "HEAD")
            #expect(head.status == 200 && head.bytes.isEmpty && head.headers["etag"] == tag)
            #expect(head.headers["content-type"] == "text/html; charset=utf-8")
        }
    }

    @Test func shortcutsLeadToItAndItTakesNothing() async throws {
        try await APIWorld.with(.sqlite) { world in
            for path in ["/documentation", "/documentation/", "/documentation/api/"] {
                let reply = try await world.raw("GET", path, [], nil)
                #expect(reply.status == 308 && reply.headers["location"] == Self.path, "\(path)")
            }
            for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
                let reply = try await world.raw(method, Self.path, [], method == "POST" ? [1] : nil)
                #expect(reply.status == 405 && reply.headers["allow"] == "GET, HEAD", "\(method)")
            }
            // Whoever is known to the API is no other than whoever is not.
            for role in [APIWorld.Role.anonymous, .suspended, .revoked, .owner] {
                let reply = try await world.send("GET", Self.path, as: role)
                #expect(reply.status == 200, "\(role)")
            }
        }
    }

    @Test func itCountsAsARequest() async throws {
        var limits = RateLimits.off
        limits[.address] = RateLimit(.address, quota: 2, seconds: 60)
        try await APIWorld.with(.sqlite, limits: limits) { world in
            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(try await world.raw("GET", Self.path, [], nil).status) }
            #expect(statuses == [200, 200, 429])
        }
    }

    @Test func examplesAreLaidOutAndStayTheSame() throws {
        for endpoint in Contract.all {
            for json in [endpoint.example, endpoint.answerExample()].compactMap(\.self) {
                let laidOut = JSONLayout.indented(json)
                #expect(JSONValue(stored: laidOut) == JSONValue(stored: json), "\(endpoint.id)")
                #expect(laidOut.split(separator: "\n").allSatisfy { $0.utf8.count < 200 }, "\(endpoint.id)")
            }
        }
        #expect(JSONLayout.indented(#"{"a": "x, {y}: \"z\""}"#) == #"{"a": "x, {y}: \"z\""}"#)
    }
}
