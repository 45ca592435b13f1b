import Basics
import Fleet
import SQL

/// Reads the facts a workflow records before it touches anything.
enum Facts {
    /// The zone of a project. Throws `.notFound` when the project is gone.
    static func zone(projectID: Int64, in connection: any Connection) throws -> ZoneFacts {
        let zone = try connection.first(
            """
            SELECT z.id, z.docker_endpoint, z.tls_dir FROM projects p JOIN zones z ON z.id = p.zone_id
            WHERE p.id = \(projectID)
            """
        ) { ZoneFacts(id: $0.int(0), dockerEndpoint: $0.text(1), tlsDirectory: $0.textOrNil(2)) }
        guard let zone else { throw Fault(.notFound, "There is no project \(projectID) any more.") }
        return zone
    }

    /// The network of a project in `zone`.
    static func network(projectID: Int64, zone: ZoneFacts, names: EngineNames, in connection: any Connection) throws
        -> NetworkFacts
    {
        let cidr = try connection.first("SELECT cidr FROM networks WHERE project_id = \(projectID)") { $0.text(0) }
        guard let cidr, let subnet = Subnet(cidr: cidr) else {
            throw Fault(.bug, "The network of project \(projectID) is missing or malformed.")
        }
        return NetworkFacts(
            name: names.network(project: projectID), cidr: cidr, gateway: subnet.gateway,
            labels: names.labels(zone: zone.id, project: projectID))
    }

    /// ``zone(projectID:in:)`` and ``instances(of:states:names:in:)`` in one.
    static func ground(
        projectID: Int64, containers: [Int64], states: [String], names: EngineNames, in connection: any Connection
    ) throws -> Ground {
        Ground(
            zone: try zone(projectID: projectID, in: connection),
            instances: try instances(of: containers, states: states, names: names, in: connection))
    }

    /// The instances of `containers` in one of `states`, in the order of `containers`, older generations first.
    static func instances(
        of containers: [Int64], states: [String], names: EngineNames, in connection: any Connection
    ) throws -> [InstanceFacts] {
        var found: [Int64: [InstanceFacts]] = [:]
        try connection.each(
            """
            SELECT i.id, c.id, c.service_id, i.generation,
                (SELECT count(*) FROM ingress_rules r
                 WHERE r.service_id = c.service_id AND r.proto = 'http' AND r.external_access = 1),
                (SELECT count(*) FROM volume_mounts m WHERE m.service_id = c.service_id)
            FROM containers c JOIN instances i ON i.container_id = c.id
            WHERE c.id IN (\(list: containers)) AND i.state IN (\(list: states))
            ORDER BY i.generation
            """
        ) { row in
            found[row.int(1), default: []].append(
                InstanceFacts(
                    id: row.int(0), containerID: row.int(1), serviceID: row.int(2), generation: row.int(3),
                    engineName: names.container(row.int(1), generation: row.int(3)),
                    isPublic: row.int(4) > 0, hasVolumes: row.int(5) > 0))
        }
        return containers.flatMap { found[$0] ?? [] }
    }

    /// Every instance of a service, whatever its state.
    static func containers(serviceID: Int64, in connection: any Connection) throws -> [Int64] {
        try connection.rows("SELECT id FROM containers WHERE service_id = \(serviceID) ORDER BY ordinal") {
            $0.int(0)
        }
    }
}
