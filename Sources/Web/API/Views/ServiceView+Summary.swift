import Contract
import Workloads

extension ReferenceView {
    init(_ thing: NamedID) { self.init(id: thing.id, name: thing.name) }
}

extension ServiceView {
    init(_ service: ServiceSummary, url: String) {
        let image = service.image
        self.init(
            id: service.id, name: service.name, label: service.label, defaultDomain: service.defaultDomain,
            publicIp: service.publicAddresses, command: service.command, isLoadBalancer: image.isLoadBalancer,
            hasDomainManagement: service.hasHTTP, currentState: State(service.condition),
            labels: JSONObject(stored: service.labelsJSON), createdAt: Timestamp(service.createdAt),
            updatedAt: Timestamp(service.updatedAt), region: ReferenceView(service.location),
            availabilityZone: ReferenceView(service.zone), project: ReferenceView(service.project),
            image: ServiceImageView(image), package: ServicePackageView(service.package),
            ingressRules: service.ruleIDs, productId: service.package.productID, domains: service.domainIDs,
            deployedContainers: service.containers,
            links: ServiceLinksView(url: url, service: service.id, project: service.project.id))
    }
}

extension ServiceView.State {
    init(_ condition: ServiceCondition) {
        switch condition {
        case .working: self = .working
        case .alert: self = .alert
        case .activeAlert: self = .activeAlert
        case .unhealthy: self = .unhealthy
        case .offlineContainers: self = .offlineContainers
        case .resourceUsage: self = .resourceUsage
        case .online: self = .online
        case .inactive: self = .inactive
        }
    }
}

extension ServiceImageView {
    init(_ image: ServiceSummary.Image) {
        let version = image.variantLabel.isEmpty ? image.tag : image.variantLabel
        self.init(
            id: image.id, name: image.name, label: image.label, role: image.role,
            variant: Variant(
                id: image.variantID, label: image.variantLabel, name: "\(image.label)-\(version)", path: image.path,
                default: image.variantIsDefault, sort: image.position))
    }
}

extension ServicePackageView {
    init(_ package: ServiceSummary.Package) {
        self.init(
            label: package.label, cpu: DecimalText(milli: package.cpuMilli), memory: package.memoryMB,
            storage: package.storageGB, bandwidth: package.bandwidthGB, localDisk: package.localDiskGB,
            backup: package.backupGB, memorySwap: package.swapMB, memorySwappiness: package.swappiness)
    }
}
