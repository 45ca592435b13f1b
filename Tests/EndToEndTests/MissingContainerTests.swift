import Foundation
import TestKit
import Testing

/// A container is gone when its start is due: somebody removed it, or the process died while it replaced the remains of
/// one that a dead Engine left. What is missing is made again, by every workflow that starts containers.
struct MissingContainerTests {
    @Test func anOrderGoesOn() async throws {
        try await inWorld(.sqlite) { world in
            let sweep = Sweep(world: world, kind: "order.provision")
            try await sweep.dying(at: "order.provision.start.before") {
                _ = try? await world.order(["Hello"], project: "missing")
            }
            try await expectResumed(world, sweep, removing: "-1")
        }
    }

    @Test(arguments: ["start", "restart", "rebuild"]) func powerGoesOn(action: String) async throws {
        try await withService { world, service in
            if action == "start" {
                try await power("stop", service, world)
                try await eventually("it is stopped") { try world.unfinished().isEmpty }
            }
            let sweep = Sweep(world: world, kind: "container.\(action)")
            try await sweep.dying(at: "container.\(action).start.before") {
                try? await power(action, service, world)
            }
            try await expectResumed(world, sweep, removing: action == "rebuild" ? "-2" : "-1")
        }
    }

    @Test func aRecoveryGoesOn() async throws {
        try await withService { world, _ in
            let sweep = Sweep(world: world, kind: "container.recover")
            try await sweep.dying(at: "container.recover.start.before") {
                try Command.docker("kill", try containers(world).first ?? "")
            }
            try await expectResumed(world, sweep, removing: "-1")
        }
    }

    @Test func aScalingGoesOn() async throws {
        try await withService { world, service in
            let first = try containers(world)
            let sweep = Sweep(world: world, kind: "service.scaling")
            try await sweep.dying(at: "service.scaling.start.before") {
                try await world.scale(service: service, to: 2)
            }
            let second = try #require(try containers(world).first { !first.contains($0) })
            try await expectResumed(world, sweep, removing: second, running: 2)
        }
    }

    // MARK: Pieces

    /// Removes the container whose name ends with `suffix`; the operation goes on and completes all the same.
    private func expectResumed(_ world: World, _ sweep: Sweep, removing suffix: String, running count: Int = 1)
        async throws
    {
        let name = try #require(try containers(world).first { $0.hasSuffix(suffix) })
        try Command.docker("rm", "-f", name)
        try await sweep.settle()
        #expect(try sweep.outcome() == ["completed"])
        #expect(try containers(world).count == count)
        #expect(try world.query("SELECT DISTINCT state FROM containers") == ["running"])
        let project = try #require(try await world.list("/api/projects", "projects").first?["id"] as? Int)
        let domain = try await world.hello(project).domain
        try await eventually("it answers") { (try? await world.visit(domain))?.status == 200 }
    }

    private func withService(_ body: (_ world: World, _ service: Int) async throws -> Void) async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            try await body(world, world.hello(world.deploy("missing").projectID).id)
        }
    }

    private func power(_ action: String, _ service: Int, _ world: World) async throws {
        let answer = try await world.call("POST", "/api/container_services/\(service)/power/\(action)")
        #expect(answer.status == 202, "\(answer.text)")
    }

    /// Names of the customers' containers on the engine.
    private func containers(_ world: World) throws -> [String] {
        try world.census().filter { $0.contains("-container-") }.compactMap { $0.split(separator: " ").first }
            .map { String($0).replacing("CODE", with: try world.installationCode()) }
    }
}
