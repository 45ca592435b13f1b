import Foundation
import TestKit
import Testing

/// F2: `kill -9` at every step boundary of what is done to a service that exists. On SQLite only: what the databases do
/// differently is swept with orders, rebuilds and deletions.
struct PowerSweepTests {
    @Test func stopAndStartSurviveAKillAnywhere() async throws {
        try await withService { world, id, domain in
            let (stop, start) = (
                Sweep(world: world, kind: "container.stop"), Sweep(world: world, kind: "container.start")
            )
            let running = try world.census()
            let stopPoints = try await stop.points { try await Self.power("stop", id, world) }
            let stopped = try world.census()
            let startPoints = try await start.points { try await Self.power("start", id, world) }
            try #require(stopPoints.count >= 10 && startPoints.count >= 13)
            try #require(stopped != running)
            // One after the other, so that each begins where it makes a difference.
            for index in 0..<max(stopPoints.count, startPoints.count) {
                let points = (stopPoints[index % stopPoints.count], startPoints[index % startPoints.count])
                try await stop.dying(at: points.0) { try? await Self.power("stop", id, world) }
                try await stop.settle()
                try await expect(world, stop, stopped, "stopped", points.0)
                #expect(try await world.visit(domain).status == 503, "\(points.0)")
                try await start.dying(at: points.1) { try? await Self.power("start", id, world) }
                try await start.settle()
                try await expect(world, start, running, "running", points.1)
                try await expectAnswer(world, domain, points.1)
            }
        }
    }

    @Test func aRestartSurvivesAKillAnywhere() async throws {
        try await withService { world, id, domain in
            let sweep = Sweep(world: world, kind: "container.restart")
            let running = try world.census()
            let points = try await sweep.points { try await Self.power("restart", id, world) }
            try #require(points.count >= 16)
            for point in points {
                try await sweep.dying(at: point) { try? await Self.power("restart", id, world) }
                try await sweep.settle()
                try await expect(world, sweep, running, "running", point)
                try await expectAnswer(world, domain, point)
            }
        }
    }

    @Test func aRecoverySurvivesAKillAnywhere() async throws {
        try await withService { world, _, domain in
            let sweep = Sweep(world: world, kind: "container.recover")
            let running = try world.census()
            let points = try await sweep.points { try await crash(world) }
            try #require(points.count >= 15)
            for point in points {
                // Not its sixth crash in a row, which would end the attempts.
                try world.change("UPDATE containers SET crash_count = 0, crashed_at = NULL")
                try await sweep.dying(at: point) { try await crash(world) }
                try await sweep.settle()
                try await expect(world, sweep, running, "running", point)
                try await expectAnswer(world, domain, point)
            }
        }
    }

    @Test func scalingSurvivesAKillAnywhere() async throws {
        try await withService { world, id, domain in
            let sweep = Sweep(world: world, kind: "service.scaling")
            let (kept, before) = (try servers(world), try shape(world))
            let up = try await sweep.points { try await world.scale(service: id, to: 2) }
            let grown = try shape(world)
            let down = try await sweep.points { try await world.scale(service: id, to: 1) }
            try #require(up.count >= 13 && down.count >= 13)
            try #require(grown.count == before.count + 1)
            for index in 0..<max(up.count, down.count) {
                let points = (up[index % up.count], down[index % down.count])
                try await sweep.dying(at: points.0) { try await world.scale(service: id, to: 2) }
                try await sweep.settle()
                try expectScaled(world, sweep, 2, grown, points.0)
                #expect(try servers(world).count == 2, "\(points.0)")
                try await sweep.dying(at: points.1) { try await world.scale(service: id, to: 1) }
                try await sweep.settle()
                try expectScaled(world, sweep, 1, before, points.1)
                #expect(try servers(world) == kept, "\(points.1)")
                #expect(try await world.visit(domain).status == 200, "\(points.1)")
            }
        }
    }

