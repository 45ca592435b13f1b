/// `application/x-www-form-urlencoded`, which is also the syntax of a query string (WHATWG URL §5).
package enum FormText {
    /// One name with its value, decoded. A part that is not text has nil for it.
    package struct Field: Sendable, Hashable {
        package let name: String?
        package let value: String?
    }

    /// A request's target: what stands before and after its first `?`, as it stands.
    package static func target(_ target: String) -> (path: Substring, query: Substring) {
        // Bytes, as in ``parts(_:)``: the door and the pages behind it must not see two different paths.
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target[...], "") }
        return (target[..<mark], target[target.utf8.index(after: mark)...])
    }

    /// The fields in order, repeated ones too.
    package static func fields(_ text: Substring) -> [Field] {
        parts(text).map { Field(name: decode($0.name), value: decode($0.value)) }
    }

    /// What stands between the `&`, as it stands, and what stands before and after its first `=`.
    package static func parts(_ text: Substring) -> [(whole: Substring, name: Substring, value: Substring)] {
        // Bytes: a character may be an `&` or a `=` together with what is put above it.
        text.utf8.split(separator: UInt8(ascii: "&")).map { part in
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            return (Substring(part), Substring(part[..<equals]), Substring(part[equals...].dropFirst()))
        }
    }

    /// Percent-decoding; `+` is a space. Nil when the bytes are not UTF-8 or a `%` is not followed by two digits.
    package static func decode(_ text: Substring) -> String? {
        if !text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hex), let low = rest.popFirst().flatMap(hex) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The other way round: everything but unreserved characters (RFC 3986 §2.3) becomes `%XX`.
    package static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: out.append(byte)
            default: out += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
