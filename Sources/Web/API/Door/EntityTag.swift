import Crypto
import NIOCore

/// Weak entity tags (RFC 9110 §8.8.3): two answers with the same tag say the same.
struct EntityTag: Sendable, Hashable {
    /// As it stands in the header: `W/"0a1b2c…"`.
    let text: String

    init(of body: ByteBuffer) {
        var hash = SHA256()
        body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        let digits = Array("0123456789abcdef".utf8)
        // 96 bits: that two bodies of one address ever share them need not be reckoned with.
        text = String(unsafeUninitializedCapacity: 28) { out in
            (out[0], out[1], out[2], out[27]) = (
                UInt8(ascii: "W"), UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "\"")
            )
            for (index, byte) in hash.finalize().prefix(12).enumerated() {
                out[3 + 2 * index] = digits[Int(byte >> 4)]
                out[4 + 2 * index] = digits[Int(byte & 15)]
            }
            return 28
        }
    }

    /// Whether a list of tags, as in `If-Match` and `If-None-Match`, holds this one or is `*`. Compared weakly: ours
    /// are all weak, and whoever sends one back means what it stood for.
    func isIn(_ list: String) -> Bool {
        list.split(separator: ",").contains { entry in
            var entry = entry.drop { $0 == " " || $0 == "\t" }
            while let last = entry.last, last == " " || last == "\t" { entry.removeLast() }
            if entry.hasPrefix("W/") { entry.removeFirst(2) }
            return entry == "*" || entry == text.dropFirst(2)
        }
    }
}
