import Basics
import Identity
import SQL
import TestKit
import Testing
import Workloads

@Suite struct ProjectReadingTests {
    private func list(_ page: Page, _ shop: WorkloadFixture, _ database: TestDatabase) async throws -> [ProjectSummary]
    {
        try await ProjectReading.list(page, by: shop.customer, from: database).0
    }

    /// Names in the opposite order of ids, so that services do not come in the order of the page.
    private func place(_ database: TestDatabase) async throws -> WorkloadFixture {
        let shop = try await WorkloadFixture.make(in: database)
        let orders = Orders(database: database, vault: .ephemeral())
        for (name, lines) in [
            ("c", shop.webAndDatabaseLines), ("b", "\(shop.helloLine),\(shop.helloLine)"), ("a", shop.helloLine),
        ] {
            _ = try await orders.place(
                try shop.order(lines, project: "\"project_name\":\"\(name)\""), by: shop.customer)
        }
        try await database.transaction { _ = try $0.run("UPDATE subject_work SET live = 0") }
        return shop
    }

    @Test(arguments: TestDialect.allCases)
    func eachProjectHasItsOwnImagesOnceAndItsPlace(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await place(database)
            let projects = try await list(.first, shop, database)
            #expect(projects.map(\.name) == ["a", "b", "c"])
            #expect(projects.map { $0.images.map(\.name) } == [["hello"], ["hello"], ["database", "web"]])
            #expect(projects.allSatisfy { $0.images.map(\.id) == $0.images.map(\.id).sorted() })
            #expect(projects.allSatisfy { $0.zone == NamedID(id: shop.zoneID, name: "z1") })
            #expect(projects.allSatisfy { $0.location == NamedID(id: shop.locationID, name: "Here") })
            for project in projects {
                let one = try await ProjectReading.view(project.id, by: shop.customer, from: database)
                #expect(one == project)
            }
            let second = try await list(Page(number: 2, size: 1), shop, database)
            #expect(second == [projects[1]])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aCrashedContainerThatShouldRunMakesItsProjectUnhealthy(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await place(database)
            func crash(_ project: String, wanted: String) async throws -> [ProjectCondition] {
                try await database.transaction { tx in
                    _ = try tx.run(
                        """
                        UPDATE containers SET state = 'crash_loop', desired_state = \(wanted)
                        WHERE service_id IN (SELECT s.id FROM services s JOIN projects p ON p.id = s.project_id
                            WHERE p.name = \(project))
                        """)
                }
                return try await list(.first, shop, database).map(\.condition)
            }
            #expect(try await crash("b", wanted: "stopped") == [.ok, .ok, .ok])
            #expect(try await crash("b", wanted: "running") == [.ok, .unhealthy, .ok])
            try await database.transaction { tx in
                _ = try tx.run("UPDATE subject_work SET failed = 1 WHERE noun = 'project'")
            }
            #expect(try await list(.first, shop, database).map(\.condition) == [.alert, .alert, .alert])
        }
    }
}
