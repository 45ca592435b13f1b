import Fleet
import Testing

@Suite struct ZoneNetworksTests {
    @Test func theDefaultPoolHolds32768NetworksOf29Containers() throws {
        let networks = try ZoneNetworks(pool: ZoneNetworks.defaultPool)
        #expect(networks.slots == 32_768)
        #expect(networks.hosts == 2...30)
        let first = try #require(networks.subnet(0))
        #expect(first.cidr == "10.64.0.0/27")
        #expect(first.gateway == "10.64.0.1")
        #expect(first.address(2) == "10.64.0.2")
        #expect(first.address(30) == "10.64.0.30")
        let last = try #require(networks.subnet(32_767))
        #expect(last.cidr == "10.79.255.224/27")
        #expect(last.gateway == "10.79.255.225")
        #expect(last.address(30) == "10.79.255.254")
    }

    @Test(arguments: [-1, 32_768, Int64.max, Int64.min])
    func slotsOutsideThePoolDoNotExist(slot: Int64) throws {
        #expect(try ZoneNetworks(pool: ZoneNetworks.defaultPool).subnet(slot) == nil)
    }

    @Test(arguments: [-1, 0, 1, 31, 32, Int64.max])
    func networkGatewayAndBroadcastAreNoAddressesForContainers(host: Int64) throws {
        #expect(try #require(ZoneNetworks(pool: ZoneNetworks.defaultPool).subnet(0)).address(host) == nil)
    }

    @Test(arguments: [
        ("10.64.0.0/27", 27, 1 as Int64, "10.64.0.0/27"),
        ("192.168.128.0/17", 29, 4096, "192.168.255.248/29"),
        ("172.16.0.0/12", 20, 256, "172.31.240.0/20"),
        ("10.0.0.0/8", 29, 2_097_152, "10.255.255.248/29"),
        ("100.64.0.0/10", 24, 16_384, "100.127.255.0/24"),
        ("10.200.4.0/22", 27, 32, "10.200.7.224/27"),
    ])
    func otherPoolsEndWhereTheyShould(pool: String, prefix: Int, slots: Int64, last: String) throws {
        let networks = try ZoneNetworks(pool: pool, prefix: prefix)
        #expect(networks.slots == slots)
        #expect(networks.subnet(slots - 1)?.cidr == last)
        #expect(networks.subnet(slots) == nil)
    }

    @Test(arguments: [
        ("", 27), ("10.64.0.0", 27), ("10.64.0.0/", 27), ("10.64.0.0/+12", 27), ("10.64.0/12", 27),
        ("10.64.0.256/12", 27), ("10.064.0.0/12", 27), ("10.64.0.0/12/1", 27), ("10.64.0.1/12", 27),
        ("10.64.0.0/28", 27), ("10.0.0.0/7", 27), ("8.0.0.0/12", 27), ("172.0.0.0/8", 27), ("::/64", 27),
        ("10.64.0.0/12", 19), ("10.64.0.0/12", 30), ("10.64.0.0/33", 27), ("10.64.0.0/-1", 27), ("a.b.c.d/12", 27),
    ])
    func poolsThatAreNotPrivateIPv4NetworksAreRefused(pool: String, prefix: Int) {
        #expect(throws: ZoneNetworks.Problem.self) { try ZoneNetworks(pool: pool, prefix: prefix) }
    }

    @Test func hostBitsAreToldWithTheNetworkThatWasMeant() {
        let problem = #expect(throws: ZoneNetworks.Problem.self) { try ZoneNetworks(pool: "10.64.3.0/12") }
        #expect(problem?.description.contains("the network is 10.64.0.0/12") == true)
    }
}
