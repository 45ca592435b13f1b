package import Basics
package import Contract

/// Compares a JSON value with a schema in both directions.
package enum ShapeCheck {
    /// What differs, in sentences: members that are missing, unknown, or of another type.
    package static func problems(_ value: JSONValue, _ schema: Schema, at place: String) -> [String] {
        switch (schema, value) {
        case (.any, _), (.string, .string), (.integer, .int), (.number, .int), (.number, .number), (.boolean, .bool):
            return []
        case (.nullable, .null): return []
        case (.nullable(let inner), _): return problems(value, inner, at: place)
        case (.bounded(let inner, _), _): return problems(value, inner, at: place)
        case (.array(let element), .array(let items)):
            return items.enumerated().flatMap { problems($1, element, at: "\(place)[\($0)]") }
        case (.map(let element), .object(let members)):
            return members.flatMap { problems($1, element, at: "\(place).\($0)") }
        case (.object(_, let fields), .object(let members)):
            let unknown = Set(members.keys).subtracting(fields.map(\.name)).map {
                "\(place).\($0) is not in the contract"
            }
            return unknown
                + fields.flatMap { field -> [String] in
                    guard let member = members[field.name] else {
                        return field.isLeftOut ? [] : ["\(place).\(field.name) is missing"]
                    }
                    return problems(member, field.schema, at: "\(place).\(field.name)")
                }
        default: return ["\(place) is \(value.kindName)"]
        }
    }
}
