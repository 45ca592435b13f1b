import Fleet
import Testing

@Suite struct SubnetTests {
    @Test(arguments: [
        ("10.64.3.32/27", "10.64.3.33", 30 as Int64, "10.64.3.62"),
        ("10.0.0.0/8", "10.0.0.1", 16_777_214, "10.255.255.254"),
        ("192.168.7.252/30", "192.168.7.253", 2, "192.168.7.254"),
    ])
    func readsBackWhatItWrites(cidr: String, gateway: String, lastHost: Int64, lastAddress: String) throws {
        let subnet = try #require(Subnet(cidr: cidr))
        #expect(subnet.cidr == cidr)
        #expect(subnet.gateway == gateway)
        #expect(subnet.hosts == 2...lastHost)
        #expect(subnet.address(lastHost) == lastAddress)
        #expect(subnet.address(lastHost + 1) == nil)
        #expect(subnet.address(1) == nil)
    }

    @Test func isTheNetworkThatTheZoneCarvedOut() throws {
        let carved = try #require(ZoneNetworks(pool: ZoneNetworks.defaultPool).subnet(3))
        #expect(Subnet(cidr: carved.cidr) == carved)
    }

    @Test(arguments: [
        "", "10.64.3.32", "10.64.3.32/", "10.64.3.33/27", "10.64.3.32/31", "10.0.0.0/7", "10.64.3.32/+27", "10.64.3/27",
        "10.64.3.256/27", "10.64.3.32/27/1", "a.b.c.d/27",
    ])
    func refusesWhatIsNoNetwork(_ text: String) {
        #expect(Subnet(cidr: text) == nil)
    }
}
