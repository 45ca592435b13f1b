/// A JSON document as a value: what a request said before anybody decided what it means.
///
/// Planners read it so that they can name every wrong field in one answer. Lists of rows do not pass through here; they
/// are written with ``JSONWriter``.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number without fraction or exponent that fits 64 bits.
    case int(Int64)
    /// Every other number.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Member of an object; nil when this is no object, or has no such member.
    package subscript(_ name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// The text of a string.
    package var text: String? { if case .string(let text) = self { text } else { nil } }
    /// The members of an array.
    package var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    /// The members of an object.
    package var members: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
    package var isNull: Bool { self == .null }

    /// What it is, in a sentence: "a string".
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// Compact JSON, members sorted by name, so that equal values give equal text.
    package var compact: String {
        var writer = JSONWriter(capacity: 256)
        write(to: &writer)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    /// Appends the value to `out`, members sorted by name.
    package func write(to out: inout JSONWriter) {
        switch self {
        case .null: out.null()
        case .bool(let flag): out.value(flag)
        case .int(let number): out.value(number)
        case .number(let number): out.value(number)
        case .string(let text): out.value(text)
        case .array(let items): out.array { out in for item in items { item.write(to: &out) } }
        case .object(let members):
            out.object { out in
                for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                    out.key(text: name)
                    value.write(to: &out)
                }
            }
        }
    }
}

/// Why a text is not JSON.
package struct JSONProblem: Error, Sendable, Hashable {
    /// A full sentence.
    package let sentence: String
    /// Bytes before the place.
    package let offset: Int
}

extension JSONValue {
    /// Deeper documents are refused: no request of ours nests more than this, and the parser recurses.
    package static let depthMax = 32

    /// Parses one document (RFC 8259). Of two members with the same name the last wins.
    package init(parsing bytes: some Collection<UInt8>) throws(JSONProblem) {
        var parser = JSONParser(bytes: Array(bytes))
        self = try parser.document()
    }

    /// Parses text that we wrote ourselves; nil when it is not JSON.
    package init?(stored text: String) {
        // Most of what is stored: no labels, no settings.
        if text == "{}" {
            self = .object([:])
            return
        }
        guard let value = try? JSONValue(parsing: text.utf8) else { return nil }
        self = value
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var at = 0

    mutating func document() throws(JSONProblem) -> JSONValue {
        let result = try value(depth: 0)
        skipSpace()
        if at < bytes.count { throw problem("There is something after the end of the JSON document") }
        return result
    }

    private func problem(_ what: String) -> JSONProblem {
        JSONProblem(sentence: "\(what) (at byte \(at)).", offset: at)
    }

    private mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[at]) { at += 1 }
    }

    private func peek() -> UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func take(_ byte: Character) -> Bool {
        guard peek() == byte.asciiValue else { return false }
        at += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
        skipSpace()
        guard depth < JSONValue.depthMax else {
            throw problem("The JSON document is nested deeper than \(JSONValue.depthMax) levels")
        }
        switch peek() {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some(let byte) where byte == UInt8(ascii: "-") || (48...57).contains(byte): return try number()
        case nil: throw problem("The JSON document ends too early")
        default: throw problem("This is not JSON")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
        let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[at...].starts(with: expected) else { throw problem("This is not JSON") }
        at += expected.count
        return value
    }

    private mutating func array(depth: Int) throws(JSONProblem) -> JSONValue {
        at += 1
        var items: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(items) }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            if take(",") { continue }
            if take("]") { return .array(items) }
            throw problem("A list needs a comma or a closing bracket here")
        }
    }

    private mutating func object(depth: Int) throws(JSONProblem) -> JSONValue {
        at += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw problem("An object needs a quoted name here") }
            let name = try string()
            skipSpace()
            guard take(":") else { throw problem("An object needs a colon here") }
            members[name] = try value(depth: depth + 1)
            skipSpace()
            if take(",") { continue }
            if take("}") { return .object(members) }
            throw problem("An object needs a comma or a closing brace here")
        }
    }

    /// RFC 8259 §6. The text is checked here, so the conversions cannot meet anything else.
    private mutating func number() throws(JSONProblem) -> JSONValue {
        let start = at
        _ = take("-")
        if take("0") {
            if let next = peek(), (48...57).contains(next) { throw problem("A number must not begin with 0") }
        } else if digits() == 0 {
            throw problem("A number needs a digit here")
        }
        var whole = true
        if take(".") {
            whole = false
            if digits() == 0 { throw problem("A number needs a digit here") }
        }
        if take("e") || take("E") {
            whole = false
            if !take("+") { _ = take("-") }
            if digits() == 0 { throw problem("A number needs a digit here") }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if whole, let number = Int64(text) { return .int(number) }
        guard let number = Double(text), number.isFinite else { throw problem("This number is too large") }
        return .number(number)
    }

    private mutating func digits() -> Int {
        let start = at
        while let byte = peek(), (48...57).contains(byte) { at += 1 }
        return at - start
    }

    private mutating func string() throws(JSONProblem) -> String {
        at += 1
        var text: [UInt8] = []
        while let byte = peek() {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw problem("This text is not valid UTF-8")
                }
                return result
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw problem("A control character in a string must be escaped")
            default: text.append(byte)
            }
        }
        throw problem("The JSON document ends inside a string")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONProblem) {
        guard let byte = peek() else { throw problem("The JSON document ends inside a string") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): try unicode(into: &text)
        default: throw problem("This escape is not JSON")
        }
    }

    private mutating func unicode(into text: inout [UInt8]) throws(JSONProblem) {
        var unit = try hex4()
        if (0xD800..<0xDC00).contains(unit), take("\\"), take("u") {
            let low = try hex4()
            guard (0xDC00..<0xE000).contains(low) else { throw problem("Half of a surrogate pair is missing") }
            unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(unit) else { throw problem("Half of a surrogate pair is missing") }
        // PostgreSQL cannot store it, and no text of ours needs it.
        if unit == 0 { throw problem("Text must not contain the NUL character") }
        text.append(contentsOf: Array(String(Character(scalar)).utf8))
    }

    private mutating func hex4() throws(JSONProblem) -> UInt32 {
        guard bytes.count - at >= 4 else { throw problem("A \\u escape needs four digits") }
        var result: UInt32 = 0
        for byte in bytes[at..<at + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw problem("A \\u escape needs four digits")
            }
            result = result << 4 | UInt32(digit)
        }
        at += 4
        return result
    }
}
