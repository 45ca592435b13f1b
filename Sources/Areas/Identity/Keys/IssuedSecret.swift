package import Basics
import Crypto

/// A secret that we make and hand out: `bth_at_` says what it is, 43 random characters are the secret, six are a
/// checksum. Whoever finds one in a repository can tell it from noise without asking us.
package enum IssuedSecret {
    /// What it is for; the prefix says so.
    package enum Kind: String, Sendable, CaseIterable {
        case accessToken = "bth_at_"
        case refreshToken = "bth_rt_"
        case authorizationCode = "bth_ac_"
        case deviceCode = "bth_dc_"
        case clientSecret = "bth_cs_"
        case apiKey = "bth_key_"
        case session = "bth_s_"
        case accountLink = "bth_ml_"
        case pendingSignIn = "bth_ps_"
    }

    /// 43 characters of 62 are 256 bits.
    private static let randomCharacters = 43
    /// 62⁶ is more than 2³².
    private static let checksumCharacters = 6

    /// A fresh one.
    package static func make(_ kind: Kind) -> Secret<String> {
        let text = kind.rawValue + Random.token(randomCharacters)
        return Secret(text + checksum(of: text))
    }

    /// Whether `text` can be one that we made. Saves looking for what cannot be there.
    package static func isWellFormed(_ text: String, _ kind: Kind) -> Bool {
        guard text.utf8.count == kind.rawValue.utf8.count + randomCharacters + checksumCharacters,
            text.hasPrefix(kind.rawValue)
        else { return false }
        let body = text.dropLast(checksumCharacters)
        return text.dropFirst(body.count) == checksum(of: String(body))
    }

    /// What is stored: SHA-256 in hexadecimal. Of 256 random bits no slow hash is needed.
    package static func digest(of text: String) -> String { Hex.lower(SHA256.hash(data: Array(text.utf8))) }

    /// Whether `secret` is the one that `digest` was made of. nil, for what nobody has, is never right and costs the
    /// same.
    package static func matches(_ secret: String, digest: String?) -> Bool {
        let isEqual = equal(Self.digest(of: secret), digest ?? nobodys)
        return isEqual && digest != nil
    }

    private static let nobodys = String(repeating: "0", count: 64)

    /// Compares two texts without stopping at the first difference.
    package static func equal(_ a: String, _ b: String) -> Bool { equal(Array(a.utf8), Array(b.utf8)) }

    /// The same for bytes.
    static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in a.indices { difference |= a[index] ^ b[index] }
        return difference == 0
    }

    /// CRC-32 (ISO/IEC 3309, the one of gzip) in base 62.
    private static func checksum(of text: String) -> String {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in text.utf8 {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        var rest = ~crc
        var digits: [UInt8] = []
        for _ in 0..<checksumCharacters {
            digits.append(Random.alphabet[Int(rest % 62)])
            rest /= 62
        }
        return String(decoding: digits.reversed(), as: UTF8.self)
    }
}
