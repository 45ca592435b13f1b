import Basics
import Fleet
package import Identity
package import SQL

extension WorkloadSnapshot {
    /// Whole projects; ids that do not exist are missing. Ten queries, whatever their number. Without a vault nothing
    /// is opened and every secret reads as empty text: enough for plans, which only ask what there is.
    package static func load(
        projects ids: [Int64], in connection: any Connection, vault: Vault?
    ) throws -> WorkloadSnapshot {
        var snapshot = WorkloadSnapshot()
        if ids.isEmpty { return snapshot }
        try snapshot.readProjects(ids, connection)
        try snapshot.readServices(ids, connection, vault)
        try snapshot.readSettings(ids, connection, vault)
        try snapshot.readEnvironment(ids, connection)
        try snapshot.readLinks(ids, connection)
        try snapshot.readPorts(ids, connection)
        try snapshot.readMounts(ids, connection)
        try snapshot.readContainers(ids, connection)
        return snapshot
    }

    /// The whole projects that these containers belong to, because their environments depend on their neighbours.
    package static func load(
        containers ids: [Int64], in connection: any Connection, vault: Vault
    ) throws -> WorkloadSnapshot {
        let projects = try connection.rows(
            """
            SELECT DISTINCT s.project_id FROM containers c JOIN services s ON s.id = c.service_id
            WHERE c.id IN (\(list: ids))
            """
        ) { $0.int(0) }
        return try load(projects: projects, in: connection, vault: vault)
    }

    /// Where the value of a service's setting is sealed for.
    package static func place(ofSetting name: String, service: Int64) -> Vault.Place {
        Vault.Place(table: "service_settings", row: "\(service)/\(name)", column: "value_sealed")
    }

    /// The setting that holds a service's Ed25519 private key (base64). Customers do not see it.
    package static let privateKeySetting = "ec_private_key"

    private mutating func readProjects(_ ids: [Int64], _ connection: any Connection) throws {
        try connection.each(
            """
            SELECT p.id, p.zone_id, p.user_id, n.cidr, z.ingress_http_port, z.ingress_https_port
            FROM projects p JOIN networks n ON n.project_id = p.id JOIN zones z ON z.id = p.zone_id
            WHERE p.id IN (\(list: ids))
            """
        ) { row in
            projects[row.int(0)] = Project(
                id: row.int(0), zoneID: row.int(1), userID: row.int(2), cidr: row.text(3),
                zoneHTTPPort: Int(row.int(4)), zoneHTTPSPort: row.intOrNil(5).map(Int.init))
        }
    }

    private mutating func readServices(_ ids: [Int64], _ connection: any Connection, _ vault: Vault?) throws {
        try connection.each(
            """
            SELECT s.id, s.project_id, s.name, i.role, s.command, s.cpu_milli, s.memory_mb, p.memory_swap_mb,
                i.registry_custom, i.registry_image_path, v.registry_image_tag, i.registry_auth, i.registry_username,
                i.registry_password_sealed, i.id, i.capabilities, i.docker_init, i.shm_size, s.state
            FROM services s
            JOIN image_variants v ON v.id = s.image_variant_id
            JOIN images i ON i.id = v.image_id
            LEFT JOIN products p ON p.id = s.product_id
            WHERE s.project_id IN (\(list: ids))
            """
        ) { row in
            let path = "\(row.text(9)):\(row.text(10))"
            var password: Secret<String>?
            if row.bool(11), let sealed = row.textOrNil(13) {
                let place = Vault.Place(table: "images", row: row.int(14), column: "registry_password_sealed")
                password = try vault?.open(sealed, from: place)
            }
            let capabilities = JSONValue(stored: row.text(15))?.items?.compactMap(\.text) ?? []
            services[row.int(0)] = Service(
                facts: ServiceFacts(id: row.int(0), projectID: row.int(1), name: row.text(2), role: row.text(3)),
                imageID: row.int(14), command: row.textOrNil(4),
                limits: ResourceLimits(cpuMilli: row.int(5), memoryMB: row.int(6), swapMB: row.int(7)),
                imageReference: row.text(8).isEmpty ? path : "\(row.text(8))/\(path)",
                registryUsername: row.bool(11) ? row.textOrNil(12) : nil, registryPassword: password,
                capabilities: capabilities, useInit: row.bool(16), shmBytes: row.int(17), mounts: [],
                isDeleting: row.text(18) == "deleting")
        }
    }

