import Basics
import Catalogue

extension OrderDraft {
    /// Image, package and size of every line.
    mutating func judgeLines() {
        for (index, line) in request.lines.enumerated() {
            guard let blueprint = blueprint(for: line) else { continue }
            if let service = judge(line, blueprint) {
                services.append(service)
                lineOf.append(index)
            }
        }
    }

    private mutating func blueprint(for line: OrderRequest.Line) -> ImageBlueprint? {
        switch line.image {
        case .variant(let id):
            if let found = snapshot.blueprints[id], found.image.isOrderable(by: snapshot.caller) { return found }
            problems.append("Unknown image variant: \(id).")
        case .image(let id):
            if let variant = snapshot.defaultVariants[id], let found = snapshot.blueprints[variant],
                found.image.isOrderable(by: snapshot.caller)
            {
                return found
            }
            problems.append("Unknown image: \(id).")
        }
        return nil
    }

    private mutating func judge(_ line: OrderRequest.Line, _ blueprint: ImageBlueprint) -> OrderPlan.Service? {
        let image = blueprint.image
        let label = line.label ?? image.label
        if line.quantity > 1, !image.canScale {
            problems.append("\(label) cannot have more than one container, because \(image.label) does not scale.")
        }
        guard let size = judgeSize(line, image, label: label) else { return nil }
        return OrderPlan.Service(
            label: label, nameStem: OrderDraft.stem(label, or: image.name), imageLabel: image.label,
            imageID: image.id, variantID: blueprint.variant.id, productID: size.offer?.product.id,
            productLabel: size.offer?.product.label, cpuMilli: size.cpuMilli, memoryMB: size.memoryMB,
            command: image.command, settings: settings(line, blueprint), environment: blueprint.environment,
            ports: blueprint.ports, domainPort: OrderDraft.publicPort(blueprint.ports), domains: [],
            containers: line.quantity, volumes: [], dependsOn: [],
            priceHour: size.offer?.priceHour ?? Money(nano: 0))
    }

    private struct Size {
        let cpuMilli: Int64
        let memoryMB: Int64
        /// nil for a free image.
        let offer: ProductOffer?
    }

    private mutating func judgeSize(_ line: OrderRequest.Line, _ image: Image, label: String) -> Size? {
        if image.isFree {
            return Size(
                cpuMilli: image.minCPUMilli > 0 ? image.minCPUMilli : WorkloadLimits.freeCPUMilli,
                memoryMB: image.minMemoryMB > 0 ? image.minMemoryMB : WorkloadLimits.freeMemoryMB, offer: nil)
        }
        guard let id = line.productID else {
            problems.append("Missing package selection for \(label).")
            return nil
        }
        guard let offer = snapshot.offers[id] else {
            problems.append("Unknown package: \(id).")
            return nil
        }
        let product = offer.product
        guard offer.priceHour != nil, product.active else {
            problems.append("Invalid package: \(id). It is not sold in your plan; see the list of products.")
            return nil
        }
        if product.cpuMilli < image.minCPUMilli {
            problems.append(
                """
                The package \(product.label) is too small for \(label): \(image.label) needs at least \
                \(Decimal9.text(image.minCPUMilli * 1_000_000)) CPU.
                """)
        }
        if product.memoryMB < image.minMemoryMB {
            problems.append(
                """
                The package \(product.label) is too small for \(label): \(image.label) needs at least \
                \(image.minMemoryMB) MB of memory.
                """)
        }
        return Size(cpuMilli: product.cpuMilli, memoryMB: product.memoryMB, offer: offer)
    }

    /// The image's settings with the customer's values. Keys the image does not have are ignored, as v60 does.
    private func settings(_ line: OrderRequest.Line, _ blueprint: ImageBlueprint) -> [OrderPlan.Setting] {
        let given = Dictionary(line.params.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
        var settings = blueprint.settings.map { param in
            let value: String
            switch param.kind {
            case .static: value = given[param.name] ?? param.value ?? ""
            case .password:
                let chosen = given[param.name] ?? ""
                value = chosen.isEmpty ? secrets.password() : chosen
            }
            return OrderPlan.Setting(
                name: param.name, label: param.label, kind: param.kind.rawValue, value: Secret(value))
        }
        let wantsKey = blueprint.environment.contains {
            $0.kind == .variable && Variable(path: $0.value) == .fact(.publicKey)
        }
        if wantsKey {
            settings.append(
                OrderPlan.Setting(
                    name: WorkloadSnapshot.privateKeySetting, label: nil, kind: "password",
                    value: Secret(secrets.privateKey())))
        }
        return settings
    }

    /// Index of the port that customers' domains go to: the lowest public one, HTTP before TLS before TCP.
    static func publicPort(_ ports: [PortParam]) -> Int? {
        func rank(_ port: PortParam) -> Int {
            switch port.proto {
            case .http: 0
            case .https: 1
            case .tls: 2
            case .tcp: 3
            case .udp: 4
            }
        }
        return ports.indices.filter { ports[$0].external && ports[$0].proto != .udp }
            .min { (rank(ports[$0]), ports[$0].port) < (rank(ports[$1]), ports[$1].port) }
    }

    /// The beginning of a service's name, good in host names: `My Blog!` → `my-blog`.
    static func stem(_ label: String, or fallback: String) -> String {
        for text in [label, fallback] {
            let words = text.lowercased().utf8.split { !(97...122).contains($0) && !(48...57).contains($0) }
            var name = words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
            if let first = name.utf8.first, (48...57).contains(first) { name = "s\(name)" }
            name = String(name.prefix(WorkloadLimits.nameStemLengthMax))
            while name.hasSuffix("-") { name.removeLast() }
            if !name.isEmpty { return name }
        }
        return "service"
    }

    /// The lines as `order_data` keeps them; secrets that the customer chose are left out.
    func rawLines() -> [JSONValue] {
        services.indices.map { index in
            let (service, line) = (services[index], line(of: index))
            let passwords = Set(service.settings.filter { $0.kind == "password" }.map(\.name))
            var params: [String: JSONValue] = [:]
            for param in line.params {
                let secret = passwords.contains(param.key)
                params[param.key] = .object([
                    "value": secret ? .null : .string(param.value),
                    "type": .string(secret ? "password" : "static"),
                ])
            }
            return .object([
                "product_type": .string("container"),
                "source": .null,
                "label": .string(service.label),
                "image_variant_id": .int(service.variantID),
                "qty": .int(service.containers),
                "domains": .array(service.domains.map { .string($0) }),
                "resources": .object(["product_id": service.productID.map { .int($0) } ?? .null]),
                "addons": .array([]),
                "params": .object(params),
                "volume_config": .array(service.volumes.map(\.document)),
            ])
        }
    }
}

extension OrderPlan.Volume {
    fileprivate var document: JSONValue {
        var members: [String: JSONValue] = [
            "template_id": .int(templateID), "mount_ro": .bool(readOnly),
            "action": .string(source == .create ? "create" : "mount"),
        ]
        if case .existing(let id) = source { members["source"] = .int(id) }
        return .object(members)
    }
}
