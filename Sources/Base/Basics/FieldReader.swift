/// Reads fields of an object leniently where v60 clients are sloppy (numbers as text), strictly otherwise, and collects
/// one sentence for each field that is wrong. Null is the same as absent.
package struct FieldReader {
    package let object: [String: JSONValue]
    /// `containers[0].`, or empty at the top.
    package let path: String
    /// One sentence for each thing that is wrong, so far.
    package private(set) var problems: [String] = []

    package init(_ object: [String: JSONValue], path: String) {
        self.object = object
        self.path = path
    }

    /// Notes what is wrong with a field; `what` goes on after its name, without a full stop.
    package mutating func refuse(_ field: String, _ what: String) { problems.append("\(path)\(field) \(what).") }

    /// Notes sentences that are whole already.
    package mutating func adopt(_ other: [String]) { problems += other }

    private func value(_ field: String) -> JSONValue? {
        guard let value = object[field], !value.isNull else { return nil }
        return value
    }

    /// Whether it is there and not null.
    package func has(_ field: String) -> Bool { value(field) != nil }

    /// Whether it is there, be it null: to change something to nothing, one has to say so.
    package func mentions(_ field: String) -> Bool { object[field] != nil }

    /// A positive id; text of digits is taken for the number.
    package mutating func id(_ field: String) -> Int64? {
        guard let value = value(field) else { return nil }
        if let number = FieldReader.number(value), number > 0 { return number }
        if case .string("") = value { return nil }
        refuse(field, "must be an id (a positive whole number), not \(FieldReader.shown(value))")
        return nil
    }

    /// A whole number within `range`; text of digits is taken for the number.
    package mutating func number(_ field: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let value = value(field) else { return nil }
        if let number = FieldReader.number(value), range.contains(number) { return number }
        refuse(
            field,
            "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(FieldReader.shown(value))")
        return nil
    }

    /// True or false; 0 and 1 are taken, as numbers and as text.
    package mutating func flag(_ field: String) -> Bool? {
        switch value(field) {
        case nil: return nil
        case .bool(let flag): return flag
        case .int(0), .string("false"), .string("0"): return false
        case .int(1), .string("true"), .string("1"): return true
        case .some(let other):
            refuse(field, "must be true or false, not \(FieldReader.shown(other))")
            return nil
        }
    }

    /// Text without surrounding blanks; nil when there is none left.
    package mutating func text(_ field: String, lengthMax: Int) -> String? {
        guard let value = value(field) else { return nil }
        guard let text = value.text else {
            refuse(field, "must be text, not \(FieldReader.shown(value))")
            return nil
        }
        let trimmed = FieldReader.trimmed(text)
        if trimmed.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            refuse(field, "must not contain control characters")
            return nil
        }
        guard trimmed.unicodeScalars.count <= lengthMax else {
            refuse(field, "must not be longer than \(lengthMax) characters")
            return nil
        }
        return trimmed.isEmpty ? nil : trimmed
    }

    /// Text, or a number as text.
    package mutating func textOrNumber(_ field: String, lengthMax: Int) -> String? {
        if case .int(let number)? = value(field) { return String(number) }
        return text(field, lengthMax: lengthMax)
    }

    /// The members of a list; empty when it is absent.
    package mutating func list(_ field: String, countMax: Int) -> [JSONValue] {
        guard let value = value(field) else { return [] }
        guard let items = value.items else {
            refuse(field, "must be a list, not \(FieldReader.shown(value))")
            return []
        }
        guard items.count <= countMax else {
            refuse(field, "must not have more than \(countMax) members")
            return []
        }
        return items
    }

    /// The members of an object; empty when it is absent.
    package mutating func object(_ field: String) -> [String: JSONValue] {
        guard let value = value(field) else { return [:] }
        guard let members = value.members else {
            refuse(field, "must be an object, not \(FieldReader.shown(value))")
            return [:]
        }
        return members
    }

    /// `text` without surrounding blanks.
    package static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    private static func number(_ value: JSONValue) -> Int64? {
        switch value {
        case .int(let number): number
        case .number(let number): Int64(exactly: number)
        case .string(let text) where !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }: Int64(text)
        default: nil
        }
    }

    /// The value itself when it is short enough for a sentence, else its kind.
    package static func shown(_ value: JSONValue) -> String {
        switch value {
        case .int(let number): String(number)
        case .number(let number): number.description
        case .bool(let flag): flag ? "true" : "false"
        case .string(let text) where text.count <= 40 && !text.contains("\n"): "\"\(text)\""
        default: value.kindName
        }
    }
}
