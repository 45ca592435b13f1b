package import Basics
import Crypto
import FoundationEssentials

/// One-time passwords of RFC 6238: SHA-1, 30 seconds, six digits, which is what every authenticator application can.
package enum OneTimePassword {
    static let secondsPerStep: Int64 = 30
    private static let digits = 6
    /// RFC 4226 §4 recommends 160 bits.
    static let secretBytes = 20
    /// Clocks and slow fingers: the step before and the one after count, too.
    static let stepsOff: Int64 = 1

    /// The step at a moment.
    package static func step(at now: Moment) -> Int64 { now.milliseconds / 1000 / secondsPerStep }

    /// The code of a step (RFC 4226 §5.3).
    package static func code(_ secret: [UInt8], step: Int64, digits: Int = 6) -> String {
        let message = withUnsafeBytes(of: step.bigEndian, Array.init)
        let key = SymmetricKey(data: secret)
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: key))
        let offset = Int(mac[19] & 15)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<digits).reduce(UInt32(1)) { value, _ in value * 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    /// The step that `code` belongs to, among those that count now and are later than `last`; nil when it is wrong, or
    /// was used. Always looks at all of them.
    static func step(of code: String, _ secret: [UInt8], at now: Moment, after last: Int64) -> Int64? {
        let present = step(at: now)
        var found: Int64?
        for step in (present - stepsOff)...(present + stepsOff) {
            let isRight = IssuedSecret.equal(code, self.code(secret, step: step))
            if isRight, step > last { found = step }
        }
        return found
    }

    /// What an authenticator application reads from a picture or a link.
    static func address(_ secret: [UInt8], account: String, issuer: String) -> String {
        let name = "\(FormText.encode(issuer)):\(FormText.encode(account))"
        return "otpauth://totp/\(name)?secret=\(Base32.encode(secret))&issuer=\(FormText.encode(issuer))"
            + "&algorithm=SHA1&digits=\(digits)&period=\(secondsPerStep)"
    }
}

/// RFC 4648 §6, without padding.
package enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// In capitals.
    package static func encode(_ bytes: [UInt8]) -> String {
        var (out, bits, count) = ([UInt8](), UInt32(0), 0)
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                out.append(alphabet[Int(bits >> UInt32(count) & 31)])
            }
            bits &= 0xFF
        }
        if count > 0 { out.append(alphabet[Int(bits << UInt32(5 - count) & 31)]) }
        return String(decoding: out, as: UTF8.self)
    }

    /// nil when it is none.
    package static func decode(_ text: String) -> [UInt8]? {
        var (out, bits, count) = ([UInt8](), UInt32(0), 0)
        for byte in text.utf8 {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            bits = bits << 5 | UInt32(value)
            count += 5
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
            bits &= 0xFF
        }
        return out
    }
}
