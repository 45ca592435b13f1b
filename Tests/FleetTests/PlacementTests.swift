import Fleet
import Testing

@Suite struct PlacementTests {
    private typealias Room = Placement.Room
    private typealias Demand = Placement.Demand

    private let one = Placement.Demand(cpuMilli: 1000, memoryMB: 512, containers: 1)

    private func room(_ id: Int64, containers: Int64 = 0, memory: Int64 = 0) -> Placement.Room {
        Room(
            zoneID: id, name: "z\(id)", cpuMilliTotal: 4000, memoryMBTotal: 8000,
            reserved: Demand(cpuMilli: 0, memoryMB: memory, containers: containers))
    }

    @Test func leastTakesTheEmptiestAndFullTheFullest() throws {
        let rooms = [room(1, containers: 5), room(2, containers: 2), room(3, containers: 9)]
        #expect(try Placement.choose(one, .least, among: rooms) == 2)
        #expect(try Placement.choose(one, .full, among: rooms) == 3)
    }

    @Test func promisedMemoryThenAgeDecideBetweenEquals() throws {
        let rooms = [room(3, memory: 10), room(2, memory: 5000), room(1, memory: 5000)]
        #expect(try Placement.choose(one, .least, among: rooms) == 3)
        #expect(try Placement.choose(one, .full, among: rooms) == 1)
    }

    @Test func inactiveUnreachableAndFullZonesAreLeftOut() throws {
        var inactive = room(1)
        inactive.active = false
        var offline = room(2)
        offline.online = false
        var full = room(3, containers: 10)
        full.fillTo = 10
        #expect(try Placement.choose(one, .least, among: [inactive, offline, full, room(4, containers: 99)]) == 4)
        let problem = #expect(throws: Placement.NoRoom.self) {
            try Placement.choose(one, .least, among: [inactive, offline, full])
        }
        #expect(
            problem?.refusals == ["z1": "takes no new projects", "z2": "does not answer", "z3": "is full"])
    }

    @Test func theLastPlaceIsStillAPlace() throws {
        var nearlyFull = room(1, containers: 9)
        nearlyFull.fillTo = 10
        #expect(try Placement.choose(one, .least, among: [nearlyFull]) == 1)
    }

    @Test func sizesCountOnlyWithoutOvercommit() throws {
        var strict = room(1, memory: 7489)
        #expect(try Placement.choose(one, .least, among: [strict]) == 1)
        strict.overcommit = false
        #expect(strict.refusal(of: one) == "has too little memory left")
        strict.reserved.memoryMB = 7488
        #expect(strict.refusal(of: one) == nil)
        strict.reserved.cpuMilli = 3001
        #expect(strict.refusal(of: one) == "has too little CPU left")
        strict.cpuMilliTotal = nil
        #expect(strict.refusal(of: one) == "has not told its size yet")
    }

    @Test func absurdDemandsAreRefusedNotAdded() {
        let absurd = Demand(cpuMilli: .max, memoryMB: .max, containers: .max)
        var strict = room(1, containers: 1)
        strict.overcommit = false
        #expect(strict.refusal(of: absurd) == "is full")
    }

    @Test func noZonesAtAllIsNoRoom() {
        #expect(throws: Placement.NoRoom.self) { try Placement.choose(one, .least, among: []) }
    }
}
