import Foundation
import TestKit
import Testing

/// The whole chain, from the outside.
struct FirstOrderTests {
    @Test(arguments: TestDialect.allCases)
    func anOrderedServiceAnswersThroughTheIngress(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            try await world.start()
            let placed = try await world.order(["Hello"], project: "demo")
            try await world.waitForOrder(placed)
            let service = try #require(try await world.services(placed.projectID)["Hello"])
            let domain = try #require(service["default_domain"] as? String)
            #expect(domain.hasSuffix(world.appsDomain))
            #expect(try await world.visit(domain).status == 200)
            #expect(try await world.visit("nobody.example").status == 404)
            #expect(service["current_state"] as? String == "online")
            #expect(try world.unfinished().isEmpty)
        }
    }

    /// The web server's page proves that it reached its database with the password that was generated for it.
    @Test(arguments: TestDialect.allCases)
    func aWebServiceUsesTheDatabaseItDependsOn(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            try await world.start()
            let placed = try await world.order(["Demo web", "Demo database"], project: "shop")
            try await world.waitForOrder(placed)
            let services = try await world.services(placed.projectID)
            let domain = try #require(services["Demo web"]?["default_domain"] as? String)
            try await eventually("the page says that the database answered") {
                let page = try await world.visit(domain)
                return page.status == 200 && page.text.contains("The database has counted")
            }
            let web = try #require(services["Demo web"]?["id"] as? Int)
            let container = try #require(
                try await world.list("/api/container_services/\(web)/containers", "containers").first)
            let containerID = try #require(container["id"] as? Int)
            try await eventually("the log tells of the visit") {
                try await world.get("/api/containers/\(containerID)/logs").text.contains("GET /")
            }
            let processes = try await world.get("/api/containers/\(containerID)/container_processes")
            #expect(processes.status == 200)
            #expect(processes.text.contains("\"PID\""))
        }
    }

    /// Prints Berth's own share next to what `docker run` takes for the same image.
    @Test func theWayFromOrderToServingIsShort() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            // The ingress of a zone is made with its first order; that is not part of the comparison.
            let first = try await world.order(["Hello"], project: "first")
            try await world.waitForOrder(first)
            var ours: [Double] = []
            var raw: [Double] = []
            for round in 1...5 {
                let begun = ContinuousClock.now
                let placed = try await world.order(["Hello"], project: "round-\(round)")
                let service = try #require(try await world.services(placed.projectID)["Hello"])
                let domain = try #require(service["default_domain"] as? String)
                try await eventually("round \(round) answers") {
                    (try? await world.visit(domain))?.status == 200
                }
                ours.append((ContinuousClock.now - begun).inMilliseconds)
                try await world.waitForOrder(placed)
                raw.append(try await Self.dockerRun(round, world))
            }
            let (mine, docker) = (ours.sorted()[2], raw.sorted()[2])
            print(
                """
                order to serving: median \(Int(mine)) ms, docker run to serving: median \(Int(docker)) ms, \
                ratio \((mine / docker * 100).rounded() / 100), difference \(Int(mine - docker)) ms
                """)
            // The goal is printed above; a hard bound here would only measure how busy the machine is.
            #expect(ours.count == 5)
        }
    }

    private static func dockerRun(_ round: Int, _ world: World) async throws -> Double {
        let name = "berth-raw-\(world.listenPort)-\(round)"
        let begun = ContinuousClock.now
        try Command.docker("run", "-d", "--name", name, "berth/hello:1")
        let address = try Command.docker(
            "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        try await eventually("docker's own container answers") {
            try Command.run("/usr/bin/curl", ["-sf", "-o", "/dev/null", "http://\(address)/"], mustSucceed: false)
                .status == 0
        }
        let took = (ContinuousClock.now - begun).inMilliseconds
        try Command.docker("rm", "-f", name)
        return took
    }
}

extension Duration {
    var inMilliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }
}

/// Makes a world, runs `body` in it, and removes it; when `body` throws, the end of the server's log is told.
func inWorld(
    _ dialect: TestDialect, engine: String? = nil, tlsDirectory: String? = nil, databaseFolder: URL? = nil,
    _ body: (World) async throws -> Void
) async throws {
    let world = try await World(
        dialect, engine: engine, tlsDirectory: tlsDirectory, databaseFolder: databaseFolder)
    do {
        try await body(world)
    } catch {
        let log = world.serverLog().split(separator: "\n").suffix(25).joined(separator: "\n")
        Issue.record("\(error)\nThe server said last:\n\(log)")
    }
    await world.remove()
}
