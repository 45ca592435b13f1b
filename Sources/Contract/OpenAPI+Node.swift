import Basics

extension OpenAPI {
    /// A JSON document that keeps the order of its members.
    package enum Node: Sendable {
        case text(String)
        case number(Int)
        case flag(Bool)
        case array([Node])
        case object([(String, Node)])
        /// JSON already.
        case raw(String)

        static func reference(_ kind: String, _ name: String) -> Node {
            .object([("$ref", .text("#/components/\(kind)/\(name)"))])
        }

        package subscript(name: String) -> Node? { members?.first { $0.0 == name }?.1 }
        package var members: [(String, Node)]? { if case .object(let members) = self { members } else { nil } }
        package var items: [Node]? { if case .array(let items) = self { items } else { nil } }
        package var string: String? { if case .text(let text) = self { text } else { nil } }

        /// What a reference of this document stands for; anything else as it is.
        package func resolved(in document: Node) -> Node {
            guard let reference = self["$ref"]?.string else { return self }
            var found: Node? = document
            for name in reference.dropFirst(2).split(separator: "/") { found = found?[String(name)] }
            return found ?? self
        }

        /// Its JSON; members of objects on lines of their own.
        package var json: String {
            var text = ""
            write(to: &text, indent: 0)
            return text
        }

        func write(to out: inout String, indent: Int) {
            let margin = String(repeating: "  ", count: indent + 1)
            let end = String(repeating: "  ", count: indent)
            switch self {
            case .text(let text): out += Self.quoted(text)
            case .number(let number): out += String(number)
            case .flag(let flag): out += flag ? "true" : "false"
            case .raw(let json): out += json
            case .array(let items):
                if items.isEmpty {
                    out += "[]"
                    return
                }
                out += "[\n"
                for (index, item) in items.enumerated() {
                    out += margin
                    item.write(to: &out, indent: indent + 1)
                    out += index + 1 < items.count ? ",\n" : "\n"
                }
                out += end + "]"
            case .object(let members):
                if members.isEmpty {
                    out += "{}"
                    return
                }
                out += "{\n"
                for (index, (name, value)) in members.enumerated() {
                    out += margin + Self.quoted(name) + ": "
                    value.write(to: &out, indent: indent + 1)
                    out += index + 1 < members.count ? ",\n" : "\n"
                }
                out += end + "}"
            }
        }

        private static func quoted(_ text: String) -> String {
            var writer = JSONWriter(capacity: text.utf8.count + 2)
            writer.value(text)
            return String(decoding: writer.finish(), as: UTF8.self)
        }
    }
}
