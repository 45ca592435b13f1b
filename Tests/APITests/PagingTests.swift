import API
import Basics
import SQL
import TestKit
import Testing

/// Pages, their headers, and what they cost.
@Suite struct PagingTests {
    private func addProjects(_ count: Int, to world: APIWorld) async throws {
        let shop = world.shop
        try await world.database.transaction { tx in
            for number in 0..<count {
                try tx.run(
                    """
                    INSERT INTO projects (user_id, zone_id, name, created_at, updated_at)
                    VALUES (\(shop.customer.userID), \(shop.zoneID), \("p\(1000 + number)"), 1, 1)
                    """)
                try tx.run(
                    """
                    INSERT INTO services (project_id, name, label, image_variant_id, cpu_milli, memory_mb, created_at,
                        updated_at)
                    SELECT MAX(id),
                        \("s\(1000 + number)"), 'web', CAST(\(shop.hello.variant) AS BIGINT), 1000, 512, 1, 1
                    FROM projects
                    """)
            }
            try tx.run(
                """
                UPDATE users SET projects_count = projects_count + \(count), services_count = services_count + \(count)
                WHERE id = \(shop.customer.userID)
                """)
        }
    }

    @Test(arguments: TestDialect.allCases) func headersTellWhereOneIs(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            try await addProjects(59, to: world)
            let reply = try await world.send("GET", "/api/projects?page=2&per-page=25&x=y")
            #expect(reply.headers["total"] == "60")
            #expect(reply.headers["per-page"] == "25")
            let url = "https://berth.test/api/projects?x=y"
            #expect(
                reply.headers["link"] == """
                    <\(url)&page=1&per_page=25>; rel="first", <\(url)&page=1&per_page=25>; rel="prev", \
                    <\(url)&page=3&per_page=25>; rel="last", <\(url)&page=3&per_page=25>; rel="next"
                    """)
            #expect(reply.json?["projects"]?.items?.count == 25)
            let beyond = try await world.send("GET", "/api/projects?page=9")
            #expect(beyond.status == 200)
            #expect(beyond.json?["projects"]?.items?.isEmpty == true)
        }
    }

    @Test(arguments: TestDialect.allCases) func whatIsBeingDeletedIsNotCounted(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            try await addProjects(2, to: world)
            let list = try await world.send("GET", "/api/projects")
            #expect(list.headers["total"] == "3")
            let id = try await world.database.read { try $0.int("SELECT MAX(id) FROM projects") } ?? 0
            #expect(try await world.send("DELETE", "/api/projects/\(id)").status == 202)
            let after = try await world.send("GET", "/api/projects")
            #expect(after.json?["projects"]?.items?.count == 2)
            #expect(after.headers["total"] == "2")
        }
    }

    @Test(arguments: TestDialect.allCases) func aPageCostsTheSameHoweverManyRows(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let paths = [
                "/api/projects", "/api/container_services", "/api/container_images", "/api/locations", "/api/orders",
            ]
            var before: [Int] = []
            for path in paths { before.append(try await cost(of: path, world)) }
            try await addProjects(40, to: world)
            for (path, few) in zip(paths, before) {
                let many = try await cost(of: path, world)
                #expect(many == few, "\(path)")
            }
        }
    }

    /// Statements of one request. The best of a few: now and then one also looks up the credentials anew.
    private func cost(of path: String, _ world: APIWorld) async throws -> Int {
        var best = Int.max
        for _ in 0..<4 {
            let before = world.database.counter.count
            let reply = try await world.send("GET", path)
            #expect(reply.status == 200)
            best = min(best, world.database.counter.count - before)
        }
        return best
    }
}
