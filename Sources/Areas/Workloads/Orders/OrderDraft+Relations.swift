import Basics
import Catalogue
import Fleet

extension OrderDraft {
    /// Every image that a service needs must be in the order or in the project already; the order comes first.
    mutating func linkDependencies() {
        let existing = (snapshot.project?.services ?? [:]).values.sorted { $0.facts.id < $1.facts.id }
        // A line that was refused is still in the order: do not complain about what would be there.
        let ordered = Set(
            request.lines.compactMap { line in
                switch line.image {
                case .variant(let id): snapshot.blueprints[id]?.image.id
                case .image(let id): id
                }
            })
        for index in services.indices {
            guard let blueprint = blueprint(of: index) else { continue }
            for requirement in blueprint.requires {
                if let other = services.indices.first(where: {
                    $0 != index && services[$0].imageID == requirement.imageID
                }) {
                    services[index].dependsOn.append(.planned(other))
                } else if let other = existing.first(where: { $0.imageID == requirement.imageID }) {
                    services[index].dependsOn.append(.existing(other.facts.id))
                } else if !ordered.contains(requirement.imageID), !projectIsUnknown {
                    problems.append(
                        """
                        \(services[index].label) needs \(requirement.imageLabel) (image \(requirement.imageID)) in \
                        the order or in the project.
                        """)
                }
            }
        }
    }

    /// Positions so that what is needed comes before what needs it; a circle is entered at its first member.
    func buildOrder() -> [Int] {
        var order: [Int] = []
        var visited: Set<Int> = []
        func visit(_ index: Int) {
            guard visited.insert(index).inserted else { return }
            for case .planned(let other) in services[index].dependsOn { visit(other) }
            order.append(index)
        }
        for index in services.indices { visit(index) }
        return order
    }

    /// What becomes of every volume template of every image.
    mutating func judgeVolumes() {
        var creators: [Int64: Int] = [:]
        for index in services.indices {
            for template in blueprint(of: index)?.volumes ?? []
            where action(of: template.id, service: index) == .create && creators[template.id] == nil {
                creators[template.id] = index
            }
        }
        for index in services.indices {
            guard let blueprint = blueprint(of: index) else { continue }
            for instruction in line(of: index).volumes
            where !blueprint.volumes.contains(where: { $0.id == instruction.templateID }) {
                problems.append(
                    "\(services[index].label) has no volume template \(instruction.templateID); leave it out.")
            }
            for template in blueprint.volumes {
                guard let source = volumeSource(template, service: index, creators: creators) else { continue }
                let instruction = line(of: index).volumes.first { $0.templateID == template.id }
                services[index].volumes.append(
                    OrderPlan.Volume(
                        templateID: template.id, label: template.label, mountPath: template.mountPath,
                        readOnly: instruction?.readOnly ?? template.readOnly, source: source))
            }
        }
    }

    private func action(of template: Int64, service: Int) -> OrderRequest.VolumeAction {
        line(of: service).volumes.first { $0.templateID == template }?.action ?? .create
    }

    /// nil when the volume is skipped or cannot be had.
    private mutating func volumeSource(
        _ template: VolumeParam, service: Int, creators: [Int64: Int]
    ) -> OrderPlan.VolumeSource? {
        let label = services[service].label
        switch action(of: template.id, service: service) {
        case .create: return .create
        case .skip: return nil
        case .mount(.template(let id)):
            if let creator = creators[id], creator != service { return .planned(service: creator, templateID: id) }
            problems.append(
                "\(label) wants to mount the volume of template \(id), but no other part of the order creates it.")
        case .mount(.volume(let id)):
            if snapshot.project?.volumeIDs.contains(id) == true { return .existing(id) }
            problems.append("\(label) wants to mount the volume \(id), which is not in the project.")
        }
        return nil
    }

    /// Names that customers bring: well formed, not ours, not taken, not twice.
    mutating func judgeDomains() {
        var seen: Set<String> = []
        for index in services.indices {
            let wanted = line(of: index).domains
            if !wanted.isEmpty, services[index].domainPort == nil {
                problems.append("\(services[index].label) has no public port, so a domain cannot lead to it.")
            }
            for text in wanted {
                do throws(DomainName.Problem) {
                    let name = try DomainName(text)
                    if let apps = snapshot.appsDomains.first(where: { name.isInside($0) }) {
                        problems.append("The domain \(name.text) is inside \(apps), where only Berth gives out names.")
                    } else if snapshot.takenDomains.contains(name.text) {
                        problems.append("The domain \(name.text) is in use already.")
                    } else if !seen.insert(name.text).inserted {
                        problems.append("The domain \(name.text) is in the order twice.")
                    } else {
                        services[index].domains.append(name.text)
                    }
                } catch {
                    problems.append("The domain \(FieldReader.shown(.string(text))) \(error.what).")
                }
            }
        }
    }

    /// Resolves everything with made-up names and addresses: what fails now would fail when containers are built.
    mutating func judgeEnvironment(_ zone: Zone?) {
        var project = (snapshot.project?.services ?? [:]).mapValues(\.facts)
        for index in services.indices {
            let facts = plannedFacts(index)
            project[facts.id] = facts
        }
        let surroundings = Surroundings(
            apiEndpoint: "https://localhost/api", httpPort: zone?.ingressHTTPPort ?? 80,
            httpsPort: zone?.ingressHTTPSPort)
        for index in services.indices {
            guard let facts = project[Int64(-1 - index)] else { continue }
            let resolver = EnvironmentResolver(service: facts, project: project, surroundings: surroundings)
            let found = resolver.environment().problems + resolver.arguments(services[index].command).problems
            problems += found.map { "\(services[index].label): \($0)" }
        }
    }

    private func plannedFacts(_ index: Int) -> ServiceFacts {
        let service = services[index]
        let name = service.nameStem
        let key = service.settings.first { $0.name == WorkloadSnapshot.privateKeySetting }
        let shown = service.settings.filter { $0.name != WorkloadSnapshot.privateKeySetting }
        return ServiceFacts(
            id: Int64(-1 - index), projectID: snapshot.project?.id ?? -1, name: name,
            role: blueprint(of: index)?.image.role ?? "",
            settings: Dictionary(shown.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
            environment: service.environment.map {
                ServiceFacts.Entry(name: $0.name, isVariable: $0.kind == .variable, value: $0.value)
            },
            firstPort: service.ports.first?.port,
            defaultDomain: service.domainPort == nil ? nil : "\(name).\(WorkloadLimits.placeholderDomain)",
            containerName: "\(name)-1", address: WorkloadLimits.placeholderAddress, privateKey: key?.value,
            dependsOn: service.dependsOn.map { reference in
                switch reference {
                case .planned(let other): Int64(-1 - other)
                case .existing(let id): id
                }
            })
    }
}
