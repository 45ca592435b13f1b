import CXXHash
import NIOCore

/// Weak entity tags (RFC 9110 §8.8.3): two answers with the same tag say the same.
struct EntityTag: Sendable, Hashable {
    /// As it stands in the header: `W/"0a1b2c…"`.
    let text: String
    /// What stands between the quotes.
    var opaque: String { String(text.drop { $0 != "\"" }.dropFirst().dropLast()) }

    /// One that is written already.
    init(text: String) { self.text = text }

    init(of body: ByteBuffer) {
        // Not a cryptographic hash: whoever made two bodies of his own with one tag would mislead only himself, and
        // SHA-256 of a page of a list costs a tenth of the whole request.
        let hash = body.withUnsafeReadableBytes { xxh3_128bits($0.baseAddress, $0.count) }
        text = "W/\"" + String(hash.high64, radix: 36) + String(hash.low64, radix: 36) + "\""
    }

    /// Whether a list of tags, as in `If-Match` and `If-None-Match`, holds this one or is `*`. Compared weakly: ours
    /// are all weak, and whoever sends one back means what it stood for.
    func isIn(_ list: String) -> Bool {
        list.split(separator: ",").contains { entry in
            var entry = entry.drop { $0 == " " || $0 == "\t" }
            while let last = entry.last, last == " " || last == "\t" { entry.removeLast() }
            if entry.hasPrefix("W/") { entry.removeFirst(2) }
            return entry == "*" || entry == text.drop { $0 != "\"" }
        }
    }
}