    /// F3 for scaling.
    @Test func aScalingThatFailsAnywhereLeavesWhatWasThere() async throws {
        try await withService { world, id, domain in
            let sweep = Sweep(world: world, kind: "service.scaling")
            let (kept, before) = (try servers(world), try shape(world))
            let grow = { try await world.scale(service: id, to: 2) }
            // The last step goes on record with the end of the operation: after that nothing fails any more.
            let points = try await sweep.points(grow).dropLast()
            try await world.scale(service: id, to: 1)
            try await sweep.settle()
            let late = "service.scaling.route.after_effect"
            let undone = try await sweep.undoPoints(failingAt: late, grow)
            try #require(points.count >= 12 && undone.count >= 8)
            for point in points {
                try await sweep.failing(at: point, grow)
                #expect(try sweep.outcome() == ["failed"], "\(point)")
                try expectScaled(world, sweep, 1, before, point)
                try await expectServers(world, kept, point)
            }
            for point in undone {
                try await sweep.dying(at: point, failingAt: late, grow)
                try await sweep.settle()
                #expect(try sweep.outcome() == ["failed"], "\(point)")
                try expectScaled(world, sweep, 1, before, point)
                try await expectServers(world, kept, point)
            }
            #expect(try await world.visit(domain).status == 200)
        }
    }

    // MARK: Pieces

    private func withService(_ body: (_ world: World, _ service: Int, _ domain: String) async throws -> Void)
        async throws
    {
        try await inWorld(.sqlite) { world in
            try await world.start()
            let service = try await world.hello(world.deploy("swept").projectID)
            try await body(world, service.id, service.domain)
        }
    }

    private static func power(_ action: String, _ service: Int, _ world: World) async throws {
        let answer = try await world.call("POST", "/api/container_services/\(service)/power/\(action)")
        #expect(answer.status == 202, "\(answer.text)")
    }

    /// Ends the container behind Berth's back and waits until the recovery has begun.
    private func crash(_ world: World) async throws {
        let before = try recoveries(world)
        let name = try #require(try world.census().first { $0.contains("-container-") }?.split(separator: " ").first)
        try Command.docker("kill", String(name).replacing("CODE", with: world.installationCode()))
        try await eventually("the recovery has begun", seconds: 60) { try recoveries(world) != before }
    }

    private func recoveries(_ world: World) throws -> [String] {
        try world.query("SELECT count(*) FROM operations WHERE kind = 'container.recover'")
    }

    private func expect(_ world: World, _ sweep: Sweep, _ census: [String], _ state: String, _ point: String)
        async throws
    {
        #expect(try world.census() == census, "\(point)")
        #expect(try sweep.outcome() == ["completed"], "\(point)")
        #expect(try world.query("SELECT state FROM containers") == [state], "\(point)")
        #expect(try world.query("SELECT count(*) FROM instances") == ["1"], "\(point)")
    }

    private func expectAnswer(_ world: World, _ domain: String, _ point: String) async throws {
        try await eventually("it answers after \(point)", seconds: 10) {
            (try? await world.visit(domain))?.status == 200
        }
    }

    /// What is on the engine; new containers have new numbers.
    private func shape(_ world: World) throws -> [String] {
        try world.census().map { $0.replacing(#/-container-\d+-\d+/#, with: "-container-N") }.sorted()
    }

    private func servers(_ world: World) throws -> [String] {
        try world.ingressEntries().filter { $0.hasPrefix("server ") }
    }

    private func expectServers(_ world: World, _ kept: [String], _ point: String) async throws {
        try await eventually("the ingress knows what is left after \(point)", seconds: 10) {
            try servers(world) == kept
        }
    }

    private func expectScaled(_ world: World, _ sweep: Sweep, _ count: Int, _ shape: [String], _ point: String) throws {
        #expect(try self.shape(world) == shape, "\(point)")
        for sql in [
            "SELECT count(*) FROM containers", "SELECT count(*) FROM instances WHERE state = 'serving'",
            "SELECT containers_count FROM users", "SELECT containers_reserved FROM zones",
        ] {
            #expect(try world.query(sql) == ["\(count)"], "\(point): \(sql)")
        }
        #expect(try world.query("SELECT count(*) FROM resource_locks") == ["0"], "\(point): locks")
    }
}
