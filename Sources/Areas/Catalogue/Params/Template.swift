/// Text with marks: `jdbc:mysql://{{ service_name_short }}/`.
///
/// The part of Liquid that v60 catalogues use and no more: `{{ name }}` is replaced by a value. Filters
/// (`{{ a | upcase }}`) and tags (`{% if %}`) are refused, so that a template never quietly means something else.
package struct Template: Sendable, Hashable {
    /// Why a text is no template.
    package struct Problem: Error, Sendable, Hashable {
        /// A full sentence.
        package let sentence: String
    }

    private enum Piece: Sendable, Hashable {
        case text(String)
        case name(String)
    }

    private let pieces: [Piece]

    package init(_ source: String) throws(Problem) {
        var pieces: [Piece] = []
        var text = ""
        var rest = Substring(source)
        while !rest.isEmpty {
            if rest.hasPrefix("{%") {
                throw Problem(sentence: "The template \"\(source)\" has a tag {% … %}; only {{ name }} is supported.")
            }
            guard rest.hasPrefix("{{") else {
                text.append(rest.removeFirst())
                continue
            }
            rest = rest.dropFirst(2)
            if !text.isEmpty { pieces.append(.text(text)) }
            text = ""
            pieces.append(.name(try Template.name(from: &rest, of: source)))
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        self.pieces = pieces
    }

    /// The names that need a value.
    package var names: [String] {
        pieces.compactMap { if case .name(let name) = $0 { name } else { nil } }
    }

    /// The text with every name replaced; names without a value are told in `problems`, one sentence each.
    package func render(_ value: (String) -> String?, problems: inout [String]) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .name(let name):
                if let value = value(name) {
                    result += value
                } else {
                    problems.append("there is no setting or built-in value {{ \(name) }}")
                }
            }
        }
        return result
    }

    private static func name(from rest: inout Substring, of source: String) throws(Problem) -> String {
        var inside = ""
        while !rest.hasPrefix("}}") {
            guard let character = rest.popFirst() else {
                throw Problem(sentence: "The template \"\(source)\" has an opening {{ without a closing }}.")
            }
            inside.append(character)
        }
        rest = rest.dropFirst(2)
        let name = String(inside.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        if name.contains("|") {
            throw Problem(sentence: "The template \"\(source)\" uses a filter; only {{ name }} is supported.")
        }
        let allowed = name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
        }
        guard allowed, let first = name.first, first.isLetter || first == "_" else {
            throw Problem(sentence: "The template \"\(source)\" has {{ \(name) }}, which is not a name.")
        }
        return name
    }
}
