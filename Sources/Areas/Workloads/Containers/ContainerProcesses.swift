import Basics
package import Fleet
import SQL

/// What runs inside a container, asked of its engine at this moment.
package enum ContainerProcesses {
    /// The process table of the instance that serves; whether the caller may see the container was asked before.
    /// Throws `.conflict` when nothing runs.
    package static func table(containerID: Int64, site: Site) async throws -> ProcessTable {
        let names = site.installation.names
        let found = try await site.database.read { connection in
            try connection.first(
                """
                SELECT z.id, z.docker_endpoint, z.tls_dir, i.generation
                FROM containers c JOIN instances i ON i.container_id = c.id AND i.state = 'serving'
                JOIN services s ON s.id = c.service_id JOIN projects p ON p.id = s.project_id
                JOIN zones z ON z.id = p.zone_id
                WHERE c.id = \(containerID)
                """
            ) { row in
                (
                    ZoneFacts(id: row.int(0), dockerEndpoint: row.text(1), tlsDirectory: row.textOrNil(2)),
                    names.container(containerID, generation: row.int(3))
                )
            }
        }
        guard let (zone, name) = found else {
            throw Fault(.conflict, "The container does not run, so it has no processes.")
        }
        return try await site.engine(zone).processes(of: name)
    }
}
