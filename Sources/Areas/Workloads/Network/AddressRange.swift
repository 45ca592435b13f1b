import Fleet

/// The addresses of one project's network, such as `10.64.3.32/27`. How a zone's pool is cut into networks is
/// `ZoneNetworks`' part.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    /// The first address as a number; its host bits are 0.
    package let base: UInt32
    /// 8…30
    package let prefix: Int

    /// nil when the text is not a range, has host bits set, or the prefix is not 8…30.
    package init?(cidr: String) {
        let parts = cidr.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let prefix = Int(parts[1]), (8...30).contains(prefix) else { return nil }
        guard let base = IPv4.parse(String(parts[0])), base & (UInt32.max >> UInt32(prefix)) == 0 else { return nil }
        self.base = base
        self.prefix = prefix
    }

    package var description: String { "\(IPv4.text(base))/\(prefix)" }

    /// Addresses in the range, network and broadcast included.
    package var size: Int64 { Int64(1) << Int64(32 - prefix) }

    /// The engine's own address in the network: host number 1.
    package var gateway: String { IPv4.text(base &+ 1) }

    /// Host numbers that containers may have: not the network, the gateway, or the broadcast address.
    package var hostNumbers: ClosedRange<Int64> { 2...(size - 2) }

    /// The address of a host; nil outside ``hostNumbers``.
    package func address(host: Int64) -> String? {
        guard hostNumbers.contains(host) else { return nil }
        return IPv4.text(base &+ UInt32(truncatingIfNeeded: host))
    }

}
