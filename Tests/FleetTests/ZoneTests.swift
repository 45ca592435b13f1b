import Basics
import Fleet
import SQL
import TestKit
import Testing

@Suite struct ZoneTests {
    private let facts = EngineFacts(id: "e", version: "1", apiVersion: "1.41", cpuMilli: 4000, memoryMB: 8000)

    private func draft(_ location: Int64, _ name: String = "one", docker: String = "unix:///a.sock") -> ZoneDraft {
        ZoneDraft(
            locationID: location, name: name, docker: docker, ingressHTTPPort: 80, appsDomain: "apps.example.org",
            fillTo: 3)
    }

    private func zone(in database: any Database) async throws -> (location: Int64, zone: Int64) {
        let location = try await Locations(database: database).create(name: "Here", by: .shell)
        return (location, try await Zones(database: database).create(draft(location), by: .shell))
    }

    @Test(arguments: TestDialect.allCases)
    func whatIsCreatedIsRead(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let ids = try await zone(in: database)
            let found = try await database.read { try ZoneQueries.zone(ids.zone, on: $0) }
            #expect(found?.locationID == ids.location)
            #expect(found?.endpoint == EngineEndpoint(address: "unix:///a.sock", tlsDirectory: nil))
            #expect(found?.state == .unknown)
            let networks = try found?.networks()
            #expect(networks?.slots == 32_768)
            let listed = try await database.read { try LocationQueries.list(nil, on: $0).map(\.name) }
            #expect(listed == ["Here"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func namesEndpointsAndLocationsAreChecked(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let ids = try await zone(in: database)
            let zones = Zones(database: database)
            func refusal(_ draft: ZoneDraft) async -> String {
                let fault = await #expect(throws: Fault.self) { try await zones.create(draft, by: .shell) }
                return fault?.sentences.first ?? ""
            }
            #expect(await refusal(draft(ids.location, docker: "unix:///b.sock")).contains("named \"one\""))
            #expect(await refusal(draft(ids.location, "two")).contains("unix:///a.sock"))
            #expect(await refusal(draft(999, "two", docker: "unix:///b.sock")).contains("no location 999"))
            let customer = Caller(userID: 1, isAdmin: false, means: .apiKey, requestID: "r", address: "")
            let fault = await #expect(throws: Fault.self) {
                try await Locations(database: database).create(name: "There", by: customer)
            }
            #expect(fault?.code == .forbidden)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func stateSaysSinceWhenAndOnlyChangesCount(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let ids = try await zone(in: database)
            let (early, late) = (Moment(milliseconds: 1000), Moment(milliseconds: 2000))
            let facts = facts
            let changes = try await database.transaction { tx in
                [
                    try Zones.markOnline(ids.zone, facts: facts, at: early, in: tx),
                    try Zones.markOnline(ids.zone, facts: facts, at: late, in: tx),
                    try Zones.markUnreachable(ids.zone, detail: "no answer", at: late, in: tx),
                    try Zones.markUnreachable(ids.zone, detail: "refused", at: Moment(milliseconds: 3000), in: tx),
                ]
            }
            #expect(changes == [true, false, true, false])
            let found = try await database.read { try ZoneQueries.zone(ids.zone, on: $0) }
            #expect(found?.state == .unreachable)
            #expect(found?.stateSince == late)
            #expect(found?.stateDetail == "refused")
            let room = try await database.read { try Placement.room(ofZone: ids.zone, on: $0) }
            #expect(room?.cpuMilliTotal == 4000)
            #expect(room?.online == false)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func theLastRoomIsTakenOnce(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let ids = try await zone(in: database)
            let one = Placement.Demand(cpuMilli: 1000, memoryMB: 512, containers: 1)
            let taken = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            try await database.transaction { try Capacity.reserve(one, inZone: ids.zone, in: $0) }
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(taken == 3)
            let full = try await database.read { try Placement.room(ofZone: ids.zone, on: $0) }
            #expect(full?.reserved == Placement.Demand(cpuMilli: 3000, memoryMB: 1536, containers: 3))
            let tooMuch = Placement.Demand(cpuMilli: 9000, memoryMB: 512, containers: 1)
            try await database.transaction { try Capacity.release(tooMuch, inZone: ids.zone, in: $0) }
            let after = try await database.read { try Placement.room(ofZone: ids.zone, on: $0) }
            #expect(after?.reserved == Placement.Demand(cpuMilli: 0, memoryMB: 1024, containers: 2))
        }
    }

    @Test(arguments: TestDialect.allCases)
    func withoutOvercommitTheEnginesSizeIsTheLimit(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let ids = try await zone(in: database)
            let facts = facts
            try await database.transaction { tx in
                try tx.run("UPDATE zones SET overcommit = 0 WHERE id = \(ids.zone)")
            }
            let big = Placement.Demand(cpuMilli: 4000, memoryMB: 8000, containers: 1)
            let small = Placement.Demand(cpuMilli: 1, memoryMB: 1, containers: 1)
            await #expect(throws: Fault.self) {
                try await database.transaction { try Capacity.reserve(small, inZone: ids.zone, in: $0) }
            }
            try await database.transaction { tx in
                try Zones.markOnline(ids.zone, facts: facts, at: Moment(milliseconds: 1), in: tx)
                try Capacity.reserve(big, inZone: ids.zone, in: tx)
            }
            await #expect(throws: Fault.self) {
                try await database.transaction { try Capacity.reserve(small, inZone: ids.zone, in: $0) }
            }
        }
    }
}
