import Crypto

/// What an authenticator says (WebAuthn Level 2 §6.1).
struct AuthenticatorData: Sendable {
    let siteHash: [UInt8]
    /// Somebody touched it.
    let isPresent: Bool
    /// It made sure who that was: finger, face, PIN.
    let isVerified: Bool
    let signCount: Int64
    /// A new passkey, in answer to registration.
    let made: Made?

    struct Made: Sendable {
        let credentialID: [UInt8]
        /// COSE, as it came.
        let publicKey: [UInt8]
    }

    /// §6.5.1 allows 1023 bytes.
    static let credentialBytesMax = 1023

    /// nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 37 else { return nil }
        siteHash = Array(bytes[..<32])
        let flags = bytes[32]
        isPresent = flags & 1 != 0
        isVerified = flags & 4 != 0
        signCount = bytes[33..<37].reduce(0) { $0 << 8 | Int64($1) }
        var rest = bytes[37...]
        if flags & 0x40 != 0 {
            guard let found = Self.made(&rest) else { return nil }
            made = found
        } else {
            made = nil
        }
        if flags & 0x80 != 0 {
            guard case .map = CBOR.read(&rest) else { return nil }
        }
        guard rest.isEmpty else { return nil }
    }

    /// AAGUID, length, id, key.
    private static func made(_ rest: inout ArraySlice<UInt8>) -> Made? {
        rest = rest.dropFirst(16)
        guard let high = rest.popFirst(), let low = rest.popFirst() else { return nil }
        let count = Int(high) << 8 | Int(low)
        guard (1...credentialBytesMax).contains(count), rest.count > count else { return nil }
        let id = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        let before = rest
        guard case .map = CBOR.read(&rest) else { return nil }
        return Made(credentialID: id, publicKey: Array(before.prefix(before.count - rest.count)))
    }
}

/// Base64 for URLs (RFC 4648 §5), without padding.
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var (out, bits, count) = ([UInt8](), UInt32(0), 0)
        for byte in bytes {
            bits = (bits << 8 | UInt32(byte)) & 0xFFFF
            count += 8
            while count >= 6 {
                count -= 6
                out.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { out.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        return String(decoding: out, as: UTF8.self)
    }

    /// nil when it is none; padding is not.
    static func decode(_ text: String) -> [UInt8]? {
        var (out, bits, count) = ([UInt8](), UInt32(0), 0)
        out.reserveCapacity(text.utf8.count * 3 / 4)
        for byte in text.utf8 {
            let value: UInt8
            switch byte {
            case 65...90: value = byte - 65
            case 97...122: value = byte - 71
            case 48...57: value = byte + 4
            case 45: value = 62
            case 95: value = 63
            default: return nil
            }
            bits = (bits << 6 | UInt32(value)) & 0xFFFF
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return text.utf8.count % 4 == 1 ? nil : out
    }
}
