import Contract

/// What a JSON Schema says, in a few words for people.
struct SchemaWords {
    let document: OpenAPI.Node

    struct Member {
        /// `user.quota.containers`, `orders[].id`
        let name: String
        let schema: OpenAPI.Node
        let isRequired: Bool
    }

    /// Members within members; deeper ones are rarely what one looks for, and a shape may hold itself.
    private static let depthMax = 5

    /// The members of an object, or of the objects of a list, with those that are in them.
    func members(of schema: OpenAPI.Node) -> [Member] { members(of: schema, below: "", depth: 0) }

    private func members(of schema: OpenAPI.Node, below prefix: String, depth: Int) -> [Member] {
        guard depth < Self.depthMax else { return [] }
        let (schema, _) = plain(schema)
        if let items = schema["items"] { return members(of: items, below: prefix + "[]", depth: depth + 1) }
        let required = Set((schema["required"]?.items ?? []).compactMap(\.string))
        return (schema["properties"]?.members ?? []).flatMap { name, member in
            let path = prefix.isEmpty ? name : "\(prefix).\(name)"
            return [Member(name: path, schema: member, isRequired: required.contains(name))]
                + members(of: member, below: path, depth: depth + 1)
        }
    }

    /// `list of integers, or null`
    func type(_ schema: OpenAPI.Node) -> String {
        let (schema, isNullable) = plain(schema)
        return name(schema) + (isNullable ? ", or null" : "")
    }

    private func name(_ schema: OpenAPI.Node) -> String {
        if let choices = schema["enum"]?.items {
            return choices.map { $0.string.map { $0.isEmpty ? "\"\"" : $0 } ?? $0.json }.joined(separator: " | ")
        }
        switch schema["type"]?.string {
        case "array": return "list of " + (schema["items"].map(type) ?? "anything")
        case "string": return schema["format"]?.string ?? "string"
        case .some(let type): return type
        case nil:
            guard let choices = schema["anyOf"]?.items ?? schema["oneOf"]?.items else { return "anything" }
            return choices.map(type).joined(separator: " or ")
        }
    }

    /// What a value must keep, a sentence per bound: `at least 1`, `at most 250`.
    func limits(_ schema: OpenAPI.Node) -> [String] {
        let (schema, _) = plain(schema)
        let own = Self.bounds.compactMap { keyword, words, unit in
            schema[keyword].map { words + " " + Self.bare($0) + unit }
        }
        // Of a list also what each of its items keeps.
        return own + (schema["items"].map { limits($0).map { "each \($0)" } } ?? [])
    }

    private static let bounds = [
        ("minimum", "at least", ""), ("maximum", "at most", ""), ("minLength", "characters, at least", ""),
        ("maxLength", "at most", " characters"), ("minItems", "items, at least", ""), ("maxItems", "at most", " items"),
        ("maxProperties", "at most", " members"), ("pattern", "matches", ""), ("default", "without it", ""),
    ]

    private static func bare(_ node: OpenAPI.Node) -> String { node.string ?? node.json }

    /// Without the reference, and without "or null", which is told apart.
    private func plain(_ schema: OpenAPI.Node) -> (OpenAPI.Node, isNullable: Bool) {
        let found = schema.resolved(in: document)
        guard let choices = found["anyOf"]?.items else { return (found, false) }
        let others = choices.filter { $0["type"]?.string != "null" }
        guard others.count == 1, others.count < choices.count, let only = others.first else { return (found, false) }
        return (only.resolved(in: document), true)
    }
}
