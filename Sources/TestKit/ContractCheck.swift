package import Basics
import Contract

/// Holds answers against the OpenAPI document: the status is documented, so is the type, the header fields that must
/// come are there, and the body is what the schema says, with nothing missing and nothing more.
package struct ContractCheck: Sendable {
    /// Against what this build prints.
    package static let own = ContractCheck(document: JSONValue(stored: OpenAPI.document()) ?? .null)

    /// A request and what came of it. Names of headers are in lower case.
    package struct Exchange: Sendable {
        package var method: String
        package var target: String
        package var accept: String?
        package var status: Int
        package var headers: [String: String]
        package var body: [UInt8]

        package init(
            method: String, target: String, accept: String? = nil, status: Int, headers: [String: String],
            body: [UInt8]
        ) {
            self.method = method
            self.target = target
            self.accept = accept
            self.status = status
            self.headers = headers
            self.body = body
        }

        /// `application/json`
        var type: String? { headers["content-type"].map { $0.prefix { $0 != ";" }.lowercased() } }
        var path: Substring { target.prefix { $0 != "?" } }
        var place: String { "\(method) \(path) → \(status)" }
    }

    let document: JSONValue
    private let schemas: SchemaCheck
    private let templates: [(segments: [Substring], operations: [String: JSONValue])]

    /// Against the document in `text`.
    package init?(_ text: String) {
        guard let document = JSONValue(stored: text) else { return nil }
        self.init(document: document)
    }

    init(document: JSONValue) {
        self.document = document
        schemas = SchemaCheck(document: document)
        let paths = document["paths"]?.members ?? [:]
        // A word that stands in the path goes before a parameter at the same place.
        templates = paths.map { ($0.key.split(separator: "/"), $0.value.members ?? [:]) }
            .sorted { $0.0.count { $0.hasPrefix("{") } < $1.0.count { $0.hasPrefix("{") } }
    }

    /// What is wrong; empty when nothing is, or when the request was for a page or a probe.
    package func problems(_ exchange: Exchange) -> [String] {
        let method = exchange.method.lowercased()
        if method == "options" || method == "connect" { return [] }
        guard let operations = operations(at: exchange.path) else {
            if !exchange.path.hasPrefix("/api") || isPage(exchange) { return [] }
            return refusal(exchange, statuses: [400, 401, 403, 404, 406, 422, 429, 431, 503], in: "Error")
        }
        if isPage(exchange), exchange.accept?.contains("text/html") ?? false { return [] }
        let isOAuth = operations.values.contains { answersAsOAuth($0) }
        guard let operation = operations[method == "head" ? "get" : method] else {
            var statuses: Set = [400, 405, 406, 422, 429, 431, 503]
            if !isOAuth { statuses.formUnion([401, 403]) }
            var problems = refusal(exchange, statuses: statuses, in: isOAuth ? "OAuthError" : "Error")
            if exchange.status == 405, exchange.headers["allow"] == nil {
                problems.append("\(exchange.place): Allow is missing")
            }
            return problems
        }
        guard let response = operation["responses"]?[String(exchange.status)] else {
            return ["\(exchange.place) is not documented for \(operation["operationId"]?.text ?? "it")"]
        }
        return problems(exchange, response)
    }

    /// What the document says of a call.
    package func operation(_ method: String, _ path: String) -> JSONValue? {
        document["paths"]?[path]?[method.lowercased()]
    }

    /// What is wrong with a value of a schema of the document.
    package func problems(_ value: JSONValue, schema: JSONValue) -> [String] {
        schemas.problems(value, schema, at: "body")
    }

    /// What a reference of the document stands for.
    package func resolved(_ value: JSONValue) -> JSONValue { schemas.resolve(value) }

    /// The operations of a path by method in lower case; nil when there is no such path.
    private func operations(at path: Substring) -> [String: JSONValue]? {
        let wanted = path.split(separator: "/")
        return templates.first { template in
            template.segments.count == wanted.count
                && zip(template.segments, wanted).allSatisfy { segment, text in
                    segment == text || segment.hasPrefix("{") && takes(text, as: segment)
                }
        }?.operations
    }

    private func takes(_ text: Substring, as segment: Substring) -> Bool {
        ["{order_id}", "{action}", "{collaboration_id}"].contains(segment)
            || Int64(text) != nil && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    private func answersAsOAuth(_ operation: JSONValue) -> Bool {
        operation["responses"]?["400"]?["$ref"]?.text == "#/components/responses/OAuthError400"
    }

    private func isPage(_ exchange: Exchange) -> Bool {
        exchange.type == "text/html" || exchange.type == nil && (300..<400).contains(exchange.status)
            || exchange.type == nil && exchange.accept?.contains("text/html") ?? false
    }

    /// A refusal that is no operation's own.
    private func refusal(_ exchange: Exchange, statuses: Set<Int>, in kind: String) -> [String] {
        guard statuses.contains(exchange.status) else { return ["\(exchange.place) is not documented"] }
        // 405 is of no operation, so the document has no answer for it.
        let status = exchange.status == 405 ? 400 : exchange.status
        guard let response = document["components"]?["responses"]?["\(kind)\(status)"] else {
            return ["\(exchange.place): the document has no \(kind)\(status)"]
        }
        return problems(exchange, response)
    }

    private func problems(_ exchange: Exchange, _ response: JSONValue) -> [String] {
        let response = schemas.resolve(response)
        var problems: [String] = []
        for (name, header) in response["headers"]?.members ?? [:] {
            let header = schemas.resolve(header)
            guard let text = exchange.headers[name.lowercased()] else {
                if header["required"] == .bool(true) { problems.append("\(exchange.place): \(name) is missing") }
                continue
            }
            if header["schema"]?["type"]?.text == "integer", Int64(text) == nil {
                problems.append("\(exchange.place): \(name) is no number: \(text)")
            }
        }
        guard let content = response["content"]?.members else {
            if exchange.type != nil || !exchange.body.isEmpty {
                problems.append("\(exchange.place): there is a body, and none is documented")
            }
            return problems
        }
        guard let type = exchange.type, let schema = content[type]?["schema"] else {
            return problems + ["\(exchange.place): the type \(exchange.type ?? "(none)") is not documented"]
        }
        // What is packed is compared with what is not by the tests of compression; HEAD has no body.
        if exchange.headers["content-encoding"] != nil || exchange.method == "HEAD" { return problems }
        guard let value = try? JSONValue(parsing: exchange.body) else {
            return problems + ["\(exchange.place): the body is not JSON"]
        }
        return problems + schemas.problems(value, schema, at: "body").map { "\(exchange.place): \($0)" }
    }
}
