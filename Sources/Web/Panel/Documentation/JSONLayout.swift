/// JSON as people read it: two spaces per level, short parts on one line, the members in the order in which they came.
package enum JSONLayout {
    /// Characters that a list or an object may have to stay on one line.
    private static let lineMax = 60

    /// The same JSON, laid out.
    package static func indented(_ json: String) -> String {
        let tokens = tokens(json)
        var out = ""
        var depth = 0
        func newLine() { out += "\n" + String(repeating: "  ", count: max(depth, 0)) }
        var at = 0
        while at < tokens.count {
            let token = tokens[at]
            switch token {
            case "{", "[":
                if let line = line(tokens[at...]) {
                    out += line.text
                    at = line.end
                    continue
                }
                out += token
                depth += 1
                newLine()
            case "}", "]":
                depth -= 1
                newLine()
                out += token
            case ",":
                out += token
                newLine()
            case ":": out += ": "
            default: out += token
            }
            at += 1
        }
        return out
    }

    /// What begins with the first token, on one line, and where it ends; nil when it is too long.
    private static func line(_ tokens: ArraySlice<Substring>) -> (text: String, end: Int)? {
        var text = ""
        var depth = 0
        for (at, token) in zip(tokens.indices, tokens) {
            text += token
            switch token {
            case "{", "[": depth += 1
            case "}", "]": depth -= 1
            case ",", ":": text += " "
            default: break
            }
            if text.count > lineMax { return nil }
            if depth == 0 { return (text, at + 1) }
        }
        return nil
    }

    /// Brackets, commas and colons, each alone, and the scalars between them.
    private static func tokens(_ json: String) -> [Substring] {
        var tokens: [Substring] = []
        var rest = json[...]
        while let first = rest.first {
            var length = 1
            switch first {
            case "{", "}", "[", "]", ",", ":": break
            case " ", "\n", "\r", "\t", "\r\n":
                rest.removeFirst()
                continue
            case "\"":
                var isEscaped = false
                for character in rest.dropFirst() {
                    length += 1
                    if !isEscaped, character == "\"" { break }
                    isEscaped = !isEscaped && character == "\\"
                }
            default: length = rest.prefix { !"{}[],: \n\r\t".contains($0) }.count
            }
            tokens.append(rest.prefix(length))
            rest = rest.dropFirst(max(length, 1))
        }
        return tokens
    }
}
