#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One address of the internet. IPv4 that is written as IPv6 (RFC 4291 §2.5.5.2) is IPv4.
package struct IPAddress: Sendable, Hashable {
    package let bits: UInt128
    /// 32 or 128.
    package let width: Int

    /// Reads `203.0.113.7` or `2001:db8::1`; nil for everything else.
    package init?(_ text: String) {
        // C would take what is before it for the whole.
        if text.utf8.contains(0) { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        // Reads four bytes or sixteen, and says whether all of the text was one address.
        let isIPv4 = inet_pton(AF_INET, text, &bytes) == 1
        guard isIPv4 || inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        self = bytes.withUnsafeBytes { Self(bytes: $0.prefix(isIPv4 ? 4 : 16)) }
    }

    /// Four bytes or sixteen, in the order of the network. Of one type of bytes: this is done for every request, and
    /// another module cannot see through a generic one.
    package init(bytes: UnsafeRawBufferPointer.SubSequence) {
        var bits: UInt128 = 0
        for byte in bytes { bits = bits << 8 | UInt128(byte) }
        let isMapped = bytes.count == 16 && bits >> 32 == 0xFFFF
        self.bits = isMapped ? bits & 0xFFFF_FFFF : bits
        width = bytes.count == 4 || isMapped ? 32 : 128
    }

    /// The bits behind a prefix.
    func hostMask(_ prefix: Int) -> UInt128 { (UInt128(1) << (width - prefix)) &- 1 }
}
