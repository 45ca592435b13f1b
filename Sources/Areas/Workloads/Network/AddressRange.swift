/// A range of IPv4 addresses, such as `10.64.3.32/27`, and the arithmetic of handing parts of it out.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    /// The first address as a number; its host bits are 0.
    package let base: UInt32
    /// 8…30
    package let prefix: Int

    /// nil when the text is not a range, has host bits set, or the prefix is not 8…30.
    package init?(cidr: String) {
        let parts = cidr.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let prefix = Int(parts[1]), (8...30).contains(prefix) else { return nil }
        let octets = parts[0].split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard octets.count == 4, !octets.contains(nil) else { return nil }
        let base = octets.reduce(UInt32(0)) { $0 << 8 | UInt32($1 ?? 0) }
        guard base & (UInt32.max >> UInt32(prefix)) == 0 else { return nil }
        self.base = base
        self.prefix = prefix
    }

    init(base: UInt32, prefix: Int) {
        self.base = base
        self.prefix = prefix
    }

    package var description: String { "\(AddressRange.text(base))/\(prefix)" }

    /// Addresses in the range, network and broadcast included.
    package var size: Int64 { Int64(1) << Int64(32 - prefix) }

    /// The engine's own address in the network: host number 1.
    package var gateway: String { AddressRange.text(base &+ 1) }

    /// Host numbers that containers may have: not the network, the gateway, or the broadcast address.
    package var hostNumbers: ClosedRange<Int64> { 2...(size - 2) }

    /// The address of a host; nil outside ``hostNumbers``.
    package func address(host: Int64) -> String? {
        guard hostNumbers.contains(host) else { return nil }
        return AddressRange.text(base &+ UInt32(truncatingIfNeeded: host))
    }

    /// How many parts of `prefix` the range has; 0 when they would be larger than the range.
    package func slots(prefix part: Int) -> Int64 {
        part < prefix ? 0 : Int64(1) << Int64(min(part, 32) - prefix)
    }

    /// The `slot`-th part, counted from 0; nil beyond the end.
    package func part(_ slot: Int64, prefix part: Int) -> AddressRange? {
        guard slot >= 0, slot < slots(prefix: part), part <= 30 else { return nil }
        return AddressRange(base: base &+ UInt32(truncatingIfNeeded: slot << Int64(32 - part)), prefix: part)
    }

    private static func text(_ number: UInt32) -> String {
        "\(number >> 24).\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
    }
}
