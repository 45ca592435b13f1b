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
        text = Self.quoted(hash.high64, hash.low64)
    }

    /// In hexadecimal digits, written in one go: strings put together were 1 % of a small answer.
    private static func quoted(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { bytes in
            (bytes[0], bytes[1], bytes[2], bytes[35]) = (0x57, 0x2F, 0x22, 0x22)
            for place in 0..<16 {
                let shift = UInt64(60 - 4 * place)
                bytes[3 + place] = digit(high >> shift & 15)
                bytes[19 + place] = digit(low >> shift & 15)
            }
            return 36
        }
    }

    private static func digit(_ value: UInt64) -> UInt8 { UInt8(value < 10 ? 0x30 + value : 0x57 + value) }

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
