import Basics
import NIOCore

/// A form as the JSON object it means, so that both are decoded by one decoder.
enum FormBody {
    /// More are not a request of ours.
    private static let fieldsMax = 100

    /// Throws `.malformed` for a parameter that comes twice (RFC 6749 §3.2) or is not UTF-8. A parameter without a
    /// value counts as left out (§3.2).
    static func json(_ bytes: ByteBuffer) throws -> ByteBuffer {
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            throw Fault(.malformed, "The form is not text in UTF-8.")
        }
        let fields = FormText.fields(text[...])
        guard fields.count <= fieldsMax else { throw Fault(.malformed, "The form has too many parameters.") }
        var members: [String: String] = [:]
        var seen: Set<String> = []
        for field in fields {
            guard let name = field.name, let value = field.value else {
                throw Fault(.malformed, "The form is not correctly percent-encoded UTF-8.")
            }
            guard seen.insert(name).inserted, !name.hasSuffix("]") else {
                throw Fault(.malformed, "The parameter \(name.prefix(40)) must come once.")
            }
            if !value.isEmpty { members[name] = value }
        }
        var writer = JSONWriter(capacity: 512)
        writer.object { out in
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                out.key(text: name)
                out.value(value)
            }
        }
        return ByteBuffer(bytes: writer.finish())
    }
}
