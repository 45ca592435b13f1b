package import Basics
import Fleet
package import SQL

/// Removes rows and gives back everything they claimed: addresses, quota, capacity, names. Each is idempotent; the
/// workflows call them after the engine and the ingress have forgotten the thing.
///
/// Rows are locked in the order project, account, zone, as orders do, so that nobody waits in a circle.
package enum Teardown {
    /// Removes one container.
    package static func removeContainer(_ id: Int64, in tx: any Transaction) throws {
        let row = try tx.first(
            """
            SELECT s.cpu_milli, s.memory_mb, p.zone_id, p.user_id, p.id
            FROM containers c JOIN services s ON s.id = c.service_id JOIN projects p ON p.id = s.project_id
            WHERE c.id = \(id)
            """
        ) { (cpu: $0.int(0), memory: $0.int(1), zone: $0.int(2), user: $0.int(3), project: $0.int(4)) }
        guard let row else { return }
        _ = try tx.int("SELECT id FROM projects WHERE id = \(row.project) \(.forUpdate)")
        try tx.run(
            """
            DELETE FROM log_positions WHERE instance_id IN (SELECT id FROM instances WHERE container_id = \(id))
            """)
        try tx.run("DELETE FROM instances WHERE container_id = \(id)")
        try tx.run("DELETE FROM metric_samples WHERE container_id = \(id)")
        // Whoever really removed the row gives back what it claimed, nobody else.
        guard try tx.run("DELETE FROM containers WHERE id = \(id)") == 1 else { return }
        try AccountCounts.release(containers: 1, of: row.user, in: tx)
        try Capacity.release(
            Placement.Demand(cpuMilli: row.cpu, memoryMB: row.memory, containers: 1), inZone: row.zone, in: tx)
    }

    /// Removes a service with its containers, settings, links, ingress rules and domains. Its volumes are kept until
    /// `now` plus the grace period, when the sweep removes them.
    package static func removeService(_ id: Int64, in tx: any Transaction, now: Moment) throws {
        let containers = try tx.rows("SELECT id FROM containers WHERE service_id = \(id)") { $0.int(0) }
        for container in containers { try removeContainer(container, in: tx) }
        // What another service mounts is that service's from now on.
        try tx.run(
            """
            UPDATE volumes SET updated_at = \(now), service_id = (
                SELECT MIN(m.service_id) FROM volume_mounts m JOIN services s ON s.id = m.service_id
                WHERE m.volume_id = volumes.id AND m.service_id <> \(id) AND s.state = 'active')
            WHERE service_id = \(id) AND EXISTS (
                SELECT 1 FROM volume_mounts m JOIN services s ON s.id = m.service_id
                WHERE m.volume_id = volumes.id AND m.service_id <> \(id) AND s.state = 'active')
            """)
        let until = now.advanced(by: .seconds(ProvisioningLimits.volumeGraceSeconds))
        try tx.run(
            """
            UPDATE volumes SET trash_after = \(until), updated_at = \(now)
            WHERE service_id = \(id) AND trash_after IS NULL
            """)
        // A service that is being deleted left its owner's count when the deletion was asked for.
        let counted = try tx.int(
            """
            SELECT p.user_id FROM services s JOIN projects p ON p.id = s.project_id
            WHERE s.id = \(id) AND s.state = 'active'
            """)
        if let counted { try AccountCounts.release(services: 1, of: counted, in: tx) }
        try tx.run("DELETE FROM services WHERE id = \(id)")
    }

    /// Removes a project with everything in it. Its orders stay, without a project.
    package static func removeProject(_ id: Int64, in tx: any Transaction, now: Moment) throws {
        _ = try tx.int("SELECT id FROM projects WHERE id = \(id) \(.forUpdate)")
        let services = try tx.rows("SELECT id FROM services WHERE project_id = \(id)") { $0.int(0) }
        for service in services { try removeService(service, in: tx, now: now) }
        // A project that is being deleted left its owner's count when the deletion was asked for.
        let counted = try tx.int("SELECT user_id FROM projects WHERE id = \(id) AND state = 'active'")
        if let counted { try AccountCounts.release(projects: 1, of: counted, in: tx) }
        try tx.run("DELETE FROM networks WHERE project_id = \(id)")
        try tx.run("DELETE FROM projects WHERE id = \(id)")
    }

    /// Takes back what an order wrote: its services, and the project when nothing else is in it. The order itself
    /// stays.
    package static func removeOrdered(
        projectID: Int64, containerIDs: [Int64], in tx: any Transaction, now: Moment
    ) throws {
        let services = try tx.rows(
            "SELECT DISTINCT service_id FROM containers WHERE id IN (\(list: containerIDs))"
        ) { $0.int(0) }
        for service in services { try removeService(service, in: tx, now: now) }
        let left = try tx.int("SELECT count(*) FROM services WHERE project_id = \(projectID)") ?? 0
        if left == 0 { try removeProject(projectID, in: tx, now: now) }
    }
}
