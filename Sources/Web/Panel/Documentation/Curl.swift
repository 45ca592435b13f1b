import Basics
import Contract

/// Calls as one types them into a shell.
struct Curl {
    let publicURL: String

    /// The call of an operation of the document, with its own example.
    func command(_ endpoint: EndpointDescription, _ node: OpenAPI.Node) -> String {
        var words: [String] = ["curl"]
        if let credentials = credentials(endpoint) { words.append(credentials) }
        if endpoint.method != .get { words.append("-X \(endpoint.method.rawValue)") }
        let names = (node["parameters"]?.items ?? []).compactMap { $0["name"]?.string }
        if names.contains("Idempotency-Key") { words.append("-H \"Idempotency-Key: $(uuidgen)\"") }
        if let content = node["requestBody"]?["content"]?.members, let (type, first) = content.first {
            words += body(type, first["example"]?.json)
        }
        words.append(Self.quoted(publicURL + path(endpoint.path)))
        return words.joined(separator: " \\\n  ")
    }

    /// Where a parameter of the path goes stands something that looks like it.
    private func path(_ template: String) -> String {
        template.split(separator: "/", omittingEmptySubsequences: false).map { part in
            switch part {
            case "{order_id}": "3f0c9c2e-7a1d-4b52-9f5e-2c8d1e6a7b90"
            case "{collaboration_id}": "7-project"
            case "{action}": "restart"
            default: part.hasPrefix("{") ? "1" : String(part)
            }
        }.joined(separator: "/")
    }

    private func credentials(_ endpoint: EndpointDescription) -> String? {
        switch endpoint.access {
        case .account: return "-u \"$KEY\""
        case .anonymous:
            if endpoint.isForClients { return "-u \"$CLIENT_ID:$CLIENT_SECRET\"" }
            return endpoint.isForTokens ? "-H \"Authorization: Bearer $TOKEN\"" : nil
        }
    }

    private func body(_ type: String, _ example: String?) -> [String] {
        guard let example, let value = JSONValue(stored: example) else { return [] }
        if type == "application/x-www-form-urlencoded" {
            return (value.members ?? [:]).sorted { $0.key < $1.key }.map { name, value in
                "--data-urlencode \(Self.quoted("\(name)=\(value.text ?? value.compact)"))"
            }
        }
        return ["-H 'Content-Type: \(type)'", "-d \(Self.quoted(example))"]
    }

    /// Safe for a POSIX shell.
    static func quoted(_ text: String) -> String {
        let plain = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789/:.-_".unicodeScalars.contains(scalar))
        }
        if plain, !text.isEmpty { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
