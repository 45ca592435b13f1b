import Basics
import Identity
import SQL

/// A service as somebody wants to change it: what the plans of power, scaling and removal need to know.
struct ServiceTarget: Sendable, Hashable {
    struct Container: Sendable, Hashable {
        let id: Int64
        let name: String
        let ordinal: Int64
    }

    var id: Int64
    var projectID: Int64
    var ownerID: Int64
    var zoneID: Int64
    var name: String
    var label: String
    /// The service or its project is being deleted.
    var isLeaving: Bool
    var productID: Int64?
    var cpuMilli: Int64
    var memoryMB: Int64
    var imageLabel: String
    var canScale: Bool
    /// Those that shall stay, by ordinal.
    var containers: [Container]
    /// Labels of the services that need this one.
    var dependants: [String]

    /// Reads a service for `action`; in a transaction it also holds the project's row, so that nothing of the project
    /// changes until the end. Throws `.notFound` for strangers and `.conflict` when it is being deleted.
    static func lookup(
        _ id: Int64, to action: Action, by caller: Caller, on connection: any Connection
    ) throws -> ServiceTarget {
        if connection is any Transaction {
            _ = try connection.int(
                """
                SELECT p.id FROM projects p
                WHERE p.id = (SELECT s.project_id FROM services s WHERE s.id = \(id)) \(.forUpdate)
                """)
        }
        guard var target = try read(id, connection) else { throw Policy.notFound("container service") }
        try Policy.require(
            action, on: Holder(noun: "container service", ownerID: target.ownerID, projectID: target.projectID),
            by: caller)
        target.containers = try connection.rows(
            """
            SELECT id, name, ordinal FROM containers WHERE service_id = \(id) AND desired_state <> 'removed'
            ORDER BY ordinal
            """
        ) { Container(id: $0.int(0), name: $0.text(1), ordinal: $0.int(2)) }
        target.dependants = try connection.rows(
            """
            SELECT s.label FROM service_links l JOIN services s ON s.id = l.service_id
            WHERE l.depends_on_id = \(id) AND s.state = 'active' ORDER BY s.id
            """
        ) { $0.text(0) }
        return target
    }

    /// Throws `.conflict` when the service is on its way out.
    func requireStaying() throws {
        if isLeaving { throw Fault(.conflict, "The service \"\(label)\" is being deleted.") }
    }

    private static func read(_ id: Int64, _ connection: any Connection) throws -> ServiceTarget? {
        try connection.first(
            """
            SELECT s.project_id, p.user_id, p.zone_id, s.name, s.label, s.state, p.state, s.product_id, s.cpu_milli,
                s.memory_mb, i.label, i.can_scale
            FROM services s
            JOIN projects p ON p.id = s.project_id
            JOIN image_variants v ON v.id = s.image_variant_id
            JOIN images i ON i.id = v.image_id
            WHERE s.id = \(id)
            """
        ) { row in
            ServiceTarget(
                id: id, projectID: row.int(0), ownerID: row.int(1), zoneID: row.int(2), name: row.text(3),
                label: row.text(4), isLeaving: row.text(5) == "deleting" || row.text(6) == "deleting",
                productID: row.intOrNil(7), cpuMilli: row.int(8), memoryMB: row.int(9), imageLabel: row.text(10),
                canScale: row.bool(11), containers: [], dependants: [])
        }
    }
}
