import Foundation
import TestKit
import Testing

/// What a service wrote stays readable when its containers are replaced.
struct LogTests {
    @Test(arguments: TestDialect.allCases)
    func theLogOfAServiceGoesOnAcrossARebuild(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            try await world.start()
            let placed = try await world.order(["Hello"], project: "talkative")
            try await world.waitForOrder(placed)
            let service = try #require(try await world.services(placed.projectID)["Hello"])
            let domain = try #require(service["default_domain"] as? String)
            let id = try #require(service["id"] as? Int)
            let container = try #require(
                try await world.list("/api/container_services/\(id)/containers", "containers").first?["id"] as? Int)

            #expect(try await world.visit(domain, path: "/before").status == 200)
            let first = try world.census()
            #expect(try await world.call("POST", "/api/container_services/\(id)/power/rebuild").status == 202)
            try await eventually("the rebuild has ended", seconds: 60) { try world.unfinished().isEmpty }
            #expect(try world.census() != first, "the container is another one")
            #expect(try await world.visit(domain, path: "/after").status == 200)

            for path in ["/api/container_services/\(id)/logs", "/api/containers/\(container)/logs"] {
                try await eventually("\(path) tells of both visits") {
                    let text = try await world.get(path).text
                    return text.contains("/before") && text.contains("/after")
                }
            }
            // Each line once, newest first.
            let text = try await world.get("/api/container_services/\(id)/logs").text
            let rows = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[Any]])
            let lines = rows.compactMap { $0.last as? String }
            #expect(lines.count { $0.contains("/before") } == 1)
            #expect(lines.count { $0.contains("/after") } == 1)
            let before = try #require(lines.firstIndex { $0.contains("/before") })
            let after = try #require(lines.firstIndex { $0.contains("/after") })
            #expect(after < before)
        }
    }
}
