package import Basics
package import Catalogue
package import Fleet

/// What an order will do, decided: the rows to write, the work to start, and what it costs. A value that can be shown
/// (`?dry_run=true`, the panel) or applied, and means the same in both.
package struct OrderPlan: Sendable {
    /// Where the services go.
    package enum Target: Sendable, Hashable {
        case newProject(name: String, skipSSH: Bool)
        case project(Int64, name: String)
    }

    /// A service of this order by its position, or one that is in the project already.
    package enum ServiceReference: Sendable, Hashable {
        case planned(Int)
        case existing(Int64)
    }

    /// Where a mounted volume comes from.
    package enum VolumeSource: Sendable, Hashable {
        case create
        /// The volume that the service at this position creates from this template.
        case planned(service: Int, templateID: Int64)
        case existing(Int64)
    }

    /// A volume that a service mounts.
    package struct Volume: Sendable, Hashable {
        package let templateID: Int64
        package let label: String
        package let mountPath: String
        package let readOnly: Bool
        package let source: VolumeSource
    }

    /// A setting with the value it will have.
    package struct Setting: Sendable {
        package let name: String
        package let label: String?
        /// `static` or `password`
        package let kind: String
        package let value: Secret<String>
    }

    /// A service to create.
    package struct Service: Sendable {
        package var label: String
        /// What the service's name begins with; its id is appended when it has one.
        package var nameStem: String
        package var imageLabel: String
        package var imageID: Int64
        package var variantID: Int64
        package var productID: Int64?
        package var productLabel: String?
        package var cpuMilli: Int64
        package var memoryMB: Int64
        package var command: String?
        package var settings: [Setting]
        package var environment: [EnvParam]
        package var ports: [PortParam]
        /// Index in ``ports`` that the customer's own domains go to.
        package var domainPort: Int?
        package var domains: [String]
        package var containers: Int64
        package var volumes: [Volume]
        package var dependsOn: [ServiceReference]
        /// Of one container.
        package var priceHour: Money
    }

    package var ownerID: Int64
    package var currency: String
    package var target: Target
    package var locationID: Int64
    package var zone: Zone
    package var skipSSH: Bool
    package var externalID: String?
    package var services: [Service]
    /// Positions in ``services`` so that dependencies come first.
    package var buildOrder: [Int]
    package var demand: Placement.Demand
    /// What the account pays more per hour from now on.
    package var priceHour: Money
    /// What the order stores of the request, for `order_data`.
    package var rawLines: [JSONValue]

    /// What will happen, in sentences.
    package var changes: [String] {
        var lines: [String] = []
        switch target {
        case .newProject(let name, _): lines.append("Create the project \"\(name)\" in the zone \(zone.name).")
        case .project(_, let name): lines.append("Add to the project \"\(name)\" in the zone \(zone.name).")
        }
        for service in services {
            let size = "\(Decimal9.text(service.cpuMilli * 1_000_000)) CPU and \(service.memoryMB) MB"
            let count = service.containers == 1 ? "1 container" : "\(service.containers) containers"
            let product = service.productLabel.map { ", package \($0)" } ?? ", free"
            lines.append(
                "Create the service \"\(service.label)\" of \(service.imageLabel): \(count) with \(size)\(product).")
            for volume in service.volumes {
                let verb = volume.source == .create ? "Create and mount" : "Mount"
                lines.append("\(verb) the volume \"\(volume.label)\" at \(volume.mountPath) of \"\(service.label)\".")
            }
            if !service.domains.isEmpty {
                lines.append("Answer for \(service.domains.joined(separator: ", ")) with \"\(service.label)\".")
            }
        }
        return lines
    }
}

extension OrderPlan {
    /// The plan as JSON, for `dry_run`. Holds no secret.
    package var document: JSONValue {
        .object([
            "price_per_hour": .string(priceHour.decimal),
            "currency": .string(currency),
            "location_id": .int(locationID),
            "region_id": .int(zone.id),
            "project": projectDocument,
            "services": .array(services.map(\.document)),
            "operations": .array([.string("order.provision")]),
            "changes": .array(changes.map { .string($0) }),
        ])
    }

    var projectDocument: JSONValue {
        switch target {
        case .newProject(let name, let skipSSH):
            .object(["id": .null, "name": .string(name), "skip_ssh": .bool(skipSSH)])
        case .project(let id, let name): .object(["id": .int(id), "name": .string(name)])
        }
    }

    /// What `GET /api/orders/{id}` shows as `order_data`.
    package var orderData: JSONValue {
        var data: [String: JSONValue] = [
            "raw_order": .array(rawLines),
            "project": projectDocument,
            "region_id": .int(zone.id),
            "location_id": .int(locationID),
            "load_balancer_ip": zone.publicIP.map { .string($0) } ?? .null,
            "summary": .array(changes.map { .string($0) }),
            "total": .object(["hourly": .string(priceHour.decimal), "currency": .string(currency)]),
        ]
        if let externalID { data["external_id"] = .string(externalID) }
        return .object(data)
    }
}

extension OrderPlan.Service {
    var document: JSONValue {
        .object([
            "label": .string(label),
            "image_variant_id": .int(variantID),
            "product_id": productID.map { .int($0) } ?? .null,
            "qty": .int(containers),
            "cpu": .string(Decimal9.text(cpuMilli * 1_000_000)),
            "memory": .int(memoryMB),
            "price_per_hour": .string(priceHour.decimal),
            "domains": .array(domains.map { .string($0) }),
            "volumes": .array(
                volumes.map { volume in
                    .object([
                        "label": .string(volume.label),
                        "mount_path": .string(volume.mountPath),
                        "mount_ro": .bool(volume.readOnly),
                        "action": .string(volume.source == .create ? "create" : "mount"),
                    ])
                }),
        ])
    }
}
