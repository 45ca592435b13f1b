import Foundation
import TestKit
import Testing

/// F13: no room on the disk of the database.
struct FullDiskTests {
    @Test func aFullDiskRefusesChangesAndNothingElse() async throws {
        let disk = FileManager.default.temporaryDirectory.appending(path: "berth-disk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        try Command.run("/bin/mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.path])
        do {
            try await inWorld(.sqlite, databaseFolder: disk) { world in try await fillAndEmpty(disk, world) }
        } catch {
            Issue.record("\(error)")
        }
        try Command.run("/bin/umount", ["-l", disk.path])
        try FileManager.default.removeItem(at: disk)
    }

    private func fillAndEmpty(_ disk: URL, _ world: World) async throws {
        try await world.start()
        let placed = try await world.deploy("before")
        let domain = try await world.hello(placed.projectID).domain
        let process = world.processID
        let ballast = disk.appending(path: "ballast").path
        try Command.run("/bin/dd", ["if=/dev/zero", "of=\(ballast)", "bs=4k"], mustSucceed: false)

        // The file has some room left inside.
        var statuses: Set<Int> = []
        var round = 0
        try await eventually("changes are refused", seconds: 60) {
            round += 1
            let answer = try await rename(placed.projectID, "round-\(round)", world)
            statuses.insert(answer.status)
            if answer.status == 503 { #expect(answer.retryAfter != nil) }
            return answer.status == 503
        }
        let rows = try world.query("SELECT name FROM projects")
        for _ in 0..<20 {
            statuses.insert(try await rename(placed.projectID, "refused", world).status)
            #expect(try await world.get("/api/projects").status == 200)
        }
        #expect(try world.query("SELECT name FROM projects") == rows)
        #expect(statuses.isSubset(of: [200, 503]), "\(statuses)")
        #expect(try await world.visit(domain).status == 200)

        try FileManager.default.removeItem(atPath: ballast)
        try await eventually("changes are accepted again", seconds: 30) {
            try await rename(placed.projectID, "after", world).status == 200
        }
        try await world.waitForOrder(world.order(["Hello"], project: "later"))
        #expect(world.isRunning && world.processID == process)
        #expect(try world.query("PRAGMA integrity_check") == ["ok"])
        #expect(try world.query("SELECT name FROM projects ORDER BY id") == ["after", "later"])
    }

    private func rename(_ project: Int, _ name: String, _ world: World) async throws -> World.Answer {
        try await world.call("PATCH", "/api/projects/\(project)", "{\"project\": {\"name\": \"\(name)\"}}")
    }
}
