import Basics
import Fleet
import SQL

/// One private network per project: a slot of the zone's pool, claimed by the row that holds it
/// (`UNIQUE (zone_id, slot)`).
enum NetworkSlots {
    /// Claims a network for a project. The caller holds the zone's row, so on no database two claims meet.
    ///
    /// Slots are handed out in turn and only then reused, lowest first: a network that was removed a moment ago may
    /// still be remembered somewhere.
    static func claim(
        project: Int64, zone: Zone, in tx: any Transaction, now: Moment
    ) throws -> (id: Int64, cidr: String) {
        let (slot, subnet) = try next(in: zone, tx, now: now)
        let id = try tx.int(
            """
            INSERT INTO networks (project_id, zone_id, slot, cidr, created_at)
            VALUES (\(project), \(zone.id), \(slot), \(subnet.cidr), \(now)) RETURNING id
            """)
        guard let id else { throw Fault(.bug, "A new network has no id.") }
        return (id, subnet.cidr)
    }

    /// Gives a project's network, which is not on the engine yet, another slot, and its instances other addresses. The
    /// old slot is not offered to anybody for a while.
    static func move(project: Int64, zone: Zone, in tx: any Transaction, now: Moment) throws {
        _ = try tx.int("SELECT id FROM zones WHERE id = \(zone.id) \(.forUpdate)")
        let old = try tx.first("SELECT id, slot FROM networks WHERE project_id = \(project)") {
            (id: $0.int(0), slot: $0.int(1))
        }
        guard let old else { throw Fault(.notFound, "The project \(project) has no network any more.") }
        try tx.run(
            """
            INSERT INTO refused_networks (zone_id, slot, refused_until)
            VALUES (\(zone.id), \(old.slot), \(now.advanced(by: .seconds(refusedSeconds))))
            ON CONFLICT (zone_id, slot) DO UPDATE SET refused_until = excluded.refused_until
            """)
        let (slot, subnet) = try next(in: zone, tx, now: now)
        try tx.run("UPDATE networks SET slot = \(slot), cidr = \(subnet.cidr) WHERE id = \(old.id)")
        let instances = try tx.rows("SELECT id, host_number FROM instances WHERE network_id = \(old.id)") {
            (id: $0.int(0), host: $0.int(1))
        }
        for instance in instances {
            guard let address = subnet.address(instance.host) else {
                throw Fault(.bug, "The network \(subnet.cidr) has no address \(instance.host).")
            }
            try tx.run("UPDATE instances SET address = \(address), updated_at = \(now) WHERE id = \(instance.id)")
        }
    }

    /// How long a network that the engine refused is left alone.
    private static let refusedSeconds: Int64 = 3600

    /// The slot whose turn it is.
    private static func next(in zone: Zone, _ tx: any Transaction, now: Moment) throws -> (Int64, Subnet) {
        let networks = try zone.networks()
        try tx.run("DELETE FROM refused_networks WHERE zone_id = \(zone.id) AND refused_until <= \(now)")
        // Two look-ups at the ends of indices; a zone may have thousands of networks.
        let last = try tx.int("SELECT MAX(slot) FROM networks WHERE zone_id = \(zone.id)") ?? -1
        let refused = try tx.int("SELECT MAX(slot) FROM refused_networks WHERE zone_id = \(zone.id)") ?? -1
        var slot = max(last, refused) + 1
        if slot >= networks.slots { slot = try lowestFree(zone: zone.id, in: tx) }
        guard let subnet = networks.subnet(slot) else {
            throw ClaimLost(sentence: "The availability zone has no private network left. Please contact support.")
        }
        return (slot, subnet)
    }

    private static func lowestFree(zone: Int64, in tx: any Transaction) throws -> Int64 {
        func isTaken(_ slot: SQL) -> SQL {
            """
            (EXISTS (SELECT 1 FROM networks m WHERE m.zone_id = \(zone) AND m.slot = \(slot))
            OR EXISTS (SELECT 1 FROM refused_networks m WHERE m.zone_id = \(zone) AND m.slot = \(slot)))
            """
        }
        guard try tx.int("SELECT 1 WHERE \(isTaken("0"))") != nil else { return 0 }
        return try tx.int(
            """
            SELECT n.slot + 1 FROM
                (SELECT slot FROM networks WHERE zone_id = \(zone)
                 UNION ALL SELECT slot FROM refused_networks WHERE zone_id = \(zone)) n
            WHERE NOT \(isTaken("n.slot + 1")) ORDER BY n.slot LIMIT 1
            """) ?? 0
    }
}
