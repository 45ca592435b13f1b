extension IPAddress {
    /// Whether it belongs to the internet at large: not to a machine itself, a private network, a provider's inner one,
    /// or to nobody. After the registries of special addresses of IANA (RFC 6890) as of 2025.
    package var isGlobal: Bool {
        let special = width == 32 ? Self.special4 : Self.special6
        // Of IPv6 only 2000::/3 has been given out; that leaves out fc00::/7, fe80::/10, 64:ff9b::/96 and the like.
        if width == 128, bits >> 125 != 1 { return false }
        return !special.contains { $0.contains(self) }
    }

    private static let special4 = networks([
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    ])

    /// Those that hold an address of IPv4 (6to4, Teredo) among them: it may be a private one.
    private static let special6 = networks([
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    ])

    private static func networks(_ texts: [String]) -> [IPNetwork] {
        texts.compactMap { try? IPNetwork($0) }
    }
}
