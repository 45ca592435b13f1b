import Basics

extension OpenAPI {
    /// What goes into the path, the query and the header fields.
    static func parameterNodes(_ endpoint: EndpointDescription) -> [Node] {
        var nodes = endpoint.pathParameters.map { name in
            parameter(name, in: "path", pathSchema(name), nil)
        }
        if endpoint.paging != .none {
            let page = integer(1...Int64(Page.numberMax), default: 1)
            let size = integer(1...Int64(Page.sizeMax), default: Int64(Page.sizeDefault))
            nodes.append(parameter("page", in: "query", page, "Which page, from 1."))
            nodes.append(parameter("per_page", in: "query", size, "Rows per page. per-page means the same."))
        }
        var unused: [String: Schema] = [:]
        for query in endpoint.query {
            let schema = query.range.map { integer($0) } ?? node(query.schema, isRequest: true, components: &unused)
            nodes.append(parameter(query.name, in: "query", schema, query.summary))
        }
        return nodes + headerParameters(endpoint)
    }

    private static func headerParameters(_ endpoint: EndpointDescription) -> [Node] {
        var nodes: [Node] = []
        let text: Node = .object([("type", .text("string"))])
        if isCached(endpoint) {
            nodes.append(
                parameter("If-None-Match", in: "header", text, "The ETag that you have: 304 when it is still true."))
        }
        if endpoint.isConditional {
            nodes.append(
                parameter("If-Match", in: "header", text, "The ETag that you have: 412 when it is not true any more."))
        }
        if isRepeatable(endpoint) {
            let key: Node = .object([
                ("type", .text("string")), ("minLength", .number(1)),
                ("maxLength", .number(EndpointLimits.idempotencyKeyBytesMax)), ("pattern", .text("^[!-~]+$")),
            ])
            nodes.append(
                parameter("Idempotency-Key", in: "header", key, "Names the request, so that it is done once."))
        }
        if endpoint.success == 202 {
            nodes.append(parameter("Prefer", in: "header", text, "wait=n: answer when it has ended, or in n seconds."))
        }
        return nodes
    }

    private static func parameter(_ name: String, in place: String, _ schema: Node, _ summary: String?) -> Node {
        .object(
            [
                ("name", .text(name)), ("in", .text(place)), ("required", .flag(place == "path")),
                ("schema", schema),
            ] + (summary.map { [("description", .text($0))] } ?? []))
    }

    private static func pathSchema(_ name: String) -> Node {
        switch name {
        case "action":
            .object([
                ("type", .text("string")), ("enum", .array(PowerWord.allCases.map { .text($0.rawValue) })),
            ])
        case "order_id", "collaboration_id": .object([("type", .text("string")), ("minLength", .number(1))])
        default: integer(0...Int64.max)
        }
    }

    private static func integer(_ range: ClosedRange<Int64>, default value: Int64? = nil) -> Node {
        var members: [(String, Node)] = [
            ("type", .text("integer")), ("format", .text("int64")), ("minimum", .number(Int(range.lowerBound))),
        ]
        if range.upperBound < .max { members.append(("maximum", .number(Int(range.upperBound)))) }
        if let value { members.append(("default", .number(Int(value)))) }
        return .object(members)
    }

    // MARK: Who may call

    static let securityNodes: [(String, Node)] = [
        scheme("basicAuth", "basic", "The API key pair of an account: it has all rights of the account."),
        scheme("bearerAuth", "bearer", "An access token or a named API key: it has the scopes that it was given."),
        scheme("clientAuth", "basic", "The id and the secret of an OAuth application (RFC 6749, section 2.3.1)."),
    ]

    private static func scheme(_ name: String, _ scheme: String, _ summary: String) -> (String, Node) {
        (
            name,
            .object([("type", .text("http")), ("scheme", .text(scheme)), ("description", .text(summary))])
        )
    }

    /// One of these is needed. Each scope of a route is enough alone.
    static func securityRequirements(_ endpoint: EndpointDescription) -> [Node] {
        func need(_ scheme: String, _ scopes: [String] = []) -> Node {
            .object([(scheme, .array(scopes.map(Node.text)))])
        }
        switch endpoint.access {
        case .anonymous:
            // Clients without a secret, and those that send it in the body, have no header.
            if endpoint.isForClients { return [need("clientAuth"), .object([])] }
            return endpoint.isForTokens ? [need("bearerAuth")] : []
        case .account(let scopes): return [need("basicAuth")] + scopes.names.map { need("bearerAuth", [$0]) }
        }
    }

    // MARK: Tags

    static func tagNodes(_ endpoints: [EndpointDescription]) -> [Node] {
        Set(endpoints.map(\.tag)).sorted().map { tag in
            .object([("name", .text(tag)), ("description", .text(tagSummaries[tag] ?? ""))])
        }
    }

    /// What the calls below a folder are about.
    package static let tagSummaries = [
        ".well-known": "What machines learn first about the authorization server.",
        "collaborations": "Projects and images of others that you were invited to.",
        "container_images": "What can be ordered, and who works with it.",
        "container_services": "Services: one image in one or more containers, in a project.",
        "containers": "The running copies of a service.",
        "event_logs": "What has happened to projects and services.",
        "locations": "Where containers can run.",
        "oauth": "Tokens, and the applications that get them.",
        "openapi.json": "This description for machines.",
        "operations": "Work that goes on after the answer, and who is told of its end.",
        "orders": "Orders: how services come into being.",
        "products": "Sizes of containers, with their prices.",
        "projects": "Projects: services that share a private network.",
        "users": "Your account, its SSH keys and its API keys.",
        "version": "What is installed here.",
    ]
}

/// What can be done to containers that exist.
package enum PowerWord: String, CaseIterable, Sendable {
    case start, stop, restart, rebuild
}
