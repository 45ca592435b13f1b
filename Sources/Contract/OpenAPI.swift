import Basics

/// Prints the contract as an OpenAPI 3.1 document.
package enum OpenAPI {
    /// The document, indented by two spaces, members in a fixed order. Pure: equal contracts give equal text.
    package static func document(_ endpoints: [EndpointDescription] = Contract.all) -> String {
        var text = ""
        tree(endpoints).write(to: &text, indent: 0)
        return text + "\n"
    }

    /// The document as a value: the page for people is made from it too.
    package static func tree(_ endpoints: [EndpointDescription] = Contract.all) -> Node {
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
        return .object([
            ("openapi", .text("3.1.0")),
            ("info", information), ("servers", .array([.object([("url", .text("/"))])])),
            (
                "externalDocs",
                .object([
                    ("url", .text("/documentation/api")), ("description", .text("The same for people, with examples.")),
                ])
            ),
            ("tags", .array(tagNodes(endpoints))),
            ("paths", .object(pathNodes)),
            (
                "components",
                .object([
                    ("schemas", .object(schemaNodes(components))),
                    ("responses", .object(responseNodes())),
                    ("headers", .object(headerNodes())),
                    ("securitySchemes", .object(securityNodes)),
                ])
            ),
        ])
    }

    private static let information: Node = .object([
        ("title", .text("Berth")), ("version", .text(String(Contract.versionDefault))),
        (
            "description",
            .text(
                "Sell container hosting over HTTP. Send an API key with Basic authentication, or a token in the "
                    + "Authorization header. Bodies and answers are JSON; errors are {\"errors\":[\"sentence\", …]}, "
                    + "or RFC 9457 for clients that send Accept: application/problem+json. The endpoints of OAuth take "
                    + "forms and answer errors as RFC 6749 has them. No text may contain U+0000.")
        ),
    ])

    private static func operation(
        _ endpoint: EndpointDescription, id: String, components: inout [String: Schema]
    ) -> Node {
        var members: [(String, Node)] = [
            ("operationId", .text(id)), ("summary", .text(endpoint.summary)), ("tags", .array([.text(endpoint.tag)])),
            ("security", .array(securityRequirements(endpoint))),
        ]
        if case .account(let scopes) = endpoint.access {
            members.append(("x-scopes", .array(scopes.names.map(Node.text))))
        }
        let parameters = parameterNodes(endpoint)
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let body = endpoint.bodySchema() {
            var content: [(String, Node)] = [("schema", node(body, isRequest: true, components: &components))]
            if let example = endpoint.example { content.append(("example", .raw(example))) }
            let types =
                endpoint.dialect == .oauth
                ? ["application/x-www-form-urlencoded", "application/json"] : ["application/json"]
            members.append(
                (
                    "requestBody",
                    .object([
                        ("required", .flag(!endpoint.bodyIsOptional)),
                        ("content", .object(types.map { ($0, .object(content)) })),
                        ("x-max-bytes", .number(endpoint.bodyBytesMax)),
                    ])
                ))
        }
        members.append(("responses", .object(answers(endpoint, components: &components))))
        return .object(members)
    }
}
