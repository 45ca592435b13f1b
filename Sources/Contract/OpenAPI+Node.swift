import Basics

extension OpenAPI {
    /// A JSON document that keeps the order of its members.
    enum Node: Sendable {
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
