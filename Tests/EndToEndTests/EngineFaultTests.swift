import Fleet
import Foundation
import TestKit
import Testing

/// The Engine fails while it is being worked with.
struct EngineFaultTests {
    /// The calls by which an order changes something, the ingress included: what each is, and a part of its path.
    private static let changes = [
        ("POST", "/networks/create"), ("POST", "/containers/create"), ("POST", "-1/start"), ("POST", "-1/exec"),
        ("POST", "/exec/"),
    ]

    /// F30: `kill -9` of the Engine at each of these calls, when it has done what was asked and before it says so.
    @Test func anOrderSurvivesADeathOfTheEngineAtEveryCall() async throws {
        try await PrivateEngine.with { engine in
            try await FaultProxy.run(to: EngineEndpoint(address: engine.address, tlsDirectory: nil)) { proxy in
                try await inWorld(.sqlite, engine: proxy.endpoint.address) { world in
                    try await world.start()
                    let steady = try await world.hello(world.deploy("steady").projectID).domain
                    for (index, (method, path)) in Self.changes.enumerated() {
                        proxy.on(method, path, .insteadOfAnswer { try await engine.kill() })
                        let placed = try await world.order(["Hello"], project: "killed")
                        try await eventually("the Engine died at \(method) \(path)", seconds: 60) {
                            engine.deaths == index + 1
                        }
                        proxy.calm()
                        try await engine.start()
                        try await expectAllRuns(world, engine, placed, steady, "\(method) \(path)")
                        #expect(try await world.call("DELETE", "/api/projects/\(placed.projectID)").status == 202)
                        try await eventually("it is deleted") { try world.unfinished().isEmpty }
                    }
                }
            }
        }
    }

    /// F32: an Engine that hangs holds up nobody else.
    @Test func anEngineThatHangsDelaysItsOwnZoneOnly() async throws {
        try await PrivateEngine.with { engine in
            try await inWorld(.sqlite, engine: engine.address) { world in
                try await world.start()
                let (id, domain) = try await world.hello(world.deploy("hung").projectID)
                let other = try world.addPlace()
                try await eventually("the other zone is online") {
                    try world.query("SELECT state FROM zones ORDER BY id") == ["online", "online"]
                }
                try await world.waitForOrder(world.order(["Hello"], project: "first", location: other))

                engine.send(SIGSTOP)
                #expect(try await world.call("POST", "/api/container_services/\(id)/power/restart").status == 202)
                try await eventually("the zone is unreachable, and only it", seconds: 60) {
                    try world.query("SELECT state FROM zones ORDER BY id") == ["unreachable", "online"]
                }
                let begun = ContinuousClock.now
                try await world.waitForOrder(world.order(["Hello"], project: "second", location: other))
                #expect(ContinuousClock.now - begun < .seconds(20))
                // What the customer has goes on as long as only the Engine hangs.
                #expect(try await world.visit(domain).status == 200)
                try await eventually("calls are not even tried any more", seconds: 90) {
                    try !world.query("SELECT id FROM zones WHERE id = 1 AND state_detail LIKE '%tried again in a few%'")
                        .isEmpty
                }

                engine.send(SIGCONT)
                try await eventually("the zone is online", seconds: 40) {
                    try world.query("SELECT state FROM zones ORDER BY id") == ["online", "online"]
                }
                try await eventually("the restart has ended", seconds: 90) { try world.unfinished().isEmpty }
                #expect(
                    try world.query("SELECT state FROM operations WHERE kind = 'container.restart'") == ["completed"])
                try await eventually("it answers") { (try? await world.visit(domain))?.status == 200 }
            }
        }
    }

    // MARK: Pieces

    /// The order has completed; it and what was there before answer, each by one container.
    private func expectAllRuns(
        _ world: World, _ engine: PrivateEngine, _ placed: World.Placed, _ steady: String, _ point: String
    ) async throws {
        try await world.waitForOrder(placed, seconds: 120)
        let domain = try await world.hello(placed.projectID).domain
        for host in [domain, steady] {
            try await eventually("\(host) answers after \(point)", seconds: 90) {
                (try? await world.visit(host))?.status == 200
            }
        }
        try await eventually("all has ended after \(point)", seconds: 60) { try world.unfinished().isEmpty }
        let all = try engine.docker("ps", "-a", "--format", "{{.Names}} {{.State}}").split(separator: "\n")
        #expect(all.count { $0.contains("-container-") } == 2, "\(point): \(all)")
        try await eventually("the zone is online after \(point)") {
            try world.query("SELECT state FROM zones") == ["online"]
        }
        #expect(all.allSatisfy { $0.hasSuffix(" running") }, "\(point): \(all)")
        #expect(try world.query("SELECT state FROM containers") == ["running", "running"], "\(point)")
    }
}
