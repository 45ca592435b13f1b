/// IPv4 addresses as numbers.
package enum IPv4 {
    /// Four decimal numbers without leading zeros, nothing else; nil otherwise.
    package static func parse(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard part.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), part == "0" || !part.hasPrefix("0"),
                let byte = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(byte)
        }
        return value
    }

    /// `10.64.0.1`
    package static func text(_ value: UInt32) -> String {
        "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }

    /// The two numbers of `10.64.0.0/12`; nil for other text. Says nothing about host bits.
    static func parseNetwork(_ text: String) -> (base: UInt32, prefix: Int)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let base = parse(String(parts[0])), parts[1].utf8.count <= 2,
            parts[1].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let prefix = Int(parts[1]), prefix <= 32
        else { return nil }
        return (base, prefix)
    }

    /// The bits behind a prefix of 0…32.
    static func hostMask(_ prefix: Int) -> UInt32 { prefix == 0 ? .max : UInt32.max >> UInt32(prefix) }
}
