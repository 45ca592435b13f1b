import Foundation
import TestKit
import Testing

/// One kind of work, disturbed at one of its places after the other.
struct Sweep {
    let world: World
    /// The kind of the operation, such as `order.provision`.
    let kind: String

    /// Runs `work` undisturbed – or with an error at `broken` – and answers the failpoints of the kind that were
    /// passed. Leaves the server running.
    func points(failingAt broken: String? = nil, _ work: () async throws -> Void) async throws -> [String] {
        let file = world.folder.appending(path: "trace-\(kind)")
        try? FileManager.default.removeItem(at: file)
        if world.isRunning { try await world.kill(SIGTERM) }
        try await world.start(["BERTH_FAIL_TRACE": file.path].merging(failure(broken)) { $1 })
        try await work()
        try await ended()
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        var seen: Set<String> = []
        return lines.filter { $0.hasPrefix(kind + ".") && seen.insert($0).inserted }
    }

    /// The places of undoing, when the work fails at `broken`.
    func undoPoints(failingAt broken: String, _ work: () async throws -> Void) async throws -> [String] {
        try await points(failingAt: broken, work).filter { $0.hasPrefix("\(kind).undo:") }
    }

    /// Runs `work` on a server that kills itself at `point` – while undoing, when there is an error at `broken` – and
    /// makes sure that it did.
    func dying(at point: String, failingAt broken: String? = nil, _ work: () async throws -> Void) async throws {
        let deadly = ["\(point):kill", broken.map { "\($0):error" }].compactMap { $0 }.joined(separator: ",")
        let reached = try await disturbed(["BERTH_FAIL": deadly])
        try await work()
        try await eventually("the server died at \(point)", seconds: 60) { !world.isRunning }
        expect(reached, [point] + (broken.map { [$0] } ?? []))
    }

    /// Runs `work` on a server that meets an error at `point`, and waits until all has ended.
    func failing(at point: String, _ work: () async throws -> Void) async throws {
        let reached = try await disturbed(failure(point))
        try await work()
        try await eventually("the error at \(point) was met") { FileManager.default.fileExists(atPath: reached.path) }
        try await ended()
        expect(reached, [point])
    }

    /// Starts an undisturbed server and waits until nothing is left to do.
    func settle() async throws {
        if world.isRunning { try await world.kill(SIGTERM) }
        // The dead one would be waited for before its zones are watched again; the watcher shall be in the game, too.
        try world.change("UPDATE zones SET watcher = NULL, watcher_until = NULL")
        try await world.start()
        try await ended()
    }

    /// How the newest operation of the kind ended.
    func outcome() throws -> [String] {
        try world.query("SELECT state FROM operations WHERE kind = '\(kind)' ORDER BY id DESC LIMIT 1")
    }

    private func ended() async throws {
        try await eventually("everything has ended", seconds: 60) { try world.unfinished().isEmpty }
    }

    private func failure(_ point: String?) -> [String: String] { point.map { ["BERTH_FAIL": "\($0):error"] } ?? [:] }

    private func disturbed(_ failures: [String: String]) async throws -> URL {
        let reached = world.folder.appending(path: "reached")
        try? FileManager.default.removeItem(at: reached)
        if world.isRunning { try await world.kill(SIGTERM) }
        try await world.start(failures.merging(["BERTH_FAIL_REACHED": reached.path]) { $1 })
        return reached
    }

    private func expect(_ reached: URL, _ points: [String]) {
        let lines = ((try? String(contentsOf: reached, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
        for point in points { #expect(lines.contains(point), "\(point) was not reached") }
    }
}

/// What sweeps do in between, and look at.
extension World {
    /// An order that is through.
    func deploy(_ project: String) async throws -> Placed {
        let placed = try await order(["Hello"], project: project)
        try await waitForOrder(placed)
        return placed
    }

    /// Deletes a project and makes sure that nothing of it is left.
    func delete(project: Int) async throws {
        #expect(try await call("DELETE", "/api/projects/\(project)").status == 202)
        try await eventually("project \(project) is gone", seconds: 40) { try self.unfinished().isEmpty }
        try expectNothingLeft("delete")
    }

    /// Id and host name of the project's one service.
    func hello(_ project: Int) async throws -> (id: Int, domain: String) {
        let service = try #require(try await services(project)["Hello"])
        return (try #require(service["id"] as? Int), try #require(service["default_domain"] as? String))
    }

    /// Hosts and servers that the ingress of zone 1 knows.
    func ingressEntries() throws -> [String] {
        let ingress = try "berth-\(installationCode())-ingress-1"
        let text = try Command.docker(
            "exec", ingress, "cat", "/etc/haproxy/live/hosts.map", "/etc/haproxy/live/haproxy.cfg")
        return text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.contains(appsDomain) || $0.hasPrefix("server ") }
    }

    /// No project, and nothing that a project ever had.
    func expectNothingLeft(_ point: String) throws {
        let census = try census().filter { !$0.contains("-ingress-") }
        #expect(census.isEmpty, "\(point): \(census)")
        for table in ["projects", "services", "containers", "instances", "networks", "domains", "ingress_rules"] {
            #expect(try query("SELECT count(*) FROM \(table)") == ["0"], "\(point): rows in \(table)")
        }
        #expect(try query("SELECT containers_count + services_count + projects_count FROM users") == ["0"], "\(point)")
        #expect(
            try query("SELECT containers_reserved + memory_mb_reserved + cpu_milli_reserved FROM zones") == ["0"],
            "\(point)")
        #expect(try query("SELECT count(*) FROM resource_locks") == ["0"], "\(point): locks")
    }
}
