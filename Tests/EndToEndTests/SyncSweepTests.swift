import Foundation
import Synchronization
import TestKit
import Testing

/// The disk and the process end between any two writes that were made durable.
struct SyncSweepTests {
    /// F1: `kill -9` at every `fsync` of an order.
    @Test func anOrderSurvivesAKillAtEverySync() async throws {
        try await inWorld(.sqlite) { world in
            let sweep = Sweep(world: world, kind: "order.provision")
            try await world.start()
            try await world.delete(project: world.deploy("first").projectID)
            var (number, undisturbed) = (0, false)
            while !undisturbed {
                number += 1
                try #require(number < 200)
                let accepted = Accepted()
                undisturbed = try await !killed(world, atSync: number, accepted)
                if !undisturbed { try await sweep.settle() }
                try await expectWhole(world, accepted, "sync \(number)")
                if let project = try world.query("SELECT id FROM projects").first.flatMap({ Int($0) }) {
                    try await world.delete(project: project)
                }
            }
            print("an order took \(number - 1) syncs")
            // Each step of the order is at least one.
            #expect(number > 10)
        }
    }

    /// F14: after a failed `fsync` nobody knows what is stored, so the process ends instead of promising anything.
    @Test(arguments: [1, 2, 4])
    func aFailedSyncEndsTheProcessAndLosesNothing(from first: Int) async throws {
        try await inWorld(.sqlite) { world in
            let sweep = Sweep(world: world, kind: "order.provision")
            try await world.start()
            let kept = try await world.deploy("kept")
            let tracer = try await Tracer(world, .failing(from: first))
            let accepted = Accepted()
            accepted.add(kept.orderID)
            try await eventually("the server has ended", seconds: 60) {
                if world.isRunning { await accepted.order(world) }
                return !world.isRunning
            }
            #expect(tracer.failures() >= 1)
            tracer.remove()
            #expect(world.serverLog().contains("The disk failed"))
            try await sweep.settle()
            try await expectWhole(world, accepted, "from \(first)")
        }
    }

    // MARK: Pieces

    /// The orders that were answered with 201.
    private final class Accepted: Sendable {
        private let ids = Mutex<[String]>([])

        var all: [String] { ids.withLock { $0 } }

        func add(_ id: String) { ids.withLock { $0.append(id) } }

        func order(_ world: World) async {
            if let placed = try? await world.order(["Hello"], project: "killed") { add(placed.orderID) }
        }
    }

    /// Places an order on a server that is killed when it has synchronised a file that often. Answers whether it was:
    /// not when the order came to its end before.
    private func killed(_ world: World, atSync number: Int, _ accepted: Accepted) async throws -> Bool {
        let tracer = try await Tracer(world, .stopping)
        defer { tracer.remove() }
        let order = Task { await accepted.order(world) }
        var (seen, isOver) = (0, false)
        try await eventually("the server died at sync \(number)", seconds: 120) {
            let syncs = tracer.syncs()
            if syncs == seen {
                isOver = try !accepted.all.isEmpty && world.unfinished().isEmpty
                return isOver
            }
            seen = syncs
            if syncs >= number { return true }
            tracer.goOn()
            return false
        }
        if !isOver { try await world.kill() }
        await order.value
        return !isOver
    }

    /// What was accepted is there and has ended, each container runs once, and the file is sound.
    private func expectWhole(_ world: World, _ accepted: Accepted, _ point: String) async throws {
        for id in accepted.all {
            #expect(try world.query("SELECT status FROM orders WHERE id = '\(id)'") == ["completed"], "\(point)")
        }
        #expect(try world.query("SELECT count(*) FROM orders WHERE status <> 'completed'") == ["0"], "\(point)")
        let names = try world.query(
            """
            SELECT 'berth-CODE-container-' || container_id || '-' || generation || ' running' FROM instances
            WHERE state = 'serving' ORDER BY 1
            """)
        #expect(try world.census().filter { $0.contains("-container-") } == names.sorted(), "\(point)")
        let projects = try world.query("SELECT id FROM projects")
        #expect(try world.census().count { $0.hasPrefix("network ") } == projects.count, "\(point)")
        for project in projects {
            let domain = try await world.hello(#require(Int(project))).domain
            #expect(try await world.visit(domain).status == 200, "\(point)")
        }
        #expect(try world.query("PRAGMA integrity_check") == ["ok"], "\(point)")
    }
}
