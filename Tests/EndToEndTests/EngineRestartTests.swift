import Foundation
import TestKit
import Testing

/// F31: the Engine is stopped or dies. It is one of the test's own, because the shared one serves other tests.
struct EngineRestartTests {
    @Test(arguments: [SIGKILL, SIGTERM])
    func whatRanRunsAgainAfterTheEngineWasAway(signal: Int32) async throws {
        try await PrivateEngine.with { engine in
            try await inWorld(.sqlite, engine: engine.address) { world in
                try await world.start()
                let domain = try await world.hello(world.deploy("outage").projectID).domain
                #expect(try await world.visit(domain).status == 200)

                try await signal == SIGKILL ? engine.kill() : engine.stop()
                try await eventually("Berth has noticed") {
                    try world.query("SELECT state FROM zones") == ["unreachable"]
                }
                // The API goes on.
                #expect(try await world.get("/api/projects").status == 200)

                try await engine.start()
                try await eventually("it answers again", seconds: 60) {
                    (try? await world.visit(domain))?.status == 200
                }
                try await eventually("the zone is online") {
                    try world.query("SELECT state FROM zones") == ["online"]
                }
                #expect(try world.query("SELECT crash_count < 2 FROM containers").allSatisfy { "1t".contains($0) })
            }
        }
    }

    @Test func anEngineThatKeepsItsContainersIsRestartedUnnoticed() async throws {
        try await PrivateEngine.with("--live-restore") { engine in
            try await inWorld(.sqlite, engine: engine.address) { world in
                try await world.start()
                let domain = try await world.hello(world.deploy("steady").projectID).domain
                let ids = try engine.docker("ps", "-q").split(separator: "\n").map(String.init)
                let since = try ids.map { try engine.docker("inspect", "-f", "{{.State.StartedAt}}", $0) }
                let visitor = Visitor(world: world, host: domain)
                let visits = Task { await visitor.visit() }
                try await engine.stop()
                try await eventually("Berth has noticed") {
                    try world.query("SELECT state FROM zones") == ["unreachable"]
                }
                try await engine.start()
                try await eventually("the zone is online") {
                    try world.query("SELECT state FROM zones") == ["online"]
                }
                await visitor.stop(after: visits)
                #expect(visitor.failures.isEmpty, "failed visits: \(visitor.failures.prefix(5))")
                #expect(visitor.count > 20)
                #expect(try ids.map { try engine.docker("inspect", "-f", "{{.State.StartedAt}}", $0) } == since)
                #expect(
                    try world.query("SELECT count(*) FROM operations WHERE kind = 'container.recover'") == ["0"])
            }
        }
    }
}
