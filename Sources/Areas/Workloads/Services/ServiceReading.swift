package import Basics
import Identity
package import SQL

/// Lists and single views of services. A page costs the same number of statements however many rows it has.
package enum ServiceReading {
    /// The caller's own services in the order they were made, and how many there are on all pages.
    package static func list(
        _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([ServiceSummary], total: Int64) {
        let owned: SQL = "WHERE \(Policy.owned("p.user_id", project: "p.id", by: caller)) AND p.state = 'active'"
        return try await database.read { connection in
            (
                try load("\(owned) ORDER BY s.id LIMIT \(page.size) OFFSET \(page.offset)", on: connection),
                total: try count(owned, on: connection)
            )
        }
    }

    /// The services of a project by label, load balancers left out.
    package static func list(
        ofProject id: Int64, _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([ServiceSummary], total: Int64) {
        let chosen: SQL = "WHERE s.project_id = \(id) AND i.is_load_balancer = 0"
        return try await database.read { connection in
            _ = try ProjectReading.lookup(id, to: .view, by: caller, on: connection)
            return (
                try load("\(chosen) ORDER BY s.label, s.id LIMIT \(page.size) OFFSET \(page.offset)", on: connection),
                total: try count(chosen, on: connection)
            )
        }
    }

    /// One service. Throws `.notFound` for what the caller may not see.
    package static func view(_ id: Int64, by caller: Caller, from database: any Database) async throws -> ServiceSummary
    {
        try await database.read { connection in
            guard let found = try load("WHERE s.id = \(id)", on: connection).first else {
                throw Policy.notFound("container service")
            }
            try Policy.require(.view, on: found.holder, by: caller)
            return found
        }
    }

    /// Throws unless the caller may do `action` to the service. One statement.
    static func require(_ action: Action, _ id: Int64, by caller: Caller, on connection: any Connection) throws {
        let holder = try connection.first(
            "SELECT p.user_id, p.id FROM services s JOIN projects p ON p.id = s.project_id WHERE s.id = \(id)"
        ) { Holder(noun: "container service", ownerID: $0.int(0), projectID: $0.int(1)) }
        guard let holder else { throw Policy.notFound("container service") }
        try Policy.require(action, on: holder, by: caller)
    }

    private static func count(_ condition: SQL, on connection: any Connection) throws -> Int64 {
        try connection.int("SELECT COUNT(*) \(tables) \(condition)") ?? 0
    }

    private static let tables: SQL = """
        FROM services s
        JOIN projects p ON p.id = s.project_id
        JOIN image_variants v ON v.id = s.image_variant_id
        JOIN images i ON i.id = v.image_id
        LEFT JOIN products r ON r.id = s.product_id
        """

    private static func load(_ condition: SQL, on connection: any Connection) throws -> [ServiceSummary] {
        let found = try connection.rows(
            """
            SELECT s.id, s.name, s.label, s.command, s.labels, s.created_at, s.updated_at, s.state,
                p.id, p.name, p.user_id, p.zone_id,
                i.id, i.name, i.label, i.role, i.is_load_balancer, v.id, v.label, v.registry_image_tag,
                i.registry_custom, i.registry_image_path, v.is_default, v.version,
                s.product_id, s.cpu_milli, s.memory_mb, r.label, r.storage_gb, r.bandwidth_gb, r.local_disk_gb,
                r.backup_gb, r.memory_swap_mb, r.memory_swappiness
            \(tables) \(condition)
            """, service)
        return try ServiceParts.complete(found.map(\.0), zones: found.map(\.1), on: connection)
    }

    private static func service(_ row: any Row) -> (ServiceSummary, zoneID: Int64) {
        let registry = row.textOrNil(20).map { "\($0)/" } ?? ""
        let image = ServiceSummary.Image(
            id: row.int(12), name: row.text(13), label: row.text(14), role: row.text(15),
            isLoadBalancer: row.bool(16), variantID: row.int(17), variantLabel: row.text(18), tag: row.text(19),
            path: "\(registry)\(row.text(21)):\(row.text(19))", variantIsDefault: row.bool(22), position: row.int(23))
        let package = ServiceSummary.Package(
            productID: row.intOrNil(24), label: row.text(27), cpuMilli: row.int(25), memoryMB: row.int(26),
            storageGB: row.intOrNil(28), bandwidthGB: row.intOrNil(29), localDiskGB: row.int(30),
            backupGB: row.int(31), swapMB: row.intOrNil(32), swappiness: row.intOrNil(33))
        let service = ServiceSummary(
            id: row.int(0), name: row.text(1), label: row.text(2), command: row.textOrNil(3),
            labelsJSON: row.text(4), createdAt: row.moment(5), updatedAt: row.moment(6),
            project: NamedID(id: row.int(8), name: row.text(9)), ownerID: row.int(10),
            isLeaving: row.text(7) == "deleting", image: image, package: package)
        return (service, zoneID: row.int(11))
    }
}
