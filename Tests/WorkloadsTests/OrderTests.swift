import Basics
import Identity
import Operations
import SQL
import TestKit
import Testing
import Workloads

/// Counts the rows of every table an order could write.
private func rowCounts(_ database: TestDatabase) async throws -> [String: Int64] {
    try await database.read { connection in
        var counts: [String: Int64] = [:]
        let tables: [(String, SQL)] = [
            ("projects", "projects"), ("orders", "orders"), ("services", "services"), ("settings", "service_settings"),
            ("env", "service_env"), ("links", "service_links"), ("rules", "ingress_rules"), ("domains", "domains"),
            ("networks", "networks"), ("containers", "containers"), ("instances", "instances"),
            ("volumes", "volumes"), ("mounts", "volume_mounts"), ("operations", "operations"), ("audits", "audits"),
        ]
        for (name, table) in tables { counts[name] = try connection.int("SELECT COUNT(*) FROM \(table)") ?? -1 }
        return counts
    }
}

private func problems(_ body: () async throws -> Void) async -> [String] {
    do {
        try await body()
        return []
    } catch let fault as Fault {
        return fault.sentences
    } catch {
        return ["\(error)"]
    }
}

@Suite struct OrderTests {
    @Test(arguments: TestDialect.allCases)
    func anOrderWritesEverythingInOneTransaction(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            let orders = Orders(database: database, vault: .ephemeral())
            let body = try shop.order(
                shop.webAndDatabaseLines.replacing("\"name\":", with: "\"domains\":[\"Shop.Example.COM\"],\"name\":"))
            let receipt = try await orders.place(body, by: shop.customer)
            #expect(receipt.plan.priceHour.decimal == "0.02")
            #expect(receipt.loadBalancerIP == "203.0.113.7")
            let counts = try await rowCounts(database)
            #expect(
                counts == [
                    "projects": 1, "orders": 1, "services": 2, "settings": 2, "env": 6, "links": 1, "rules": 2,
                    "domains": 2, "networks": 1, "containers": 2, "instances": 2, "volumes": 1, "mounts": 1,
                    "operations": 1, "audits": 1,
                ])
            try await database.read { connection in
                let domains = try connection.rows("SELECT domain FROM domains ORDER BY system_domain") { $0.text(0) }
                #expect(domains[0] == "shop.example.com")
                #expect(try domains[1].wholeMatch(of: Regex("my-shop-[0-9]+-[0-9]+\\.apps\\.test")) != nil)
                let user = try connection.first(
                    """
                    SELECT containers_count, projects_count, services_count FROM users
                    WHERE id = \(shop.customer.userID)
                    """
                ) { [$0.int(0), $0.int(1), $0.int(2)] }
                #expect(user == [2, 1, 2])
                let zone = try connection.first(
                    "SELECT cpu_milli_reserved, memory_mb_reserved, containers_reserved FROM zones"
                ) { [$0.int(0), $0.int(1), $0.int(2)] }
                #expect(zone == [2000, 1024, 2])
                let addresses = try connection.rows("SELECT address FROM instances ORDER BY host_number") { $0.text(0) }
                #expect(addresses == ["10.64.0.2", "10.64.0.3"])
                let operation = try #require(try Operations.fetch(receipt.operationID ?? 0, in: connection))
                #expect(operation.kind == "order.provision")
                let order = try OrderReading.view(receipt.orderID ?? "", by: shop.customer, on: connection)
                #expect(order.status == "pending")
                #expect(order.project?.name == "demo")
                #expect(JSONValue(stored: order.orderData)?["total"]?["hourly"] == .string("0.02"))
                #expect(throws: Fault.self) {
                    try OrderReading.view(receipt.orderID ?? "", by: shop.stranger, on: connection)
                }
                #expect(try OrderReading.list(.first, by: shop.customer, on: connection).count == 1)
                #expect(try OrderReading.count(by: shop.admin, on: connection) == 0)
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aDryRunAnswersWithThePlanAndWritesNothing(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            let before = try await rowCounts(database)
            let receipt = try await Orders(database: database, vault: .ephemeral())
                .place(try shop.order(shop.webAndDatabaseLines), by: shop.customer, dryRun: true)
            #expect(receipt.orderID == nil)
            #expect(receipt.plan.document["price_per_hour"] == .string("0.02"))
            #expect(
                receipt.plan.changes == [
                    "Create the project \"demo\" in the zone z1.",
                    "Create the service \"My Shop\" of web: 1 container with 1.0 CPU and 512 MB, package small.",
                    "Create the service \"database\" of database: 1 container with 1.0 CPU and 512 MB, package small.",
                    "Create and mount the volume \"data\" at /var/lib/data of \"database\".",
                ])
            #expect(try await rowCounts(database) == before)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func fiftyOrdersForTheLastContainerGiveExactlyOne(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database, quota: 3)
            let orders = Orders(database: database, vault: .ephemeral())
            let two = "{\"image_id\":\(shop.hello.image),\"qty\":2}"
            _ = try await orders.place(try shop.order(two), by: shop.customer)
            let body = try shop.order(shop.helloLine)
            let answers = await withTaskGroup(of: Fault.Code?.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        do {
                            _ = try await orders.place(body, by: shop.customer)
                            return nil
                        } catch {
                            return (error as? Fault)?.code ?? .bug
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0 == nil } == 1)
            #expect(answers.count { $0 == .invalid } == 49)
            let counts = try await rowCounts(database)
            #expect(counts["containers"] == 3)
            #expect(counts["orders"] == 2)
            #expect(counts["projects"] == 2)
            let sentences = await problems { _ = try await orders.place(body, by: shop.customer) }
            #expect(
                sentences == [
                    "The order needs 1 container, but the account may have only 0 more (3 of 3 are in use)."
                ])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func manyOrdersAtOnceGetNetworksOfTheirOwn(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            let orders = Orders(database: database, vault: .ephemeral())
            let body = try shop.order(shop.helloLine)
            try await withThrowingTaskGroup { group in
                for index in 0..<30 {
                    let caller = index.isMultiple(of: 2) ? shop.customer : shop.stranger
                    group.addTask { _ = try await orders.place(body, by: caller) }
                }
                try await group.waitForAll()
            }
            let slots = try await database.read { try $0.rows("SELECT slot FROM networks ORDER BY slot") { $0.int(0) } }
            #expect(slots == Array(0..<30))
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aDomainIsGivenToOneOrderOnly(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            let orders = Orders(database: database, vault: .ephemeral())
            let body = try shop.order("{\"image_id\":\(shop.hello.image),\"domains\":[\"www.example.com\"]}")
            let answers = await withTaskGroup(of: [String].self) { group in
                for _ in 0..<8 {
                    group.addTask { await problems { _ = try await orders.place(body, by: shop.customer) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.isEmpty } == 1)
            #expect(answers.count { $0 == ["The domain www.example.com is in use already."] } == 7)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func anOrderAddsToAProjectAndFindsWhatItNeedsThere(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            let orders = Orders(database: database, vault: .ephemeral())
            let data = "{\"image_variant_id\":\(shop.database.variant),\"product_id\":\(shop.packageID)}"
            let first = try await orders.place(try shop.order(data), by: shop.customer)
            let projectID = try #require(first.projectID)
            let web = "{\"container_image_id\":\(shop.web.image),\"product_id\":\(shop.packageID)}"
            let body = try shop.order(web, project: "\"project_id\":\(projectID)")
            let second = try await orders.place(body, by: shop.customer)
            #expect(second.projectID == projectID)
            let counts = try await rowCounts(database)
            #expect(counts["links"] == 1)
            #expect(counts["networks"] == 1)
            #expect(await problems { _ = try await orders.place(body, by: shop.stranger) } == ["Unknown project."])
            #expect(
                await problems { _ = try await orders.place(try shop.order(web), by: shop.customer) } == [
                    "web needs database (image \(shop.database.image)) in the order or in the project."
                ])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func everyProblemOfAnOrderIsToldAtOnce(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            let orders = Orders(database: database, vault: .ephemeral())
            let body = try shop.order(
                """
                {"image_variant_id":99999},
                {"image_variant_id":\(shop.web.variant)},
                {"image_variant_id":\(shop.web.variant),"product_id":88888},
                {"image_variant_id":\(shop.web.variant),"product_id":\(shop.foreignPackageID)},
                {"image_variant_id":\(shop.database.variant),"qty":2,"product_id":\(shop.packageID),
                    "domains":["a.example.com"]},
                {"image_variant_id":\(shop.hello.variant),"domains":["localhost","x.apps.test","-a.example.com"]}
                """)
            #expect(
                await problems { _ = try await orders.place(body, by: shop.customer) } == [
                    "Unknown image variant: 99999.",
                    "Missing package selection for web.",
                    "Unknown package: 88888.",
                    "Invalid package: \(shop.foreignPackageID). It is not sold in your plan; see the list of products.",
                    "database cannot have more than one container, because database does not scale.",
                    "database has no public port, so a domain cannot lead to it.",
                    "The domain \"localhost\" must have at least two parts, such as www.example.com.",
                    "The domain x.apps.test is inside apps.test, where only Berth gives out names.",
                    "The domain \"-a.example.com\" is not a host name: between the dots there must be 1 to 63 letters, "
                        + "digits and hyphens, no hyphen at either end.",
                ])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aSuspendedAccountCannotOrder(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            try await database.transaction {
                try $0.run("UPDATE users SET active = 0 WHERE id = \(shop.customer.userID)")
            }
            let orders = Orders(database: database, vault: .ephemeral())
            #expect(
                await problems { _ = try await orders.place(try shop.order(shop.helloLine), by: shop.customer) }
                    == ["The account is suspended and cannot order."])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aFullZoneTakesNothing(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            try await database.transaction { try $0.run("UPDATE zones SET fill_to = 1") }
            let orders = Orders(database: database, vault: .ephemeral())
            let body = try shop.order("{\"image_id\":\(shop.hello.image),\"qty\":2}")
            #expect(
                await problems { _ = try await orders.place(body, by: shop.customer) } == [
                    "There are no availability zones available with room for this order. "
                        + "Order less, or try again later."
                ])
        }
    }
}
