import Basics

/// The part of JSON Schema that our document uses, and nothing else: a keyword that is not known here is a problem,
/// not something to pass over.
struct SchemaCheck: Sendable {
    let document: JSONValue

    private static let keywords: Set = [
        "$ref", "type", "properties", "required", "items", "anyOf", "enum", "format", "additionalProperties",
        "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "description", "example", "default",
        "pattern",
    ]

    /// What a reference stands for; anything else as it is.
    func resolve(_ value: JSONValue) -> JSONValue {
        guard let reference = value["$ref"]?.text, reference.hasPrefix("#/") else { return value }
        var found: JSONValue? = document
        for name in reference.dropFirst(2).split(separator: "/") { found = found?[String(name)] }
        return found ?? .null
    }

    /// Sentences about where `value` is not as `schema` says. Members that the schema does not name are wrong.
    func problems(_ value: JSONValue, _ schema: JSONValue, at place: String) -> [String] {
        let schema = resolve(schema)
        guard let words = schema.members else { return ["\(place) has no schema"] }
        var found = Set(words.keys).subtracting(Self.keywords).sorted().map { "\(place): the keyword \($0) is unknown" }
        if let choices = schema["anyOf"]?.items {
            let tries = choices.map { problems(value, $0, at: place) }
            if !tries.contains(where: \.isEmpty) { found += tries.first ?? ["\(place) can be nothing"] }
        }
        if let choices = schema["enum"]?.items, !choices.contains(value) {
            found.append("\(place) is \(value.compact), which is not one of \(schema["enum"]?.compact ?? "")")
        }
        guard let type = schema["type"]?.text else { return found }
        switch (type, value) {
        case ("string", .string(let text)): found += problems(text, schema, at: place)
        case ("integer", .int(let number)): found += problems(Double(number), schema, at: place)
        case ("number", .int(let number)): found += problems(Double(number), schema, at: place)
        case ("number", .number(let number)): found += problems(number, schema, at: place)
        case ("boolean", .bool), ("null", .null): break
        case ("array", .array(let items)): found += problems(items, schema, at: place)
        case ("object", .object(let members)): found += problems(members, schema, at: place)
        default: found.append("\(place) is \(value.kindName), not of type \(type)")
        }
        return found
    }

    private func problems(_ text: String, _ schema: JSONValue, at place: String) -> [String] {
        var found = bounds(Double(text.unicodeScalars.count), schema, "minLength", "maxLength", at: "\(place)'s length")
        if let pattern = schema["pattern"]?.text, (try? Regex(pattern).firstMatch(in: text)) == nil {
            found.append("\(place) does not match \(pattern)")
        }
        switch schema["format"]?.text {
        case nil: break
        case "date-time": if !Self.isTime(text) { found.append("\(place) is no time: \(text)") }
        case "decimal": if !Self.isDecimal(text) { found.append("\(place) is no decimal: \(text)") }
        case .some(let format): found.append("\(place): the format \(format) is unknown")
        }
        return found
    }

    private func problems(_ number: Double, _ schema: JSONValue, at place: String) -> [String] {
        bounds(number, schema, "minimum", "maximum", at: place)
    }

    private func problems(_ items: [JSONValue], _ schema: JSONValue, at place: String) -> [String] {
        var found = bounds(Double(items.count), schema, "minItems", "maxItems", at: "\(place)'s length")
        guard let element = schema["items"] else { return found + ["\(place): the schema does not say of what"] }
        for (index, item) in items.enumerated() { found += problems(item, element, at: "\(place)[\(index)]") }
        return found
    }

    private func problems(_ members: [String: JSONValue], _ schema: JSONValue, at place: String) -> [String] {
        let named = schema["properties"]?.members
        var found: [String] = []
        for name in schema["required"]?.items ?? [] {
            guard let name = name.text, members[name] == nil else { continue }
            found.append("\(place).\(name) is missing")
        }
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            if let own = named?[name] {
                found += problems(member, own, at: "\(place).\(name)")
            } else if let other = schema["additionalProperties"] {
                found += problems(member, other, at: "\(place).\(name)")
            } else {
                found.append("\(place).\(name) is not in the contract")
            }
        }
        return found
    }

    private func bounds(
        _ number: Double, _ schema: JSONValue, _ least: String, _ most: String, at place: String
    ) -> [String] {
        var found: [String] = []
        if let bound = schema[least].flatMap(Self.number), number < bound {
            found.append("\(place) is below \(bound)")
        }
        if let bound = schema[most].flatMap(Self.number), number > bound {
            found.append("\(place) is above \(bound)")
        }
        return found
    }

    private static func number(_ value: JSONValue) -> Double? {
        switch value {
        case .int(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    /// `2026-01-31T09:05:00.000Z`, as decided: RFC 3339, UTC, milliseconds.
    private static func isTime(_ text: String) -> Bool {
        fits(text, "####-##-##T##:##:##.###Z")
    }

    private static func fits(_ text: String, _ pattern: String) -> Bool {
        text.utf8.count == pattern.utf8.count
            && zip(text.utf8, pattern.utf8).allSatisfy { byte, wanted in
                wanted == UInt8(ascii: "#") ? (48...57).contains(byte) : byte == wanted
            }
    }

    private static func isDecimal(_ text: String) -> Bool {
        let parts = (text.hasPrefix("-") ? text.dropFirst() : text[...]).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }
}
