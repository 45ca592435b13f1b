import Foundation
import TestKit
import Testing

/// `kill -9` at every step boundary of order, rebuild and delete: after a restart the world equals that of an
/// undisturbed run.
struct KillSweepTests {
    @Test(arguments: TestDialect.allCases)
    func anOrderSurvivesAKillAnywhere(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            let points = try await trace(world, kind: "order.provision") { _ = try await deploy(world, "traced") }
            try #require(points.count >= 15)
            for point in points {
                try await dying(world, at: point) {
                    _ = try? await world.order(["Hello"], project: "killed")
                }
                try await settle(world)
                let projects = try await world.list("/api/projects", "projects")
                let project = try #require(projects.first?["id"] as? Int, "\(point): the accepted order is lost")
                #expect(projects.count == 1, "\(point)")
                let service = try #require(try await world.services(project)["Hello"], "\(point)")
                let domain = try #require(service["default_domain"] as? String)
                #expect(try await world.visit(domain).status == 200, "\(point)")
                let census = try world.census()
                #expect(census.count { $0.contains("-container-") && $0.hasSuffix(" running") } == 1, "\(point)")
                #expect(census.count { $0.contains("-container-") } == 1, "\(point): \(census)")
                #expect(census.count { $0.hasPrefix("network ") } == 1, "\(point): \(census)")
                #expect(try world.query("SELECT DISTINCT status FROM orders") == ["completed"], "\(point)")
                try await delete(world, project)
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aRebuildSurvivesAKillAnywhere(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            try await world.start()
            let placed = try await deploy(world, "rebuilt")
            let service = try #require(try await world.services(placed.projectID)["Hello"])
            let (id, domain) = (try #require(service["id"] as? Int), try #require(service["default_domain"] as? String))
            try await world.kill()
            let points = try await trace(world, kind: "container.rebuild") {
                _ = try await world.call("POST", "/api/container_services/\(id)/power/rebuild")
                try await eventually("the rebuild has ended", seconds: 60) { try world.unfinished().isEmpty }
            }
            try #require(points.count >= 20)
            for point in points {
                try await dying(world, at: point) {
                    _ = try? await world.call("POST", "/api/container_services/\(id)/power/rebuild")
                }
                try await settle(world)
                #expect(try await world.visit(domain).status == 200, "\(point)")
                let census = try world.census()
                #expect(census.count { $0.contains("-container-") } == 1, "\(point): \(census)")
                #expect(try world.query("SELECT count(*) FROM instances") == ["1"], "\(point)")
                #expect(
                    try world.query(
                        "SELECT state FROM operations WHERE kind = 'container.rebuild' ORDER BY id DESC LIMIT 1"
                    ) == ["completed"], "\(point)")
                try await world.kill()
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aDeletionSurvivesAKillAnywhere(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            try await world.start()
            let first = try await deploy(world, "deleted")
            try await world.kill()
            let points = try await trace(world, kind: "deployment.trash") {
                _ = try await world.call("DELETE", "/api/projects/\(first.projectID)")
                try await eventually("the project is gone", seconds: 60) { try world.unfinished().isEmpty }
            }
            try #require(points.count >= 8)
            for point in points {
                try await world.start()
                let placed = try await deploy(world, "deleted")
                try await world.kill()
                try await dying(world, at: point) {
                    _ = try? await world.call("DELETE", "/api/projects/\(placed.projectID)")
                }
                try await settle(world)
                try expectNothingLeft(world, point)
                try await world.kill()
            }
        }
    }

    // MARK: Pieces

    private func deploy(_ world: World, _ name: String) async throws -> World.Placed {
        let placed = try await world.order(["Hello"], project: name)
        try await world.waitForOrder(placed)
        return placed
    }

    /// Runs `work` undisturbed and answers the failpoints of `kind` it passed; what it made is removed.
    private func trace(_ world: World, kind: String, _ work: () async throws -> Void) async throws -> [String] {
        let file = world.folder.appending(path: "trace-\(kind)")
        try await world.start(["BERTH_FAIL_TRACE": file.path])
        try await work()
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        var seen: Set<String> = []
        let points = lines.filter { $0.hasPrefix(kind + ".") && seen.insert($0).inserted }
        if kind == "order.provision" {
            for project in try await world.list("/api/projects", "projects") {
                if let id = project["id"] as? Int { try await delete(world, id) }
            }
        }
        try await world.kill()
        return points
    }

    /// Runs `work` on a server that kills itself at `point`, and makes sure that it did.
    private func dying(_ world: World, at point: String, _ work: () async throws -> Void) async throws {
        let reached = world.folder.appending(path: "reached")
        try? FileManager.default.removeItem(at: reached)
        if world.isRunning { try await world.kill() }
        try await world.start(["BERTH_FAIL": "\(point):kill", "BERTH_FAIL_REACHED": reached.path])
        try await work()
        try await eventually("the server died at \(point)", seconds: 60) { !world.isRunning }
        let lines = (try? String(contentsOf: reached, encoding: .utf8)) ?? ""
        #expect(lines.contains(point), "\(point) was not reached")
    }

    /// Starts an undisturbed server and waits until nothing is left to do.
    private func settle(_ world: World) async throws {
        try await world.start()
        try await eventually("everything has ended", seconds: 60) { try world.unfinished().isEmpty }
    }

    private func delete(_ world: World, _ project: Int) async throws {
        #expect(try await world.call("DELETE", "/api/projects/\(project)").status == 202)
        try await eventually("project \(project) is gone", seconds: 40) { try world.unfinished().isEmpty }
        try expectNothingLeft(world, "delete")
    }

    private func expectNothingLeft(_ world: World, _ point: String) throws {
        let census = try world.census().filter { !$0.contains("-ingress-") }
        #expect(census.isEmpty, "\(point): \(census)")
        for table in ["projects", "services", "containers", "instances", "networks", "domains", "ingress_rules"] {
            #expect(try world.query("SELECT count(*) FROM \(table)") == ["0"], "\(point): rows in \(table)")
        }
        #expect(try world.query("SELECT containers_count + projects_count FROM users") == ["0"], "\(point)")
        #expect(
            try world.query("SELECT containers_reserved + memory_mb_reserved + cpu_milli_reserved FROM zones")
                == ["0"], "\(point)")
    }
}
