/// How a zone's pool of addresses is carved into one private network per project. Pure arithmetic: slot 0 is the
/// first network of the pool, slot 1 the next, all of the same size.
///
///     let networks = try ZoneNetworks(pool: "10.64.0.0/12", prefix: 27)
///     networks.subnet(3)?.cidr            // 10.64.0.96/27
///     networks.subnet(3)?.gateway         // 10.64.0.97
///     networks.subnet(3)?.address(2)      // 10.64.0.98, the first container's
package struct ZoneNetworks: Sendable, Hashable {
    /// What a zone gets when nothing else is said: 32 768 networks of 29 containers.
    package static let defaultPool = "10.64.0.0/12"
    package static let defaultPrefix = 27
    /// Larger networks waste the pool; smaller ones do not hold a scaled service.
    package static let prefixes = 20...29

    /// Why a pool cannot be used; a full sentence.
    package struct Problem: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    private let base: UInt32
    private let poolPrefix: Int
    private let prefix: Int

    /// Checks the pool: an IPv4 network in CIDR notation, private, at least as large as one project's network.
    package init(pool: String, prefix: Int = defaultPrefix) throws(Problem) {
        guard Self.prefixes.contains(prefix) else {
            throw Problem(
                description:
                    "The network of a project is a /\(Self.prefixes.lowerBound) to /\(Self.prefixes.upperBound).")
        }
        guard let (base, poolPrefix) = IPv4.parseNetwork(pool) else {
            throw Problem(
                description: "The network pool \"\(pool)\" must be an IPv4 network such as \(Self.defaultPool).")
        }
        guard poolPrefix >= 8, poolPrefix <= prefix else {
            throw Problem(
                description: "The network pool must be a /8 to /\(prefix), so that it holds /\(prefix) networks.")
        }
        guard base & IPv4.hostMask(poolPrefix) == 0 else {
            let network = IPv4.text(base & ~IPv4.hostMask(poolPrefix))
            throw Problem(
                description: "The network pool \"\(pool)\" has host bits set; the network is \(network)/\(poolPrefix).")
        }
        guard Self.isPrivate(base, poolPrefix) else {
            throw Problem(
                description: """
                    The network pool must lie in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 or \
                    198.18.0.0/15.
                    """)
        }
        self.base = base
        self.poolPrefix = poolPrefix
        self.prefix = prefix
    }

    /// How many networks the pool holds.
    package var slots: Int64 { 1 << Int64(prefix - poolPrefix) }

    /// Host numbers for containers in each network. 0 is the network, 1 the gateway, the last one the broadcast.
    package var hosts: ClosedRange<Int64> { Subnet(base: base, prefix: prefix).hosts }

    /// The network of a slot; nil outside `0..<slots`.
    package func subnet(_ slot: Int64) -> Subnet? {
        guard slot >= 0, slot < slots, let index = UInt32(exactly: slot) else { return nil }
        return Subnet(base: base + (index << UInt32(32 - prefix)), prefix: prefix)
    }

    /// RFC 1918, RFC 6598 (shared) and RFC 2544 (benchmarks).
    private static func isPrivate(_ base: UInt32, _ prefix: Int) -> Bool {
        let ranges: [(UInt32, Int)] = [
            (0x0A00_0000, 8), (0xAC10_0000, 12), (0xC0A8_0000, 16), (0x6440_0000, 10), (0xC612_0000, 15),
        ]
        return ranges.contains { range, width in prefix >= width && base & ~IPv4.hostMask(width) == range }
    }
}
