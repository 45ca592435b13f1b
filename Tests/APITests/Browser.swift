import Basics
import TestKit

/// A browser: it keeps cookies and knows the last page.
actor Browser {
    let world: APIWorld
    private var cookies: [String: String] = [:]
    private(set) var page: APIWorld.Reply?

    init(_ world: APIWorld) { self.world = world }

    var text: String { page?.text ?? "" }
    var location: String { page?.headers["location"] ?? "" }

    @discardableResult
    func get(_ path: String, headers: [(String, String)] = []) async throws -> APIWorld.Reply {
        try await send("GET", path, nil, headers)
    }

    /// Sends the form of the last page: its hidden fields, and these.
    @discardableResult
    func submit(
        _ path: String, _ fields: [(String, String)], headers: [(String, String)] = []
    ) async throws -> APIWorld.Reply {
        // A page may have several forms with the same hidden fields.
        // What is given stands in the place of what a script would fill in.
        var seen = Set(fields.map(\.0))
        let all = hidden.filter { seen.insert($0.0).inserted } + fields
        let body = all.map { "\($0.0)=\(FormText.encode($0.1))" }.joined(separator: "&")
        return try await send("POST", path, body, headers)
    }

    func forget() { cookies = [:] }
    /// The cookies that are kept, by name.
    var kept: [String: String] { cookies }
    func take(_ other: [String: String]) { cookies = other }

    /// The token of the last page's forms; empty when it has none.
    var formToken: String { hidden.first { $0.0 == "form_token" }.map { FormText.encode($0.1) } ?? "" }

    /// Sends a body as it is.
    @discardableResult
    func send(_ path: String, raw: String) async throws -> APIWorld.Reply { try await send("POST", path, raw, []) }

    private func send(
        _ method: String, _ path: String, _ body: String?, _ more: [(String, String)]
    ) async throws -> APIWorld.Reply {
        var headers = more
        if body != nil { headers.append(("Content-Type", "application/x-www-form-urlencoded")) }
        if !cookies.isEmpty {
            headers.append(("Cookie", cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")))
        }
        let reply = try await world.raw(method, path, headers, body.map { Array($0.utf8) })
        for line in (reply.headers["set-cookie"] ?? "").split(separator: "\n") {
            let pair = (line.split(separator: ";").first ?? "").split(separator: "=", maxSplits: 1).map(String.init)
            cookies[pair[0]] = pair.count > 1 ? pair[1] : nil
        }
        page = reply
        return reply
    }

    private static func unescaped(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(text) {
            $0.split(separator: $1.0, omittingEmptySubsequences: false).joined(separator: $1.1)
        }
    }

    private var hidden: [(String, String)] {
        text.split(separator: "<input type=\"hidden\" ").dropFirst().compactMap { part in
            let quoted = part.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
            return quoted.count > 3 ? (quoted[1], Self.unescaped(quoted[3])) : nil
        }
    }
}
