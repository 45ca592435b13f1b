import Foundation
import TestKit
import Testing

/// Zones: several in one location, and one whose engine is reached over the network.
struct ZoneTests {
    @Test func twoZonesOfALocationShareTheOrdersAndAnswerEachForItsOwn() async throws {
        try await inWorld(.sqlite) { world in
            let otherDomain = "other-\(world.appsDomain)"
            let ports = [1: world.ingressPort, 2: try world.addZone(appsDomain: otherDomain)]
            try await world.start()
            var domains: [String: String] = [:]
            for number in 1...4 {
                let placed = try await world.order(["Hello"], project: "spread-\(number)")
                try await world.waitForOrder(placed)
                let service = try #require(try await world.services(placed.projectID)["Hello"])
                domains["\(placed.projectID)"] = try #require(service["default_domain"] as? String)
            }
            let places = try world.query("SELECT zone_id, id FROM projects ORDER BY id").map {
                $0.split(separator: "|").map(String.init)
            }
            #expect(places.map { $0[0] } == ["1", "2", "1", "2"])
            for place in places {
                let (zone, domain) = (try #require(Int(place[0])), try #require(domains[place[1]]))
                #expect(domain.hasSuffix(zone == 1 ? world.appsDomain : otherDomain))
                #expect(try await world.visit(domain, port: ports[zone]).status == 200)
                #expect(try await world.visit(domain, port: ports[3 - zone]).status == 404)
            }
            // Each has an ingress of its own, and its networks come from its own pool.
            #expect(try world.census().count { $0.contains("-ingress-") && $0.hasSuffix("running") } == 2)
            let pools = try world.query(
                """
                SELECT DISTINCT z.id, substr(z.network_pool, 1, 5) = substr(n.cidr, 1, 5)
                FROM networks n JOIN zones z ON z.id = n.zone_id ORDER BY z.id
                """)
            #expect(pools == ["1|1", "2|1"])
        }
    }

    /// Order, logs, processes and removal: everything Berth does with an engine, over TCP with certificates.
    @Test func anEngineBehindMutualTLSIsUsedLikeALocalOne() async throws {
        try await withTLSEngine { address, certificates in
            try await inWorld(.sqlite, engine: address, tlsDirectory: certificates) { world in
                try await world.start()
                let placed = try await world.order(["Hello"], project: "remote")
                try await world.waitForOrder(placed)
                let service = try #require(try await world.services(placed.projectID)["Hello"])
                let domain = try #require(service["default_domain"] as? String)
                #expect(try await world.visit(domain, path: "/over-tls").status == 200)
                let id = try #require(service["id"] as? Int)
                let container = try #require(
                    try await world.list("/api/container_services/\(id)/containers", "containers").first?["id"] as? Int)
                try await eventually("the log tells of the visit") {
                    try await world.get("/api/containers/\(container)/logs").text.contains("/over-tls")
                }
                #expect(try await world.get("/api/containers/\(container)/container_processes").status == 200)
                #expect(try await world.call("DELETE", "/api/projects/\(placed.projectID)").status == 202)
                try await eventually("the project is gone") { try world.unfinished().isEmpty }
                #expect(try world.census().filter { !$0.contains("-ingress-") }.isEmpty)
            }
        }
    }
}
