import Foundation
import TestKit
import Testing

struct StopTests {
    /// F4: work in flight is given back, and the next process takes it up at once.
    @Test(arguments: TestDialect.allCases)
    func aStopEndsWithinTenSecondsAndLosesNothing(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            try await world.start(["BERTH_FAIL": "order.provision.network.before:hang"])
            let placed = try await world.order(["Hello"], project: "interrupted")
            try await eventually("the order is being worked on") {
                try await world.status(ofOrder: placed.orderID) == "processing"
            }
            let begun = ContinuousClock.now
            try await world.kill(SIGTERM)
            #expect(ContinuousClock.now - begun < .seconds(10))
            // The next one watches the zone at once, too.
            #expect(try world.query("SELECT count(*) FROM zones WHERE watcher IS NOT NULL") == ["0"])
            try await world.start()
            try await world.waitForOrder(placed)
        }
    }

    /// R10: what customers run does not notice that Berth is gone, and a restart does not restart it.
    @Test func containersGoOnWhileBerthIsDown() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            let placed = try await world.order(["Hello"], project: "steady")
            try await world.waitForOrder(placed)
            let service = try #require(try await world.services(placed.projectID)["Hello"])
            let domain = try #require(service["default_domain"] as? String)
            let since = try Self.startTimes(world)
            try await world.kill()
            for _ in 0..<20 { #expect(try await world.visit(domain).status == 200) }
            try await world.start()
            try await eventually("the watcher has looked") { world.serverLog().contains("Watching the zone") }
            #expect(try await world.visit(domain).status == 200)
            #expect(try Self.startTimes(world) == since)
        }
    }

    /// F10
    @Test func aSecondServerOnTheSameFileSaysSo() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            let second = try Command.run(
                Command.required("BERTH_TEST_BINARY"), ["serve", "--listen", "127.0.0.1:0"],
                environment: world.settings.merging(["BERTH_METRICS_LISTEN": "off"]) { _, new in new },
                folder: world.folder, mustSucceed: false)
            #expect(second.status == 65)
            #expect(second.errors.contains("Another `berth serve` is running"), "\(second.errors)")
            #expect(try await world.get("/readyz").status == 200)
        }
    }

    private static func startTimes(_ world: World) throws -> [String] {
        let ids = try Command.docker("ps", "-q", "--filter", "label=berth.installation=\(world.installationCode())")
        return try ids.split(separator: "\n").map {
            try Command.docker("inspect", "-f", "{{.State.StartedAt}}", String($0))
        }.sorted()
    }
}