    private mutating func readSettings(_ ids: [Int64], _ connection: any Connection, _ vault: Vault?) throws {
        try connection.each(
            """
            SELECT t.service_id, t.name, t.value_sealed
            FROM service_settings t JOIN services s ON s.id = t.service_id WHERE s.project_id IN (\(list: ids))
            """
        ) { row in
            let (service, name) = (row.int(0), row.text(1))
            let place = WorkloadSnapshot.place(ofSetting: name, service: service)
            let value = try vault?.open(row.text(2), from: place) ?? Secret("")
            if name == WorkloadSnapshot.privateKeySetting {
                services[service]?.facts.privateKey = value
            } else {
                services[service]?.facts.settings[name] = value
            }
        }
    }

    private mutating func readEnvironment(_ ids: [Int64], _ connection: any Connection) throws {
        try connection.each(
            """
            SELECT e.service_id, e.name, e.param_type, e.value
            FROM service_env e JOIN services s ON s.id = e.service_id
            WHERE s.project_id IN (\(list: ids)) ORDER BY e.id
            """
        ) { row in
            services[row.int(0)]?.facts.environment.append(
                ServiceFacts.Entry(name: row.text(1), isVariable: row.text(2) == "variable", value: row.text(3)))
        }
    }

    private mutating func readLinks(_ ids: [Int64], _ connection: any Connection) throws {
        try connection.each(
            """
            SELECT l.service_id, l.depends_on_id FROM service_links l JOIN services s ON s.id = l.service_id
            WHERE s.project_id IN (\(list: ids)) ORDER BY l.service_id, l.depends_on_id
            """
        ) { services[$0.int(0)]?.facts.dependsOn.append($0.int(1)) }
    }

    /// Ports in the order of their rules; the default domain is the system domain of the public rule that comes first
    /// by protocol and port.
    private mutating func readPorts(_ ids: [Int64], _ connection: any Connection) throws {
        try connection.each(
            """
            SELECT r.service_id, r.port FROM ingress_rules r JOIN services s ON s.id = r.service_id
            WHERE s.project_id IN (\(list: ids)) ORDER BY r.id
            """
        ) { row in
            if services[row.int(0)]?.facts.firstPort == nil {
                services[row.int(0)]?.facts.firstPort = Int(row.int(1))
            }
        }
        try connection.each(
            """
            SELECT r.service_id, d.domain
            FROM ingress_rules r
            JOIN services s ON s.id = r.service_id
            JOIN domains d ON d.ingress_rule_id = r.id AND d.system_domain = 1 AND d.enabled = 1
            WHERE s.project_id IN (\(list: ids)) AND r.external_access = 1
            ORDER BY CASE r.proto WHEN 'http' THEN 0 WHEN 'https' THEN 1 WHEN 'tls' THEN 2 ELSE 3 END, r.port, d.id
            """
        ) { row in
            if services[row.int(0)]?.facts.defaultDomain == nil {
                services[row.int(0)]?.facts.defaultDomain = row.text(1)
            }
        }
    }

    private mutating func readMounts(_ ids: [Int64], _ connection: any Connection) throws {
        try connection.each(
            """
            SELECT m.service_id, m.volume_id, m.mount_path, m.mount_ro
            FROM volume_mounts m JOIN services s ON s.id = m.service_id
            WHERE s.project_id IN (\(list: ids)) ORDER BY m.mount_path
            """
        ) { row in
            services[row.int(0)]?.mounts.append(
                Mount(volumeID: row.int(1), path: row.text(2), readOnly: row.bool(3)))
        }
    }

    private mutating func readContainers(_ ids: [Int64], _ connection: any Connection) throws {
        try connection.each(
            """
            SELECT c.id, c.service_id, c.name, c.ordinal, c.desired_state
            FROM containers c JOIN services s ON s.id = c.service_id WHERE s.project_id IN (\(list: ids))
            """
        ) { row in
            containers[row.int(0)] = Container(
                id: row.int(0), serviceID: row.int(1), name: row.text(2), ordinal: row.int(3),
                desiredState: row.text(4), instances: [])
        }
        try connection.each(
            """
            SELECT i.container_id, i.id, i.generation, i.address, i.state
            FROM instances i JOIN containers c ON c.id = i.container_id JOIN services s ON s.id = c.service_id
            WHERE s.project_id IN (\(list: ids)) ORDER BY i.generation
            """
        ) { row in
            containers[row.int(0)]?.instances.append(
                Instance(id: row.int(1), generation: row.int(2), address: row.text(3), state: row.text(4)))
        }
        nameFirstContainers()
    }

    /// What others see of a service is its first container that stays: the instance that serves, else the newest.
    private mutating func nameFirstContainers() {
        for (id, _) in services {
            let first = containers(of: id).first { $0.desiredState != "removed" }
            let instance = first?.instances.last { $0.state == "serving" } ?? first?.instances.last
            services[id]?.facts.containerName = first?.name
            services[id]?.facts.address = instance?.address
        }
    }
}
