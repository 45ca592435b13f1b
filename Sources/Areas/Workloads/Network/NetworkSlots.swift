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
        let networks = try zone.networks()
        var slot = (try tx.int("SELECT MAX(slot) FROM networks WHERE zone_id = \(zone.id)") ?? -1) + 1
        if slot >= networks.slots { slot = try lowestFree(zone: zone.id, in: tx) }
        guard let subnet = networks.subnet(slot) else {
            throw ClaimLost(sentence: "The availability zone has no private network left. Please contact support.")
        }
        let id = try tx.int(
            """
            INSERT INTO networks (project_id, zone_id, slot, cidr, created_at)
            VALUES (\(project), \(zone.id), \(slot), \(subnet.cidr), \(now)) RETURNING id
            """)
        guard let id else { throw Fault(.bug, "A new network has no id.") }
        return (id, subnet.cidr)
    }

    private static func lowestFree(zone: Int64, in tx: any Transaction) throws -> Int64 {
        guard try tx.int("SELECT 1 FROM networks WHERE zone_id = \(zone) AND slot = 0") != nil else { return 0 }
        return try tx.int(
            """
            SELECT n.slot + 1 FROM networks n
            WHERE n.zone_id = \(zone)
                AND NOT EXISTS (SELECT 1 FROM networks m WHERE m.zone_id = n.zone_id AND m.slot = n.slot + 1)
            ORDER BY n.slot LIMIT 1
            """) ?? 0
    }
}
