import Identity
import Testing

/// The addresses a named key may be used from.
@Suite struct IPNetworkTests {
    @Test(arguments: [
        ("203.0.113.7", "203.0.113.7", true), ("203.0.113.7", "203.0.113.8", false),
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "198.51.100.1", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("192.0.2.0/31", "192.0.2.1", true), ("192.0.2.0/31", "192.0.2.2", false),
        ("2001:db8::/32", "2001:DB8:1::2", true), ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8::1", "2001:db8::1%eth0", true), ("::/0", "2001:db8::1", true), ("::/0", "192.0.2.1", false),
        // An IPv4 client on a socket that takes both.
        ("192.0.2.0/24", "::ffff:192.0.2.9", true), ("::ffff:192.0.2.9", "192.0.2.9", true), ("::/0", "", false),
        ("::/0", "nonsense", false),
    ])
    func addressesAreCompared(network: String, address: String, isInside: Bool) throws {
        #expect(try IPNetwork(network).contains(address) == isInside)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.1/8", "10.0.0",
        "010.0.0.1", "256.0.0.1", "2001:db8::/129", "2001:db8::1/32", ":::", "localhost", " 10.0.0.1", "1.2.3.4\u{0}5",
    ])
    func otherTextIsRefused(text: String) {
        #expect(throws: IPNetwork.Problem.self) { try IPNetwork(text) }
    }
}
