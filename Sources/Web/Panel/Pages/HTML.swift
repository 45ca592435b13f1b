/// Text that is HTML already. What is interpolated is escaped, so a page cannot forget to; only ``HTML`` values go in
/// as they are.
struct HTML: Sendable, ExpressibleByStringInterpolation {
    let text: String

    init(stringLiteral text: String) { self.text = text }
    init(stringInterpolation parts: Interpolation) { text = parts.text }
    private init(text: String) { self.text = text }

    struct Interpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }
        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ part: HTML) { text += part.text }
        mutating func appendInterpolation(_ part: HTML?) { text += part?.text ?? "" }
        mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }
        mutating func appendInterpolation(_ value: Int64) { text += String(value) }
    }

    /// One after the other.
    static func all(_ parts: [HTML]) -> HTML { HTML(text: parts.map(\.text).joined(separator: "\n")) }

    /// One after the other on a line.
    static func joined(_ parts: [HTML], by separator: HTML) -> HTML {
        HTML(text: parts.map(\.text).joined(separator: separator.text))
    }

    /// Safe as text and within quoted attributes.
    private static func escaped(_ value: String) -> String {
        var out = ""
        for character in value.unicodeScalars {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}
