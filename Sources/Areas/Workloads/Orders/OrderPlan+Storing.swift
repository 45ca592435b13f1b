import Basics
import Catalogue
import Fleet
import Identity
import Operations
import SQL

/// Somebody took in between what the plan counted on: plan again with what there is now.
struct ClaimLost: Error {
    /// What to say when planning again does not help either.
    let sentence: String
}

/// Writes a plan: everything in the one transaction it is given, or nothing.
///
/// Rows are locked in the order project, account, zone – here and wherever else more than one of them is – so that two
/// transactions never wait for each other in a circle.
struct OrderStoring {
    let plan: OrderPlan
    let orderID: String
    let caller: Caller
    let vault: Vault
    let now: Moment
    let tx: any Transaction

    struct Stored: Sendable {
        let projectID: Int64
        let operationID: Int64
    }

    private struct StoredService {
        let id: Int64
        /// In order of their ordinals.
        let containerIDs: [Int64]
        /// Created volumes by template.
        var volumes: [Int64: Int64] = [:]
    }

    func store() throws -> Stored {
        try holdProject()
        try claimQuota()
        let projectID = try ensureProject()
        var services: [StoredService] = []
        for service in plan.services { services.append(try insert(service, into: projectID)) }
        try link(services)
        try insertVolumes(&services, projectID: projectID)
        try reserve()
        let containerIDs = plan.buildOrder.flatMap { services[$0].containerIDs }
        try claimAddresses(projectID: projectID, containerIDs: containerIDs)
        let operationID = try start(projectID: projectID, services: services, containerIDs: containerIDs)
        try insertOrder(projectID: projectID, operationID: operationID)
        try Audit.write(
            caller, "created", noun: "order", id: nil, operation: operationID,
            raw: JSONValue.object(["order_id": .string(orderID)]).compact, at: now, in: tx)
        return Stored(projectID: projectID, operationID: operationID)
    }

    /// The project and the services that the order builds on must still be there, and stay until the commit.
    private func holdProject() throws {
        guard case .project(let id, _) = plan.target else { return }
        let state = try tx.first("SELECT state FROM projects WHERE id = \(id) \(.forUpdate)") { $0.text(0) }
        guard state == "active" else { throw ClaimLost(sentence: "The project is being deleted.") }
        let needed = plan.services.flatMap(\.dependsOn).compactMap { reference -> Int64? in
            if case .existing(let service) = reference { service } else { nil }
        }
        let ids = Array(Set(needed)).sorted()
        if ids.isEmpty { return }
        let there = try tx.int("SELECT COUNT(*) FROM services WHERE state = 'active' AND id IN (\(list: ids))")
        guard there == Int64(ids.count) else {
            throw ClaimLost(sentence: "A service that the order needs is being deleted.")
        }
    }

    private func claimQuota() throws {
        let count = plan.demand.containers
        let projects = if case .newProject = plan.target { 1 } else { 0 }
        let claimed = try tx.run(
            """
            UPDATE users SET containers_count = containers_count + \(count),
                projects_count = projects_count + \(projects),
                services_count = services_count + \(plan.services.count), updated_at = \(now)
            WHERE id = \(plan.ownerID) AND active = 1 AND containers_count + \(count) <=
                (SELECT g.quota_containers FROM user_groups g WHERE g.id = users.user_group_id)
            """)
        guard claimed == 1 else { throw ClaimLost(sentence: "The account's quota of containers is used up.") }
    }

    private func ensureProject() throws -> Int64 {
        switch plan.target {
        case .project(let id, _): return id
        case .newProject(let name, let skipSSH):
            return try id(
                """
                INSERT INTO projects (user_id, zone_id, name, skip_ssh, created_at, updated_at)
                VALUES (\(plan.ownerID), \(plan.zone.id), \(name), \(skipSSH), \(now), \(now)) RETURNING id
                """)
        }
    }

    private func insert(_ service: OrderPlan.Service, into projectID: Int64) throws -> StoredService {
        // The name holds the id, which is only known afterwards.
        let id = try id(
            """
            INSERT INTO services (project_id, name, label, image_variant_id, product_id, cpu_milli, memory_mb, command,
                created_at, updated_at)
            VALUES (\(projectID), \(Random.uuid()), \(service.label), \(service.variantID), \(service.productID),
                \(service.cpuMilli), \(service.memoryMB), \(service.command), \(now), \(now)) RETURNING id
            """)
        let name = "\(service.nameStem)-\(id)"
        try tx.run("UPDATE services SET name = \(name) WHERE id = \(id)")
        for setting in service.settings {
            let sealed = try vault.seal(
                setting.value, for: WorkloadSnapshot.place(ofSetting: setting.name, service: id))
            try tx.run(
                """
                INSERT INTO service_settings (service_id, name, label, param_type, value_sealed)
                VALUES (\(id), \(setting.name), \(setting.label), \(setting.kind), \(sealed))
                """)
        }
        for param in service.environment {
            try tx.run(
                """
                INSERT INTO service_env (service_id, name, param_type, value)
                VALUES (\(id), \(param.name), \(param.kind.rawValue), \(param.value))
                """)
        }
        try insertPorts(of: service, id: id, name: name)
        let containers = try (1...service.containers).map { ordinal in
            try ContainerCreation.insert(service: id, name: name, ordinal: ordinal, in: tx, now: now)
        }
        return StoredService(id: id, containerIDs: containers)
    }

