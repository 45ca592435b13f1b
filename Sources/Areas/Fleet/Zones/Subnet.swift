/// One project's network, such as `10.64.3.32/27`: which addresses it has and which of them containers may get.
package struct Subnet: Sendable, Hashable {
    private let base: UInt32
    private let prefix: Int

    /// The caller vouches that `base` has no host bits and that `prefix` is 8…30.
    init(base: UInt32, prefix: Int) {
        self.base = base
        self.prefix = prefix
    }

    /// Reads ``cidr`` back; nil when the text is no network, has host bits set, or its prefix is not 8…30.
    package init?(cidr: String) {
        guard let (base, prefix) = IPv4.parseNetwork(cidr), (8...30).contains(prefix),
            base & IPv4.hostMask(prefix) == 0
        else { return nil }
        self.init(base: base, prefix: prefix)
    }

    /// `10.64.3.32/27`
    package var cidr: String { "\(IPv4.text(base))/\(prefix)" }

    /// The engine's own address in the network: host number 1.
    package var gateway: String { IPv4.text(base + 1) }

    /// Host numbers for containers. 0 is the network, 1 the gateway, the last one the broadcast address.
    package var hosts: ClosedRange<Int64> { 2...((1 << Int64(32 - prefix)) - 2) }

    /// The address with this host number; nil outside ``hosts``.
    package func address(_ host: Int64) -> String? {
        guard hosts.contains(host), let offset = UInt32(exactly: host) else { return nil }
        return IPv4.text(base + offset)
    }
}
