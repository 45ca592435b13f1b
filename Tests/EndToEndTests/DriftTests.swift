import Foundation
import TestKit
import Testing

/// What breaks outside is repaired without anybody's help, and the events say so.
struct DriftTests {
    @Test func aContainerRemovedByHandComesBack() async throws {
        try await withService { world, domain, container, projectID in
            try Command.docker("rm", "-f", container)
            try await eventually("it answers again") {
                try await isBack(world, domain, container)
            }
            try await expectRecoveryEvent(world, projectID)
        }
    }

    @Test func aNetworkRemovedByHandComesBack() async throws {
        try await withService { world, domain, container, projectID in
            let network = try Command.docker(
                "network", "ls", "--filter", "label=berth.project=\(projectID)", "--filter",
                "label=berth.installation=\(world.installationCode())", "--format", "{{.Name}}"
            ).trimmingCharacters(in: .whitespacesAndNewlines)
            try Command.docker("rm", "-f", container)
            try Command.docker("network", "rm", network, mustSucceed: false)
            try await eventually("it answers again") {
                try await isBack(world, domain, container)
            }
        }
    }

    @Test func aCrashedContainerRunsAgain() async throws {
        try await withService { world, domain, container, projectID in
            try Command.docker("kill", container)
            try await eventually("it answers again") {
                try await isBack(world, domain, container)
            }
            try await expectRecoveryEvent(world, projectID)
        }
    }

    @Test func aContainerStoppedByItsOwnerStaysStopped() async throws {
        try await withService { world, domain, container, projectID in
            let service = try #require(try await world.services(projectID)["Hello"]?["id"] as? Int)
            #expect(try await world.call("PATCH", "/api/container_services/\(service)/power/stop").status == 202)
            try await eventually("it is stopped") {
                try world.unfinished().isEmpty
                    && !Command.docker("ps", "--format", "{{.Names}}").contains(container)
            }
            #expect(try await world.visit(domain).status == 503)
            // Started behind Berth's back, it is stopped again.
            try Command.docker("start", container)
            try await eventually("it is stopped again") {
                try !Command.docker("ps", "--format", "{{.Names}}").contains(container)
            }
            #expect(try await world.call("POST", "/api/container_services/\(service)/power/start").status == 202)
            try await eventually("it answers") { (try? await world.visit(domain))?.status == 200 }
        }
    }

    /// F34: the name is another one's, the address still the renamed one's.
    @Test func aContainerRenamedByHandComesBack() async throws {
        try await withService { world, domain, container, projectID in
            try Command.docker("rename", container, "\(container)-stolen")
            try Command.docker("kill", "\(container)-stolen")
            try await eventually("it answers again") { try await isBack(world, domain, container) }
            try await expectRecoveryEvent(world, projectID)
            try await eventually("the renamed one is gone") {
                try !Command.docker("ps", "-a", "--format", "{{.Names}}").contains("-stolen")
            }
        }
    }

    /// A stranger sits on the address, so that every attempt fails for good.
    @Test func aRecoveryThatFailsIsTriedWithPauses() async throws {
        try await withService { world, domain, container, projectID in
            let network = try #require(try world.census().first { $0.hasPrefix("network ") })
                .replacing("network ", with: "").replacing("CODE", with: world.installationCode())
            let address = try Command.docker(
                "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container
            ).trimmingCharacters(in: .whitespacesAndNewlines)
            let stranger = "stranger-\(try world.installationCode())"
            try Command.docker("create", "--name", stranger, "--network", network, "--ip", address, "berth/hello:1")
            try await world.kill(SIGTERM)
            try Command.docker("kill", container)
            try Command.docker("start", stranger)
            try await world.start()
            func failed() throws -> Int {
                try world.query(
                    "SELECT id FROM operations WHERE kind = 'container.recover' AND state = 'failed'"
                ).count
            }
            try await eventually("two attempts have failed") { try failed() >= 2 }
            #expect(try world.query("SELECT 1 FROM containers WHERE crash_count BETWEEN 2 AND 5").count == 1)
            try Command.docker("rm", "-f", stranger)
            try await eventually("it answers again") { try await isBack(world, domain, container) }
            // Pauses of two seconds and five, not one after the other.
            #expect(try failed() <= 4)
            try await expectRecoveryEvent(world, projectID)
        }
    }

    @Test func aCrashLoopEndsWithAClearState() async throws {
        try await withService { world, domain, container, projectID in
            let service = try #require(try await world.services(projectID)["Hello"]?["id"] as? Int)
            let id = try #require(
                try await world.list("/api/container_services/\(service)/containers", "containers").first?["id"])
            // Five crashes ago …
            let now = Int(Date().timeIntervalSince1970 * 1000)
            try world.change("UPDATE containers SET crash_count = 5, crashed_at = \(now) WHERE id = \(id)")
            try Command.docker("stop", "-t", "0", container)
            try await eventually("the loop is over") {
                try world.query("SELECT state FROM containers WHERE id = \(id)") == ["crash_loop"]
            }
            let events = try await world.list("/api/projects/\(projectID)/events", "events")
            #expect(events.contains { $0["locale"] as? String == "container.recover" })
            #expect(try await world.call("POST", "/api/container_services/\(service)/power/start").status == 202)
            try await eventually("its owner can start it") { (try? await world.visit(domain))?.status == 200 }
        }
    }

    @Test func aContainerOfOursWithoutARowIsRemovedAndAForeignOneIsNot() async throws {
        try await withService { world, _, _, projectID in
            let code = try world.installationCode()
            let zone = try world.query("SELECT id FROM zones")[0]
            let stray = "berth-\(code)-container-1-99"
            try Command.docker(
                "run", "-d", "--name", stray, "--label", "berth.installation=\(code)", "--label",
                "berth.zone=\(zone)", "--label", "berth.container=1", "--label", "berth.project=\(projectID)",
                "berth/hello:1")
            let foreign = "stranger-\(code)"
            try Command.docker("run", "-d", "--name", foreign, "berth/hello:1")
            try await eventually("the stray is gone", seconds: 40) {
                try !Command.docker("ps", "-a", "--format", "{{.Names}}").contains(stray)
            }
            #expect(try Command.docker("ps", "--format", "{{.Names}}").contains(foreign))
            try Command.docker("rm", "-f", foreign)
        }
    }

    private func isBack(_ world: World, _ domain: String, _ container: String) async throws -> Bool {
        guard try Command.docker("ps", "--format", "{{.Names}}").contains(container) else { return false }
        return (try? await world.visit(domain))?.status == 200
    }

    private func expectRecoveryEvent(_ world: World, _ projectID: Int) async throws {
        try await eventually("the events tell of the recovery") {
            try await world.list("/api/projects/\(projectID)/events", "events").contains {
                $0["locale"] as? String == "container.recover" && $0["status"] as? String == "completed"
            }
        }
    }

    private func withService(
        _ body: (_ world: World, _ domain: String, _ container: String, _ projectID: Int) async throws -> Void
    ) async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            let placed = try await world.order(["Hello"], project: "drift")
            try await world.waitForOrder(placed)
            let service = try #require(try await world.services(placed.projectID)["Hello"])
            let domain = try #require(service["default_domain"] as? String)
            let code = try world.installationCode()
            let line = try #require(try world.census().first { $0.contains("-container-") })
            let container = line.prefix { $0 != " " }.replacing("CODE", with: code)
            try await body(world, domain, String(container), placed.projectID)
        }
    }
}
