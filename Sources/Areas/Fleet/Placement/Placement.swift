package import SQL

/// Chooses the zone of a new project: a pure function over a snapshot.
package enum Placement {
    /// What is to be placed.
    package struct Demand: Sendable, Hashable {
        /// Thousandths of a core.
        package var cpuMilli: Int64
        package var memoryMB: Int64
        package var containers: Int64

        package init(cpuMilli: Int64, memoryMB: Int64, containers: Int64) {
            self.cpuMilli = cpuMilli
            self.memoryMB = memoryMB
            self.containers = containers
        }
    }

    /// What a zone has and has promised.
    package struct Room: Sendable, Hashable {
        package var zoneID: Int64
        package var name: String
        package var active: Bool
        package var online: Bool
        /// Most containers it may hold.
        package var fillTo: Int64
        package var overcommit: Bool
        /// nil while the engine has not told.
        package var cpuMilliTotal: Int64?
        package var memoryMBTotal: Int64?
        package var reserved: Demand

        package init(
            zoneID: Int64, name: String, active: Bool = true, online: Bool = true, fillTo: Int64 = 500,
            overcommit: Bool = true, cpuMilliTotal: Int64? = nil, memoryMBTotal: Int64? = nil,
            reserved: Demand = Demand(cpuMilli: 0, memoryMB: 0, containers: 0)
        ) {
            self.zoneID = zoneID
            self.name = name
            self.active = active
            self.online = online
            self.fillTo = fillTo
            self.overcommit = overcommit
            self.cpuMilliTotal = cpuMilliTotal
            self.memoryMBTotal = memoryMBTotal
            self.reserved = reserved
        }

        /// Why the zone cannot take `demand` now; nil when it can.
        package func refusal(of demand: Demand) -> String? {
            if !active { return "takes no new projects" }
            if !online { return "does not answer" }
            guard fits(demand.containers, reserved.containers, fillTo) else { return "is full" }
            if overcommit { return nil }
            guard let cpuMilliTotal, let memoryMBTotal else { return "has not told its size yet" }
            guard fits(demand.cpuMilli, reserved.cpuMilli, cpuMilliTotal) else { return "has too little CPU left" }
            guard fits(demand.memoryMB, reserved.memoryMB, memoryMBTotal) else { return "has too little memory left" }
            return nil
        }

        private func fits(_ wanted: Int64, _ reserved: Int64, _ total: Int64) -> Bool {
            let (sum, overflow) = wanted.addingReportingOverflow(reserved)
            return !overflow && sum <= total
        }

        /// Promised memory as a share of what there is, in thousandths; 0 when unknown. Saturates.
        fileprivate var memoryShare: Int64 {
            guard let memoryMBTotal, memoryMBTotal > 0 else { return 0 }
            let (product, overflow) = reserved.memoryMB.multipliedReportingOverflow(by: 1000)
            return overflow ? .max : product / memoryMBTotal
        }
    }

    /// No zone can take it.
    package struct NoRoom: Error, Sendable, Hashable {
        /// By zone name, why not. For operators, not for customers.
        package let refusals: [String: String]
    }

    /// The zone for `demand`: among those with room, the one with the fewest (`least`) or most (`full`) containers;
    /// then by the share of memory that is promised; then the oldest.
    package static func choose(
        _ demand: Demand, _ strategy: Location.FillStrategy, among rooms: [Room]
    ) throws(NoRoom) -> Int64 {
        let candidates = rooms.filter { $0.refusal(of: demand) == nil }
        let best = candidates.min { a, b in
            let (emptier, fuller) = (rank(a), rank(b))
            if emptier != fuller { return strategy == .least ? emptier < fuller : emptier > fuller }
            return a.zoneID < b.zoneID
        }
        guard let best else {
            let refusals = rooms.map { ($0.name, $0.refusal(of: demand) ?? "") }
            throw NoRoom(refusals: Dictionary(refusals) { first, _ in first })
        }
        return best.zoneID
    }

    private static func rank(_ room: Room) -> (Int64, Int64) { (room.reserved.containers, room.memoryShare) }

    /// The zones of a location as ``choose(_:_:among:)`` wants them, by id. In the transaction that reserves.
    package static func rooms(ofLocation id: Int64, on connection: any Connection) throws -> [Room] {
        try rooms(where: "location_id = \(id)", on: connection)
    }

    /// One zone; nil when there is none.
    package static func room(ofZone id: Int64, on connection: any Connection) throws -> Room? {
        try rooms(where: "id = \(id)", on: connection).first
    }

    private static func rooms(where condition: SQL, on connection: any Connection) throws -> [Room] {
        try connection.rows(
            """
            SELECT id, name, active, state, fill_to, overcommit, cpu_milli_total, memory_mb_total,
                cpu_milli_reserved, memory_mb_reserved, containers_reserved
            FROM zones WHERE \(condition) ORDER BY id
            """
        ) { row in
            Room(
                zoneID: row.int(0), name: row.text(1), active: row.bool(2),
                online: Zone.State(rawValue: row.text(3)) == .online, fillTo: row.int(4), overcommit: row.bool(5),
                cpuMilliTotal: row.intOrNil(6), memoryMBTotal: row.intOrNil(7),
                reserved: Demand(cpuMilli: row.int(8), memoryMB: row.int(9), containers: row.int(10)))
        }
    }
}
