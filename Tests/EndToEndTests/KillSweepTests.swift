import Foundation
import TestKit
import Testing

/// F2: `kill -9` at every step boundary of order, rebuild and deletion: after a restart the world equals that of an
/// undisturbed run.
struct KillSweepTests {
    @Test(arguments: TestDialect.allCases)
    func anOrderSurvivesAKillAnywhere(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            let sweep = Sweep(world: world, kind: "order.provision")
            var traced = 0
            let points = try await sweep.points { traced = try await world.deploy("traced").projectID }
            try #require(points.count >= 15)
            try await world.delete(project: traced)
            for point in points {
                try await sweep.dying(at: point) {
                    _ = try? await world.order(["Hello"], project: "killed")
                }
                try await sweep.settle()
                let projects = try await world.list("/api/projects", "projects")
                let project = try #require(projects.first?["id"] as? Int, "\(point): the accepted order is lost")
                #expect(projects.count == 1, "\(point)")
                let domain = try await world.hello(project).domain
                #expect(try await world.visit(domain).status == 200, "\(point)")
                let census = try world.census()
                #expect(census.count { $0.contains("-container-") && $0.hasSuffix(" running") } == 1, "\(point)")
                #expect(census.count { $0.contains("-container-") } == 1, "\(point): \(census)")
                #expect(census.count { $0.hasPrefix("network ") } == 1, "\(point): \(census)")
                #expect(try world.query("SELECT DISTINCT status FROM orders") == ["completed"], "\(point)")
                try await world.delete(project: project)
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aRebuildSurvivesAKillAnywhere(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            try await world.start()
            let (id, domain) = try await world.hello(world.deploy("rebuilt").projectID)
            let sweep = Sweep(world: world, kind: "container.rebuild")
            let points = try await sweep.points {
                _ = try await world.call("POST", "/api/container_services/\(id)/power/rebuild")
            }
            try #require(points.count >= 20)
            for point in points {
                try await sweep.dying(at: point) {
                    _ = try? await world.call("POST", "/api/container_services/\(id)/power/rebuild")
                }
                try await sweep.settle()
                #expect(try await world.visit(domain).status == 200, "\(point)")
                let census = try world.census()
                #expect(census.count { $0.contains("-container-") } == 1, "\(point): \(census)")
                #expect(try world.query("SELECT count(*) FROM instances") == ["1"], "\(point)")
                #expect(try sweep.outcome() == ["completed"], "\(point)")
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aDeletionSurvivesAKillAnywhere(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            try await world.start()
            let first = try await world.deploy("deleted")
            let sweep = Sweep(world: world, kind: "deployment.trash")
            let points = try await sweep.points {
                _ = try await world.call("DELETE", "/api/projects/\(first.projectID)")
            }
            try #require(points.count >= 8)
            for point in points {
                let placed = try await world.deploy("deleted")
                try await sweep.dying(at: point) {
                    _ = try? await world.call("DELETE", "/api/projects/\(placed.projectID)")
                }
                try await sweep.settle()
                try world.expectNothingLeft(point)
            }
        }
    }
}
