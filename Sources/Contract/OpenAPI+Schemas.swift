import Basics

extension OpenAPI {
    static func schemaNodes(_ components: [String: Schema]) -> [(String, Node)] {
        var found = components
        let nodes = components.sorted { $0.key < $1.key }.map { name, schema in
            (name, objectNode(schema, isRequest: name.hasSuffix("Request"), components: &found))
        }
        return (nodes + refusalSchemas).sorted { $0.0 < $1.0 }
    }

    /// The bodies of refusals: ours, RFC 9457's, and RFC 6749's.
    private static let refusalSchemas: [(String, Node)] = {
        func object(_ properties: [(String, Node)], optional: [String] = []) -> Node {
            let required = properties.map(\.0).filter { !optional.contains($0) }
            return .object([
                ("type", .text("object")), ("required", .array(required.map(Node.text))),
                ("properties", .object(properties)),
            ])
        }
        let text: Node = .object([("type", .text("string")), ("minLength", .number(1))])
        let sentences: Node = .object([
            ("type", .text("array")), ("items", text), ("minItems", .number(1)),
            ("description", .text("Sentences that say what is wrong and what to do.")),
        ])
        let status: Node = .object([
            ("type", .text("integer")), ("minimum", .number(400)), ("maximum", .number(599)),
        ])
        return [
            ("Errors", object([("errors", sentences)])),
            (
                "Problem",
                object([
                    ("type", text), ("title", text), ("status", status), ("detail", text), ("errors", sentences),
                    ("request_id", text),
                ])
            ),
            ("OAuthError", object([("error", text), ("error_description", text)])),
        ]
    }()

    /// A schema in place; objects become references and are remembered in `components`.
    static func node(_ schema: Schema, isRequest: Bool, components: inout [String: Schema]) -> Node {
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
        case .bounded(let inner, let bounds):
            guard case .object(let members) = node(inner, isRequest: isRequest, components: &components) else {
                preconditionFailure("A schema is an object.")
            }
            return .object(members + keywords(bounds))
        case .map(let element):
            return .object([
                ("type", .text("object")),
                ("additionalProperties", node(element, isRequest: isRequest, components: &components)),
            ])
        case .any: return .object([])
        }
    }

    static func objectNode(
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
