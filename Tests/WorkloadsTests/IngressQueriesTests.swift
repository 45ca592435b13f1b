import Basics
import Edge
import Identity
import SQL
import TestKit
import Testing
import Workloads

@Suite struct IngressQueriesTests {
    private func place(_ database: TestDatabase) async throws -> WorkloadFixture {
        let shop = try await WorkloadFixture.make(in: database)
        _ = try await Orders(database: database, vault: .ephemeral())
            .place(try shop.order(shop.helloLine), by: shop.customer)
        return shop
    }

    private func state(_ database: TestDatabase, _ zone: Int64) async throws -> IngressState {
        let found = try await database.read { try IngressQueries.state(zoneID: zone, in: $0) }
        return try #require(found)
    }

    @Test(arguments: TestDialect.allCases)
    func aZoneThatIsNotThereHasNoState(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let state = try await database.read { try IngressQueries.state(zoneID: 4711, in: $0) }
            #expect(state == nil)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aFirstInstanceIsInItsPlaceUntilItServes(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await place(database)
            let building = try await state(database, shop.zoneID)
            #expect(building.httpPort == 80)
            #expect(building.candidates.isEmpty)
            #expect(building.routes.count == 1)
            #expect(building.routes.allSatisfy { $0.host.hasSuffix(".\(WorkloadFixture.appsDomain)") })
            #expect(building.backends.map(\.servers) == [[]])
            #expect(building.backends.map { $0.opening.map(\.port) } == [[80]])

            try await database.transaction { try $0.run("UPDATE instances SET state = 'serving'") }
            let serving = try await state(database, shop.zoneID)
            #expect(serving.candidates.isEmpty)
            #expect(serving.backends.map(\.servers) == building.backends.map(\.opening))
            #expect(serving.backends.map(\.opening) == [[]])
            #expect(serving.routes == building.routes)
            #expect(serving.routes.map(\.backend) == serving.backends.map(\.name))
        }
    }

    @Test(arguments: TestDialect.allCases)
    func anInstanceBesideOneThatServesIsACandidate(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await place(database)
            let serving = try await database.transaction { tx in
                try tx.run("UPDATE instances SET state = 'serving'")
                let container = try tx.int("SELECT id FROM containers") ?? 0
                try Addresses.claimNext(containers: [container], in: tx, now: Moment(milliseconds: 0))
                return try IngressQueries.state(zoneID: shop.zoneID, in: tx)
            }
            let first = try #require(serving?.backends.first?.servers.first)
            let next = try #require(serving?.candidates.first)
            #expect(serving?.candidates.count == 1)
            #expect(first.name != next.name && first.address != next.address)
            #expect(serving?.backends.map(\.opening) == [[]])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whatShallNotRunIsOutOfRotation(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await place(database)
            try await database.transaction { tx in
                try tx.run("UPDATE instances SET state = 'serving'")
                try tx.run("UPDATE containers SET desired_state = 'stopped'")
            }
            let stopped = try await state(database, shop.zoneID)
            // The name still answers (503), so that visitors see an outage and not somebody else's site.
            #expect(stopped.routes.count == 1)
            #expect(stopped.backends.map(\.servers) == [[]])
            #expect(stopped.candidates.isEmpty)
        }
    }

    @Test(arguments: TestDialect.allCases, ["services", "projects"])
    func whatIsBeingDeletedHasNoRoute(dialect: TestDialect, table: String) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await place(database)
            try await database.transaction { tx in
                if table == "services" {
                    try tx.run("UPDATE services SET state = 'deleting'")
                } else {
                    try tx.run("UPDATE projects SET state = 'deleting'")
                }
            }
            let left = try await state(database, shop.zoneID)
            #expect(left == IngressState(httpPort: 80, routes: [], backends: [], candidates: []))
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aDisabledDomainAndAnInternalPortAreNotRouted(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await place(database)
            try await database.transaction { try $0.run("UPDATE domains SET enabled = 0") }
            #expect(try await state(database, shop.zoneID).routes.isEmpty)
            try await database.transaction { tx in
                try tx.run("UPDATE domains SET enabled = 1")
                try tx.run("UPDATE ingress_rules SET external_access = 0")
            }
            let inner = try await state(database, shop.zoneID)
            #expect(inner.routes.isEmpty)
            #expect(inner.candidates.isEmpty)
        }
    }
}
