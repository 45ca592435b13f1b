import Basics

extension OpenAPI {
    /// What each refusal means, once for all routes.
    private static let refusals: [(Int, String)] = [
        (400, "The request is not well-formed: broken JSON, or the root object is missing."),
        (401, "No valid credentials."),
        (403, "The caller may see this but not do that to it, or a token is not valid for this."),
        (404, "Unknown, or not visible to the caller."),
        (406, "The client does not accept JSON."),
        (408, "The body did not arrive in time."),
        (409, "The state of the thing does not allow this now."),
        (412, "The thing is not any more what If-Match says."),
        (413, "The body is larger than this route takes."),
        (415, "The body is not JSON."),
        (422, "A value is not acceptable, or the API version is not supported."),
        (429, "Too many requests from this address or with this credential. Try again after Retry-After seconds."),
        (431, "The header fields are larger than \(EndpointLimits.headerBytesMax) bytes together."),
        (500, "A mistake of ours. Quote the X-Request-Id."),
        (503, "Something we depend on does not answer. Try again after Retry-After seconds."),
    ]

    static func responseNodes() -> [(String, Node)] {
        refusals.map { status, meaning in
            let content: Node = .object([
                ("application/json", .object([("schema", .reference("schemas", "Errors"))]))
            ])
            return ("Error\(status)", .object([("description", .text(meaning)), ("content", content)]))
        }
    }

    static func headerNodes() -> [(String, Node)] {
        func header(_ name: String, _ type: String, _ meaning: String) -> (String, Node) {
            (name, .object([("description", .text(meaning)), ("schema", .object([("type", .text(type))]))]))
        }
        return [
            header("Link", "string", "first, prev, next, last; only when there is more than one page."),
            header("Per-Page", "integer", "Rows per page."),
            header("Total", "integer", "Rows of all pages."),
            header("X-Request-Id", "string", "Names the request in our logs; your own one when it is well-formed."),
            header("RateLimit-Limit", "integer", "Requests of the limit that you will meet first."),
            header("RateLimit-Remaining", "integer", "How many of them are left."),
            header("RateLimit-Reset", "integer", "Seconds until the present window ends."),
        ]
    }

    /// A JSON document that keeps the order of its members.
    enum Node {
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
