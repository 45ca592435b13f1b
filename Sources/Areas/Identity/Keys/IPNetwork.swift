/// The addresses that a key may be used from: one, or all that begin alike (RFC 4632, RFC 4291 §2.3).
package struct IPNetwork: Sendable, Hashable {
    /// Why a text is none.
    package struct Problem: Error, Sendable, Hashable {
        /// Continues "x …", without a full stop.
        package let what: String
    }

    /// As it was written.
    package let text: String
    private let base: IPAddress
    private let prefix: Int

    /// `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`.
    package init(_ text: String) throws(Problem) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = parts.first.flatMap({ IPAddress(String($0)) }) else {
            throw Problem(what: "is neither an IP address nor a network such as 10.0.0.0/8")
        }
        var prefix = base.width
        if parts.count == 2 {
            guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
                let number = Int(parts[1]), number <= base.width
            else { throw Problem(what: "must have a number from 0 to \(base.width) behind the slash") }
            prefix = number
        }
        // Somebody who writes 10.0.0.7/8 may mean one address or sixteen million.
        guard base.bits & base.hostMask(prefix) == 0 else { throw Problem(what: "has bits set behind its prefix") }
        (self.text, self.base, self.prefix) = (text, base, prefix)
    }

    /// Whether an address, as a socket tells it, is one of these. IPv4 that arrives on an IPv6 socket is IPv4.
    package func contains(_ address: String) -> Bool {
        IPAddress(String(address.prefix { $0 != "%" })).map(contains) ?? false
    }

    /// The same of an address that was read already.
    package func contains(_ address: IPAddress) -> Bool {
        address.width == base.width && (address.bits ^ base.bits) & ~base.hostMask(prefix) == 0
    }
}
