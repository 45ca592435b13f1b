/// Random text from the system's generator.
package enum Random {
    /// The digits of base 62, in order.
    package static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// `count` characters of `[0-9A-Za-z]`: 5.95 bits of entropy each.
    package static func token(_ count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return String(decoding: (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 48 }, as: UTF8.self)
    }

    /// A generated password: 20 characters, at least one digit, safe in shells, URLs and SQL (119 bits).
    package static func password() -> String {
        var generator = SystemRandomNumberGenerator()
        return token(19) + String(Int.random(in: 0...9, using: &generator))
    }

    /// A random UUID, version 4 (RFC 9562 §5.4), lower case.
    package static func uuid() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = (generator.next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        let low = (generator.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        func hex(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: digits - text.utf8.count) + text
        }
        return [
            hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4), hex(low >> 48, 4),
            hex(low & 0xFFFF_FFFF_FFFF, 12),
        ].joined(separator: "-")
    }
}