    /// The service's own copy of the image's ports, each public one with a name under the zone's domain.
    private func insertPorts(of service: OrderPlan.Service, id: Int64, name: String) throws {
        for (index, port) in service.ports.enumerated() {
            let rule = try self.id(
                """
                INSERT INTO ingress_rules (service_id, port, proto, external_access, backend_ssl, tcp_proxy_opt, tcp_lb,
                    created_at, updated_at)
                VALUES (\(id), \(port.port), \(port.proto.rawValue), \(port.external), \(port.backendTLS),
                    \(port.proxyHeader.rawValue), \(port.tcpLoadBalancing), \(now), \(now)) RETURNING id
                """)
            if port.external, port.proto != .udp {
                try insertDomain("\(name)-\(rule).\(plan.zone.appsDomain)", rule: rule, isSystem: true)
            }
            if index == service.domainPort {
                for domain in service.domains { try insertDomain(domain, rule: rule, isSystem: false) }
            }
        }
    }

    private func insertDomain(_ domain: String, rule: Int64, isSystem: Bool) throws {
        try tx.run(
            """
            INSERT INTO domains (domain, user_id, ingress_rule_id, system_domain, created_at, updated_at)
            VALUES (\(domain), \(plan.ownerID), \(rule), \(isSystem), \(now), \(now))
            """)
    }

    private func link(_ services: [StoredService]) throws {
        for (index, service) in plan.services.enumerated() {
            let targets = service.dependsOn.map { reference in
                switch reference {
                case .planned(let other): services[other].id
                case .existing(let id): id
                }
            }
            for target in Set(targets).sorted() {
                try tx.run(
                    "INSERT INTO service_links (service_id, depends_on_id) VALUES (\(services[index].id), \(target))")
            }
        }
    }

    /// Creates all volumes before it mounts any, because one service may mount what a later one creates.
    private func insertVolumes(_ services: inout [StoredService], projectID: Int64) throws {
        for (index, service) in plan.services.enumerated() {
            for volume in service.volumes where volume.source == .create {
                services[index].volumes[volume.templateID] = try id(
                    """
                    INSERT INTO volumes (zone_id, user_id, project_id, service_id, name, label, created_at, updated_at)
                    VALUES (\(plan.zone.id), \(plan.ownerID), \(projectID), \(services[index].id), \(Random.uuid()),
                        \(volume.label), \(now), \(now)) RETURNING id
                    """)
            }
        }
        for (index, service) in plan.services.enumerated() {
            for volume in service.volumes {
                let source: Int64? =
                    switch volume.source {
                    case .create: services[index].volumes[volume.templateID]
                    case .planned(let other, let template): services[other].volumes[template]
                    case .existing(let id): id
                    }
                guard let source else { throw Fault(.bug, "A planned volume has no row.") }
                try tx.run(
                    """
                    INSERT INTO volume_mounts (service_id, volume_id, mount_path, mount_ro)
                    VALUES (\(services[index].id), \(source), \(volume.mountPath), \(volume.readOnly))
                    """)
            }
        }
    }

    private func reserve() throws {
        do {
            try Capacity.reserve(plan.demand, inZone: plan.zone.id, in: tx)
        } catch let fault as Fault where fault.code == .invalid {
            throw ClaimLost(sentence: fault.sentences.joined(separator: " "))
        }
    }

    private func claimAddresses(projectID: Int64, containerIDs: [Int64]) throws {
        let network: (id: Int64, cidr: String)
        switch plan.target {
        case .newProject: network = try NetworkSlots.claim(project: projectID, zone: plan.zone, in: tx, now: now)
        case .project:
            let found = try tx.first("SELECT id, cidr FROM networks WHERE project_id = \(projectID)") {
                (id: $0.int(0), cidr: $0.text(1))
            }
            guard let found else { throw ClaimLost(sentence: "The project has no network.") }
            network = found
        }
        do {
            let hosts = try Addresses.free(
                count: containerIDs.count, network: network.id, cidr: network.cidr, in: tx)
            for (container, host) in zip(containerIDs, hosts) {
                _ = try Addresses.insert(
                    container: container, generation: 1, network: network.id, host: host, in: tx, now: now)
            }
        } catch let fault as Fault where fault.code == .conflict {
            throw ClaimLost(sentence: fault.sentences.joined(separator: " "))
        }
    }

    private func start(projectID: Int64, services: [StoredService], containerIDs: [Int64]) throws -> Int64 {
        var subjects = [OperationSubject("project", projectID)]
        subjects += services.map { OperationSubject("service", $0.id) }
        subjects += containerIDs.map { OperationSubject("container", $0) }
        return try Operations.enqueue(
            NewOperation(
                .orderProvision,
                input: OrderProvisionInput(orderID: orderID, projectID: projectID, containerIDs: containerIDs),
                subjects: subjects, locks: ["project:\(projectID)"], by: caller),
            in: tx, now: now)
    }

    private func insertOrder(projectID: Int64, operationID: Int64) throws {
        try tx.run(
            """
            INSERT INTO orders (id, user_id, project_id, location_id, zone_id, status, order_data, operation_id,
                created_at, updated_at)
            VALUES (\(orderID), \(caller.userID ?? plan.ownerID), \(projectID), \(plan.locationID), \(plan.zone.id),
                'pending', \(plan.orderData.compact), \(operationID), \(now), \(now))
            """)
    }

    private func id(_ sql: SQL) throws -> Int64 {
        guard let id = try tx.int(sql) else { throw Fault(.bug, "A new row has no id.") }
        return id
    }
}
