import Basics
import Catalogue
import SQL
import TestKit
import Testing

@Suite struct ProductTests {
    private let small = Product(name: "small", label: "Small", cpuMilli: 500, memoryMB: 512)

    @Test(arguments: TestDialect.allCases)
    func aNewPackageIsInTheDefaultPlan(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let price = try #require(Money(decimal: "0.01"))
            let id = try await Products(database: database).create(small, priceHour: price, by: .shell)
            let rows = try await database.read { connection in
                try connection.rows(
                    """
                    SELECT b.price_hour_nano, p.is_default FROM billing_plan_products b
                    JOIN billing_plans p ON p.id = b.billing_plan_id WHERE b.product_id = \(id)
                    """
                ) { [$0.int(0), $0.int(1)] }
            }
            #expect(rows == [[10_000_000, 1]])
            let fault = await #expect(throws: Fault.self) {
                try await Products(database: database).create(small, priceHour: price, by: .shell)
            }
            #expect(fault?.code == .invalid)
        }
    }

    @Test func everythingWrongWithAPackageIsTold() {
        let bad = Product(
            name: "", label: "", cpuMilli: 0, memoryMB: 0, swapMB: -1, swappiness: 101, storageGB: -1,
            bandwidthGB: -1, localDiskGB: -1, backupGB: .max)
        #expect(bad.problems.count == 10)
        #expect(small.problems == [])
    }

    @Test(arguments: TestDialect.allCases)
    func offersCarryThePriceOfTheAccountsPlan(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let fixture = try await WorkloadFixture.make(in: database)
            let userID = try #require(fixture.customer.userID)
            let offers = try await database.read {
                try ProductQueries.offers(
                    [fixture.packageID, fixture.foreignPackageID, 999_999], toUser: userID, on: $0)
            }
            #expect(offers.count == 2)
            #expect(offers[fixture.packageID]?.priceHour?.decimal == "0.01")
            #expect(offers[fixture.foreignPackageID]?.priceHour == nil)
        }
    }
}
