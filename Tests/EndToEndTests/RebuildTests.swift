import Foundation
import Synchronization
import TestKit
import Testing

struct RebuildTests {
    @Test func aRebuildDoesNotInterrupt() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            let placed = try await world.order(["Hello"], project: "steady")
            try await world.waitForOrder(placed)
            let service = try #require(try await world.services(placed.projectID)["Hello"])
            let domain = try #require(service["default_domain"] as? String)
            let id = try #require(service["id"] as? Int)
            let before = try world.census()

            let visitor = Visitor(world: world, host: domain)
            let visits = Task { await visitor.visit() }
            #expect(try await world.call("POST", "/api/container_services/\(id)/power/rebuild").status == 202)
            try await eventually("the rebuild has ended") { try world.unfinished().isEmpty }
            await visitor.stop(after: visits)

            #expect(visitor.failures.isEmpty, "failed visits: \(visitor.failures.prefix(5))")
            #expect(visitor.count > 20)
            let after = try world.census()
            #expect(after.count == before.count)
            #expect(after != before, "the container is another one")
        }
    }

    @Test func whenTheNewOneFailsTheOldOneGoesOn() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            let placed = try await world.order(["Hello"], project: "careful")
            try await world.waitForOrder(placed)
            let service = try #require(try await world.services(placed.projectID)["Hello"])
            let domain = try #require(service["default_domain"] as? String)
            let id = try #require(service["id"] as? Int)
            let before = try world.census()
            // From now on a new container listens where nobody looks for it.
            try world.change(
                "INSERT INTO service_env (service_id, name, param_type, value) VALUES (\(id), 'PORT', 'static', '81')")
            #expect(try await world.call("PUT", "/api/container_services/\(id)/power/rebuild").status == 202)
            try await eventually("the rebuild has failed", seconds: 90) {
                try world.unfinished().isEmpty
                    && world.query("SELECT state FROM operations WHERE kind = 'container.rebuild'") == ["failed"]
            }
            #expect(try await world.visit(domain).status == 200)
            #expect(try world.census() == before)
            let events = try await world.list("/api/projects/\(placed.projectID)/events", "events")
            let event = try #require(events.first { $0["locale"] as? String == "container.rebuild" })
            #expect(event["status"] as? String == "failed")
        }
    }
}

/// Visits a page over and over and remembers what did not work.
final class Visitor: Sendable {
    private let world: World
    private let host: String
    private let state = Mutex<(count: Int, failures: [String], stopped: Bool)>((0, [], false))

    init(world: World, host: String) {
        self.world = world
        self.host = host
    }

    var count: Int { state.withLock { $0.count } }
    var failures: [String] { state.withLock { $0.failures } }

    /// Ends the visits, after so many that they say something, however slow the machine is.
    func stop(after visits: Task<Void, Never>) async {
        try? await eventually("the visitor has come often") { self.count > 20 }
        state.withLock { $0.stopped = true }
        await visits.value
    }

    func visit() async {
        while !state.withLock({ $0.stopped }) {
            do {
                let answer = try await world.visit(host)
                state.withLock { state in
                    state.count += 1
                    if answer.status != 200 { state.failures.append("\(answer.status)") }
                }
            } catch {
                state.withLock { $0.failures.append("\(error)") }
            }
        }
    }
}
