/// How long, how many, how much: what the document says of a member of a body, from the numbers that the areas keep.
package indirect enum Bounds: Sendable, Hashable {
    /// Unicode scalars. Where the area counts bytes, as many are the most that can fit.
    case text(ClosedRange<Int>, pattern: String?)
    case number(ClosedRange<Int64>)
    /// Members of a list, and each of them.
    case list(ClosedRange<Int>, of: Bounds?)

    package static func text(_ lengths: ClosedRange<Int>) -> Bounds { .text(lengths, pattern: nil) }
    package static func list(_ counts: ClosedRange<Int>) -> Bounds { .list(counts, of: nil) }
    /// The number of something that there is.
    package static let id = Bounds.number(1...Int64.max)
}

/// A part of a body that has bounds, by the names of its members on the wire.
package protocol BoundedMembers {
    static var bounds: [String: Bounds] { get }
}

extension Schema {
    /// The same within bounds; null stays null.
    func within(_ bounds: Bounds) -> Schema {
        switch (self, bounds) {
        case (.nullable(let inner), _): .nullable(inner.within(bounds))
        case (.array(let element), .list(_, .some(let each))): .bounded(.array(element.within(each)), bounds)
        default: .bounded(self, bounds)
        }
    }

    /// The same object with bounds on its members.
    func withMembers(within bounds: [String: Bounds]) -> Schema {
        guard case .object(let name, let fields) = self else { return self }
        let unknown = Set(bounds.keys).subtracting(fields.map(\.name))
        precondition(unknown.isEmpty, "\(name) has no members \(unknown.sorted()).")
        return .object(
            name: name,
            fields: fields.map { field in
                guard let own = bounds[field.name] else { return field }
                return Field(
                    name: field.name, schema: field.schema.within(own), isOptional: field.isOptional,
                    isLeftOut: field.isLeftOut)
            })
    }
}

extension OpenAPI {
    /// The keywords of JSON Schema for bounds.
    static func keywords(_ bounds: Bounds) -> [(String, Node)] {
        func pair(_ least: String, _ most: String, _ range: ClosedRange<Int>) -> [(String, Node)] {
            (range.lowerBound > 0 ? [(least, .number(range.lowerBound))] : [])
                + (range.upperBound < .max ? [(most, .number(range.upperBound))] : [])
        }
        switch bounds {
        case .text(let lengths, let pattern):
            return pair("minLength", "maxLength", lengths) + (pattern.map { [("pattern", .text($0))] } ?? [])
        case .list(let counts, _): return pair("minItems", "maxItems", counts)
        case .number(let range):
            return [("minimum", .number(Int(range.lowerBound)))]
                + (range.upperBound < .max ? [("maximum", .number(Int(range.upperBound)))] : [])
        }
    }
}
