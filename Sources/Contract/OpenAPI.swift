import Basics

/// Prints the contract as an OpenAPI 3.1 document.
package enum OpenAPI {
    /// The document, indented by two spaces, members in a fixed order. Pure: equal contracts give equal text.
    package static func document(_ endpoints: [EndpointDescription] = Contract.all) -> String {
        var components: [String: Schema] = [:]
        var paths: [String: [(String, Node)]] = [:]
        for endpoint in endpoints {
            for method in endpoint.methods {
                let id = method == endpoint.method ? endpoint.id : "\(endpoint.id)_by_\(method.rawValue.lowercased())"
                let node = operation(endpoint, id: id, components: &components)
                paths[endpoint.path, default: []].append((method.rawValue.lowercased(), node))
            }
        }
        let pathNodes = paths.sorted { $0.key < $1.key }.map { ($0.key, Node.object($0.value)) }
        let root = Node.object([
            ("openapi", .text("3.1.0")),
            (
                "info",
                .object([
                    ("title", .text("Berth")), ("version", .text(String(Contract.versionDefault))),
                    (
                        "description",
                        .text(
                            "Sell container hosting over HTTP. Send an API key with Basic authentication. "
                                + "Bodies and answers are JSON; errors are always {\"errors\":[\"sentence\", …]}.")
                    ),
                ])
            ),
            ("paths", .object(pathNodes)),
            (
                "components",
                .object([
                    ("schemas", .object(schemaNodes(components))),
                    ("responses", .object(responseNodes())),
                    ("headers", .object(headerNodes())),
                    (
                        "securitySchemes",
                        .object([("basicAuth", .object([("type", .text("http")), ("scheme", .text("basic"))]))])
                    ),
                ])
            ),
        ])
        var text = ""
        root.write(to: &text, indent: 0)
        return text + "\n"
    }

    private static func operation(
        _ endpoint: EndpointDescription, id: String, components: inout [String: Schema]
    ) -> Node {
        var members: [(String, Node)] = [
            ("operationId", .text(id)), ("summary", .text(endpoint.summary)), ("tags", .array([.text(endpoint.tag)])),
        ]
        switch endpoint.access {
        case .anonymous: members.append(("security", .array([])))
        case .account(let scopes):
            members.append(("security", .array([.object([("basicAuth", .array([]))])])))
            members.append(("x-scopes", .array(scopes.names.map(Node.text))))
        }
        let parameters = parameterNodes(endpoint)
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let body = endpoint.bodySchema() {
            var content: [(String, Node)] = [("schema", node(body, isRequest: true, components: &components))]
            if let example = endpoint.example { content.append(("example", .raw(example))) }
            members.append(
                (
                    "requestBody",
                    .object([
                        ("required", .flag(!endpoint.bodyIsOptional)),
                        ("content", .object([("application/json", .object(content))])),
                        ("x-max-bytes", .number(endpoint.bodyBytesMax)),
                    ])
                ))
        }
        members.append(("responses", .object(answers(endpoint, components: &components))))
        return .object(members)
    }

    private static func answers(
        _ endpoint: EndpointDescription, components: inout [String: Schema]
    ) -> [(String, Node)] {
        var success: [(String, Node)] = [("description", .text(endpoint.success == 202 ? "Accepted." : "Done."))]
        let headers =
            (endpoint.paging == .none ? [] : ["Per-Page", "Total", "Link"])
            + ["X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
        success.append(("headers", .object(headers.map { ($0, Node.reference("headers", $0)) })))
        if let answer = endpoint.answerSchema() {
            let schema = node(answer, isRequest: false, components: &components)
            success.append(("content", .object([("application/json", .object([("schema", schema)]))])))
        }
        // 400 also without a body: an address that is too long, or that holds a token.
        var statuses: Set<Int> = [400, 406, 422, 429, 431, 500, 503]
        statuses.formUnion(endpoint.faults)
        // Wrong credentials are refused also where none are needed.
        if endpoint.access != .anonymous || endpoint.dialect == .v60 { statuses.formUnion([401, 403]) }
        if endpoint.dialect == .v60, endpoint.method != .get { statuses.insert(409) }
        if !endpoint.pathParameters.isEmpty { statuses.insert(404) }
        if endpoint.takesBody { statuses.formUnion([400, 408, 413, 415]) }
        let unchanged: [(String, Node)] =
            endpoint.method == .get && endpoint.dialect == .v60
            ? [("304", .object([("description", .text("Nothing has changed since the state of If-None-Match."))]))] : []
        return plan(endpoint, components: &components) + unchanged + [(String(endpoint.success), .object(success))]
            + statuses.sorted().map { (String($0), .reference("responses", "Error\($0)")) }
    }

    /// What `dry_run` is answered with.
    private static func plan(
        _ endpoint: EndpointDescription, components: inout [String: Schema]
    ) -> [(String, Node)] {
        guard endpoint.isPlanned else { return [] }
        let own = endpoint.success == 201 ? endpoint.answerSchema() : nil
        let schema = node(own ?? Schema.of(PlanAnswer.self), isRequest: false, components: &components)
        let content: Node = .object([("application/json", .object([("schema", schema)]))])
        return [("200", .object([("description", .text("With dry_run: the plan.")), ("content", content)]))]
    }

    private static func parameterNodes(_ endpoint: EndpointDescription) -> [Node] {
        var nodes = endpoint.pathParameters.map { name -> Node in
            let schema: Node =
                ["order_id", "action", "collaboration_id"].contains(name)
                ? .object([("type", .text("string"))])
                : .object([("type", .text("integer")), ("format", .text("int64")), ("minimum", .number(0))])
            return .object([
                ("name", .text(name)), ("in", .text("path")), ("required", .flag(true)), ("schema", schema),
            ])
        }
        func query(_ name: String, _ schema: Node, _ summary: String) {
            nodes.append(
                .object([
                    ("name", .text(name)), ("in", .text("query")), ("required", .flag(false)), ("schema", schema),
                    ("description", .text(summary)),
                ]))
        }
        if endpoint.paging != .none {
            let page: Node = .object([("type", .text("integer")), ("minimum", .number(1))])
            let size: Node = .object([
                ("type", .text("integer")), ("minimum", .number(1)), ("maximum", .number(Page.sizeMax)),
                ("default", .number(Page.sizeDefault)),
            ])
            query("page", page, "Which page, from 1.")
            query("per_page", size, "Rows per page. per-page means the same.")
        }
        var unused: [String: Schema] = [:]
        for parameter in endpoint.query {
            query(parameter.name, node(parameter.schema, isRequest: true, components: &unused), parameter.summary)
        }
        return nodes
    }

    private static func schemaNodes(_ components: [String: Schema]) -> [(String, Node)] {
        var found = components
        let errors: (String, Node) = (
            "Errors",
            .object([
                ("type", .text("object")), ("required", .array([.text("errors")])),
                (
                    "properties",
                    .object([
                        (
                            "errors",
                            .object([
                                ("type", .text("array")), ("items", .object([("type", .text("string"))])),
                                ("minItems", .number(1)),
                            ])
                        )
                    ])
                ),
            ])
        )
        let nodes = components.sorted { $0.key < $1.key }.map { name, schema in
            (name, objectNode(schema, isRequest: name.hasSuffix("Request"), components: &found))
        }
        return (nodes + [errors]).sorted { $0.0 < $1.0 }
    }

    /// A schema in place; objects become references and are remembered in `components`.
    private static func node(_ schema: Schema, isRequest: Bool, components: inout [String: Schema]) -> Node {
        switch schema {
        case .object(let name, let fields):
            let known = isRequest && !name.hasSuffix("Request") ? name + "Request" : name
            if components.updateValue(schema, forKey: known) == nil {
                for field in fields { _ = node(field.schema, isRequest: isRequest, components: &components) }
            }
            return .reference("schemas", known)
        case .array(let element):
            return .object([
                ("type", .text("array")), ("items", node(element, isRequest: isRequest, components: &components)),
            ])
        case .string(let format, let choices):
            var members: [(String, Node)] = [("type", .text("string"))]
            if let format { members.append(("format", .text(format))) }
            if !choices.isEmpty { members.append(("enum", .array(choices.map(Node.text)))) }
            return .object(members)
        case .integer: return .object([("type", .text("integer")), ("format", .text("int64"))])
        case .number: return .object([("type", .text("number"))])
        case .boolean: return .object([("type", .text("boolean"))])
        case .nullable(let inner):
            let content = node(inner, isRequest: isRequest, components: &components)
            return .object([("anyOf", .array([content, .object([("type", .text("null"))])]))])
        case .map(let element):
            return .object([
                ("type", .text("object")),
                ("additionalProperties", node(element, isRequest: isRequest, components: &components)),
            ])
        case .any: return .object([])
        }
    }

    private static func objectNode(
        _ schema: Schema, isRequest: Bool, components: inout [String: Schema]
    ) -> Node {
        guard case .object(_, let fields) = schema else { return .object([]) }
        let required = fields.filter { !(isRequest && $0.isOptional) && !$0.isLeftOut }.map { Node.text($0.name) }
        let properties = fields.map { ($0.name, node($0.schema, isRequest: isRequest, components: &components)) }
        var members: [(String, Node)] = [("type", .text("object"))]
        if !required.isEmpty { members.append(("required", .array(required))) }
        members.append(("properties", .object(properties)))
        return .object(members)
    }
}
