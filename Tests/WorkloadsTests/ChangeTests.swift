import Basics
import Identity
import Operations
import SQL
import TestKit
import Testing
import Workloads

@Suite struct ChangeTests {
    private struct Placed {
        let shop: WorkloadFixture
        let projectID: Int64
        let webID: Int64
        let databaseID: Int64
    }

    private let now = Moment(milliseconds: 1_790_000_000_000)

    private func place(_ database: TestDatabase, quota: Int64 = 5) async throws -> Placed {
        let shop = try await WorkloadFixture.make(in: database, quota: quota)
        let receipt = try await Orders(database: database, vault: .ephemeral())
            .place(try shop.order(shop.webAndDatabaseLines), by: shop.customer)
        let services = try await database.read { try $0.rows("SELECT id FROM services ORDER BY id") { $0.int(0) } }
        return Placed(
            shop: shop, projectID: try #require(receipt.projectID), webID: services[0], databaseID: services[1])
    }

    private func ints(_ database: TestDatabase, _ sql: SQL) async throws -> [Int64] {
        try await database.read { try $0.rows(sql) { $0.int(0) } }
    }

    @Test(arguments: TestDialect.allCases)
    func powerSetsWhatIsWantedAndStartsOneOperation(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let placed = try await place(database)
            let (shop, service) = (placed.shop, placed.webID)
            let receipt = try await ServicePower.perform(
                "stop", service: service, by: shop.customer, at: now, in: database)
            let operation = try await database.read { try Operations.fetch(receipt.operationID ?? 0, in: $0) }
            #expect(operation?.kind == "container.stop")
            #expect(try await ints(database, "SELECT COUNT(*) FROM containers WHERE desired_state = 'stopped'") == [1])
            let container = try await ints(database, "SELECT id FROM containers WHERE service_id = \(service)")[0]
            let dry = try await ContainerPower.perform(
                "start", container: container, by: shop.customer, dryRun: true, at: now, in: database)
            #expect(dry.operationID == nil)
            #expect(dry.plan.changes == ["Start the container my-shop-\(service)-1."])
            await #expect(throws: Fault.self) {
                try await ServicePower.perform("explode", service: service, by: shop.customer, at: now, in: database)
            }
            let fault = await #expect(throws: Fault.self) {
                try await ContainerPower.perform(
                    "start", container: container, by: shop.stranger, at: now, in: database)
            }
            #expect(fault?.code == .notFound)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func scalingClaimsAndTheNewestGoFirst(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let placed = try await place(database)
            let (shop, service) = (placed.shop, placed.webID)
            let up = try await ServiceScaling.scale(
                service: service, to: 3, by: shop.customer, at: now, in: database)
            #expect(up.plan.priceHour.decimal == "0.02")
            #expect(try await ints(database, "SELECT containers_reserved FROM zones") == [4])
            #expect(try await ints(database, "SELECT COUNT(*) FROM instances") == [4])
            let same = try await ServiceScaling.scale(
                service: service, to: 3, by: shop.customer, at: now, in: database)
            #expect(same.operationID == nil)
            let down = try await ServiceScaling.scale(
                service: service, to: 1, by: shop.customer, at: now, in: database)
            #expect(
                down.plan.changes == [
                    "Remove the container my-shop-\(service)-2.", "Remove the container my-shop-\(service)-3.",
                ])
            let removed = try await ints(database, "SELECT id FROM containers WHERE desired_state = 'removed'")
            try await database.transaction { tx in
                for _ in 0..<2 { for id in removed { try Teardown.removeContainer(id, in: tx) } }
            }
            #expect(try await ints(database, "SELECT containers_reserved FROM zones") == [2])
            #expect(
                try await ints(database, "SELECT containers_count FROM users WHERE id = \(shop.customer.userID)") == [2]
            )
            for (target, quantity) in [(placed.databaseID, 2), (service, 5), (service, 0), (service, 21)]
                as [(Int64, Int64)]
            {
                let fault = await #expect(throws: Fault.self) {
                    try await ServiceScaling.scale(
                        service: target, to: quantity, by: shop.customer, at: now, in: database)
                }
                #expect(fault?.code == .invalid)
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aDeletedServiceGivesEverythingBack(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let placed = try await place(database)
            let (shop, service) = (placed.shop, placed.databaseID)
            let receipt = try await ServiceRemoval.delete(
                service: service, by: shop.customer, at: now, in: database)
            #expect(receipt.plan.priceHour.decimal == "-0.01")
            let again = try await ServiceRemoval.delete(service: service, by: shop.customer, at: now, in: database)
            #expect(again.operationID == receipt.operationID)
            let fault = await #expect(throws: Fault.self) {
                try await ServicePower.perform("start", service: service, by: shop.customer, at: now, in: database)
            }
            #expect(fault?.code == .conflict)
            let later = now
            try await database.transaction { tx in
                for _ in 0..<2 { try Teardown.removeService(service, in: tx, now: later) }
            }
            #expect(try await ints(database, "SELECT containers_reserved FROM zones") == [1])
            #expect(try await ints(database, "SELECT COUNT(*) FROM volumes WHERE trash_after IS NOT NULL") == [1])
            #expect(try await ints(database, "SELECT COUNT(*) FROM service_links") == [0])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aDeletedProjectIsGoneForItsOwnerAtOnceAndLeavesNothing(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let placed = try await place(database)
            let (shop, project) = (placed.shop, placed.projectID)
            let dry = try await ProjectRemoval.delete(
                project: project, by: shop.customer, dryRun: true, at: now, in: database)
            #expect(dry.plan.priceHour.decimal == "-0.02")
            let receipt = try await ProjectRemoval.delete(project: project, by: shop.customer, at: now, in: database)
            #expect(
                try await ints(database, "SELECT cancel_requested FROM operations ORDER BY id") == [1, 0])
            let fault = await #expect(throws: Fault.self) {
                try await ProjectRemoval.delete(project: project, by: shop.customer, at: now, in: database)
            }
            #expect(fault?.code == .notFound)
            let again = try await ProjectRemoval.delete(project: project, by: shop.admin, at: now, in: database)
            #expect(again.operationID == receipt.operationID)
            let later = now
            try await database.transaction { tx in
                for _ in 0..<2 { try Teardown.removeProject(project, in: tx, now: later) }
            }
            for table: SQL in ["projects", "services", "containers", "instances", "networks", "domains"] {
                #expect(try await ints(database, "SELECT COUNT(*) FROM \(table)") == [0])
            }
            let user = try await database.read { connection in
                try connection.first(
                    """
                    SELECT containers_count, projects_count, services_count FROM users
                    WHERE id = \(shop.customer.userID)
                    """
                ) { [$0.int(0), $0.int(1), $0.int(2)] }
            }
            #expect(user == [0, 0, 0])
            #expect(try await ints(database, "SELECT cpu_milli_reserved FROM zones") == [0])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aVolumeThatTwoServicesMountOutlivesItsFirst(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            let volume = "csrn:caas:template:vol:data:\(shop.volumeTemplateID)"
            let body = try shop.order(
                """
                {"image_variant_id":\(shop.database.variant),"package_id":\(shop.packageID),
                    "volumes":[{"csrn":"\(volume)","action":"mount","source":"\(volume)","mount_ro":true}]},
                {"image_variant_id":\(shop.database.variant),"package_id":\(shop.packageID),"name":"first"}
                """)
            _ = try await Orders(database: database, vault: .ephemeral()).place(body, by: shop.customer)
            #expect(try await ints(database, "SELECT COUNT(*) FROM volumes") == [1])
            #expect(try await ints(database, "SELECT mount_ro FROM volume_mounts ORDER BY service_id") == [1, 0])
            let services = try await ints(database, "SELECT id FROM services ORDER BY id")
            #expect(try await ints(database, "SELECT service_id FROM volumes") == [services[1]])
            let later = now
            try await database.transaction { try Teardown.removeService(services[1], in: $0, now: later) }
            #expect(
                try await ints(database, "SELECT service_id FROM volumes WHERE trash_after IS NULL") == [services[0]])
            try await database.transaction { try Teardown.removeService(services[0], in: $0, now: later) }
            #expect(try await ints(database, "SELECT COUNT(*) FROM volumes WHERE trash_after IS NOT NULL") == [1])
        }
    }
}
