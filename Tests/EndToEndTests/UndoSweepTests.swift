import Foundation
import TestKit
import Testing

/// F3: an error at every step boundary, and `kill -9` at every boundary of undoing. What failed leaves nothing behind.
struct UndoSweepTests {
    @Test(arguments: TestDialect.allCases)
    func anOrderThatFailsAnywhereLeavesNothing(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            let sweep = Sweep(world: world, kind: "order.provision")
            let order = { _ = try? await world.order(["Hello"], project: "broken") }
            let points = try await sweep.points { await order() }
            try #require(points.count >= 15)
            let project = try #require(try await world.list("/api/projects", "projects").first?["id"] as? Int)
            try await world.delete(project: project)
            // The last step is put on record by the transaction that ends the operation: from there it has succeeded.
            for point in points where point != "order.provision.answer.after_record" {
                try await sweep.failing(at: point, order)
                try await expectClean(world, sweep, point)
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func anOrderKilledWhileItIsUndoneLeavesNothing(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            let sweep = Sweep(world: world, kind: "order.provision")
            let order = { _ = try? await world.order(["Hello"], project: "broken") }
            let late = "order.provision.answer.after_effect"
            let points = try await sweep.undoPoints(failingAt: late) { await order() }
            try #require(points.count >= 11)
            try await expectClean(world, sweep, late)
            for point in points {
                try await sweep.dying(at: point, failingAt: late, order)
                try await sweep.settle()
                try await expectClean(world, sweep, point)
            }
        }
    }

    @Test func aRebuildThatFailsAnywhereLeavesOneContainerThatServes() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            let (id, domain) = try await world.hello(world.deploy("rebuilt").projectID)
            let sweep = Sweep(world: world, kind: "container.rebuild")
            let rebuild = { _ = try await world.call("POST", "/api/container_services/\(id)/power/rebuild") }
            let points = try await sweep.points(rebuild)
            try #require(points.count >= 20)
            // A step is put on record together with the next one's change, here the switch.
            let switched = try #require(points.firstIndex(of: "container.rebuild.gate.after_record"))
            for (index, point) in points.enumerated() {
                let before = try world.census()
                try await sweep.failing(at: point, rebuild)
                #expect(try await world.visit(domain).status == 200, "\(point)")
                // After the switch the new one is the service, and the old one goes.
                if index < switched { #expect(try world.census() == before, "\(point)") }
                try await expectOneServes(world, sweep, domain, point)
            }
        }
    }

    @Test func aRebuildKilledWhileItIsUndoneLeavesTheOldContainer() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            let (id, domain) = try await world.hello(world.deploy("rebuilt").projectID)
            let sweep = Sweep(world: world, kind: "container.rebuild")
            let rebuild = { _ = try await world.call("POST", "/api/container_services/\(id)/power/rebuild") }
            let before = try world.census()
            let late = "container.rebuild.switch.before"
            let points = try await sweep.undoPoints(failingAt: late, rebuild)
            try #require(points.count >= 5)
            for point in points {
                try await sweep.dying(at: point, failingAt: late) { try? await rebuild() }
                try await sweep.settle()
                #expect(try world.census() == before, "\(point)")
                try await expectOneServes(world, sweep, domain, point)
            }
        }
    }

    // MARK: Pieces

    private func expectClean(_ world: World, _ sweep: Sweep, _ point: String) async throws {
        #expect(try sweep.outcome() == ["failed"], "\(point)")
        #expect(
            try world.query("SELECT status FROM orders ORDER BY created_at DESC LIMIT 1") == ["failed"], "\(point)")
        try world.expectNothingLeft(point)
        try await eventually("the ingress has forgotten it after \(point)", seconds: 10) {
            try world.ingressEntries().isEmpty
        }
    }

    private func expectOneServes(_ world: World, _ sweep: Sweep, _ domain: String, _ point: String) async throws {
        #expect(try sweep.outcome() == ["failed"], "\(point)")
        try await eventually("one container is left after \(point)", seconds: 45) {
            try world.query("SELECT state FROM instances") == ["serving"]
                && world.census().count { $0.contains("-container-") } == 1
        }
        try await eventually("the ingress knows one server after \(point)", seconds: 10) {
            try world.ingressEntries().count { $0.hasPrefix("server ") } == 1
        }
        #expect(try await world.visit(domain).status == 200, "\(point)")
        #expect(try world.query("SELECT containers_count FROM users") == ["1"], "\(point)")
    }
}
