import Foundation
import TestKit
import Testing

/// An engine on which somebody else has networks: leftovers of an installation that was deleted, a VPN, other programs.
struct TakenNetworkTests {
    /// Takes the first `length` addresses' worth of the world's pool for the length of `body`.
    private func taking(
        _ prefix: Int, of world: World, _ body: () async throws -> Void
    ) async throws {
        let pool = try #require(try world.query("SELECT network_pool FROM zones").first)
        let base = try #require(pool.split(separator: "/").first)
        let name = "leftover-\(UUID().uuidString)"
        try Command.docker("network", "create", "--subnet", "\(base)/\(prefix)", name)
        do { try await body() } catch { Issue.record("\(error)\n\(world.serverLog().suffix(2000))") }
        try Command.docker("network", "rm", name, mustSucceed: false)
    }

    @Test(arguments: TestDialect.allCases)
    func aNewProjectGetsOtherAddressesWhenItsOwnAreTaken(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            try await taking(26, of: world) {
                try await world.start()
                let placed = try await world.order(["Hello"], project: "elsewhere")
                try await world.waitForOrder(placed)
                let service = try #require(try await world.services(placed.projectID)["Hello"])
                let domain = try #require(service["default_domain"] as? String)
                #expect(try await world.visit(domain).status == 200)
                let slot = try #require(Int(try world.query("SELECT slot FROM networks").first ?? ""))
                #expect(slot > 0)
                // The rows say what is on the engine.
                let address = try #require(try world.query("SELECT address FROM instances").first)
                let ids = try Command.docker(
                    "ps", "-q", "--filter", "label=berth.installation=\(world.installationCode())", "--filter",
                    "label=berth.container")
                let shown = try Command.docker(
                    "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
                    String(try #require(ids.split(separator: "\n").first)))
                #expect(shown.contains(address), "\(shown) \(address)")
                // The next one does not try the same again.
                let next = try await world.order(["Hello"], project: "next")
                try await world.waitForOrder(next)
                #expect(try world.query("SELECT slot FROM networks ORDER BY id DESC LIMIT 1") == ["\(slot + 1)"])
            }
        }
    }

    @Test func whoHasTakenThePoolIsToldAndNothingIsLeft() async throws {
        try await inWorld(.sqlite) { world in
            try await taking(20, of: world) {
                try await world.start()
                let placed = try await world.order(["Hello"], project: "nowhere")
                try await eventually("the order has failed") {
                    try await world.status(ofOrder: placed.orderID) == "failed"
                }
                let reason = try world.query("SELECT error FROM operations").joined()
                #expect(reason.contains("--network-pool"), "\(reason)")
                #expect(try world.query("SELECT id FROM networks").isEmpty)
                #expect(try world.census().filter { !$0.contains("-ingress-") }.isEmpty)
            }
        }
    }
}
