import Basics
import Contract

/// Compares an answer with the document that is served: every answer of every test, in the process and from the
/// outside, goes through here.
package enum ContractCheck {
    /// What came back.
    package struct Reply: Sendable {
        let status: Int
        let contentType: String?
        let isPacked: Bool
        let text: String

        var json: JSONValue? { JSONValue(stored: text) }

        package init(status: Int, contentType: String?, isPacked: Bool = false, text: String) {
            self.status = status
            self.contentType = contentType
            self.isPacked = isPacked
            self.text = text
        }
    }

    private static let document = JSONValue(stored: OpenAPI.document()) ?? .null
    private static let endpoints = Contract.all.flatMap { endpoint in
        endpoint.methods.map {
            (method: $0.rawValue, segments: endpoint.path.split(separator: "/"), endpoint: endpoint)
        }
    }

    /// What is wrong with it, in sentences; nothing for what is not in the contract: pages, unknown paths and methods.
    package static func problems(_ method: String, _ target: String, _ reply: Reply) -> [String] {
        let asked = method == "HEAD" ? "GET" : method
        guard let endpoint = endpoint(asked, target.prefix { $0 != "?" }) else { return [] }
        // A page shares the address with some calls and answers to browsers, which it may send to sign in first.
        if reply.contentType?.hasPrefix("text/html") == true || reply.status == 303 { return [] }
        let place = "\(method) \(endpoint.path) → \(reply.status)"
        let responses = document["paths"]?[endpoint.path]?[asked.lowercased()]?["responses"]
        guard responses?["\(reply.status)"] != nil else { return ["\(place): the status is not in the document"] }
        if method == "HEAD" || reply.status == 304 {
            return reply.text.isEmpty ? [] : ["\(place): there is a body where none may be"]
        }
        return reply.status < 300 ? success(reply, endpoint, place) : refusal(reply, endpoint, place)
    }

    private static func success(
        _ reply: Reply, _ endpoint: EndpointDescription, _ place: String
    ) -> [String] {
        let schema =
            reply.status == 200 && endpoint.success == 202 ? Schema.of(PlanAnswer.self) : endpoint.answerSchema()
        guard let schema else { return reply.text.isEmpty ? [] : ["\(place): the body should be empty"] }
        // Packed answers are compared in CompressionTests.
        if reply.isPacked { return [] }
        guard reply.contentType?.hasPrefix("application/json") == true, let json = reply.json else {
            return ["\(place): the body is not JSON: \(reply.text.prefix(80))"]
        }
        return ShapeCheck.problems(json, schema, at: place)
    }

    private static func refusal(
        _ reply: Reply, _ endpoint: EndpointDescription, _ place: String
    ) -> [String] {
        guard let json = reply.json, case .object(let members) = json else {
            return ["\(place): the refusal is no JSON object: \(reply.text.prefix(80))"]
        }
        let names: Set<String>
        switch (endpoint.dialect, reply.contentType) {
        case (.oauth, _): names = ["error", "error_description"]
        case (.v60, "application/problem+json"):
            names = ["type", "title", "status", "detail", "errors", "request_id"]
        case (.v60, _): names = ["errors"]
        }
        if Set(members.keys) != names { return ["\(place): the members are \(members.keys.sorted())"] }
        let sentences = endpoint.dialect == .v60 ? json["errors"]?.items ?? [] : [json["error_description"] ?? .null]
        let isExplained = !sentences.isEmpty && sentences.allSatisfy { $0.text?.isEmpty == false }
        return isExplained ? [] : ["\(place): it is not explained"]
    }

    /// The endpoint of a path; literal segments before parameters, as in the server.
    private static func endpoint(_ method: String, _ path: Substring) -> EndpointDescription? {
        let segments = path.split(separator: "/")
        let fitting = endpoints.filter { candidate in
            candidate.method == method && candidate.segments.count == segments.count
                && zip(candidate.segments, segments).allSatisfy { $0.hasPrefix("{") ? isParameter($0, $1) : $0 == $1 }
        }
        return fitting.min { $0.segments.count { $0.hasPrefix("{") } < $1.segments.count { $0.hasPrefix("{") } }?
            .endpoint
    }

    /// Numbers are digits only; what is not is an unknown path.
    private static func isParameter(_ name: Substring, _ text: Substring) -> Bool {
        ["{order_id}", "{action}", "{collaboration_id}"].contains(name)
            || text.utf8.allSatisfy { (48...57).contains($0) } && Int64(text) != nil
    }
}
