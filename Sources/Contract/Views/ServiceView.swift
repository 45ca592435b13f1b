/// A container service on the wire.
package struct ServiceView: Codable, Sendable {
    package enum State: String, WireWord {
        case working, alert
        case activeAlert = "active_alert"
        case unhealthy
        case offlineContainers = "offline_containers"
        case resourceUsage = "resource_usage"
        case online, inactive
    }

    package let id: Int64
    package let name: String
    package let label: String?
    package let defaultDomain: String?
    package let publicIp: [String]
    package let command: String?
    package let isLoadBalancer: Bool
    package let hasDomainManagement: Bool
    package let containerImageId: Int64
    package let currentState: State
    package let autoScale: Bool
    package let autoScaleHorizontal: Bool
    package let autoScaleMax: DecimalText
    package let labels: JSONObject
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let region: ReferenceView?
    package let availabilityZone: ReferenceView?
    package let project: ReferenceView?
    package let image: ServiceImageView
    package let package: ServicePackageView
    package let hasSftp: Bool
    package let ingressRules: [Int64]
    package let productId: Int64?
    package let bastions: [Int64]
    package let domains: [Int64]
    package let deployedContainers: Int64
    package let help: ServiceHelpView
    package let links: ServiceLinksView

    package init(
        id: Int64, name: String, label: String?, defaultDomain: String?, publicIp: [String], command: String?,
        isLoadBalancer: Bool, hasDomainManagement: Bool, currentState: State, labels: JSONObject,
        createdAt: Timestamp, updatedAt: Timestamp, region: ReferenceView?, availabilityZone: ReferenceView?,
        project: ReferenceView?, image: ServiceImageView, package: ServicePackageView, ingressRules: [Int64],
        productId: Int64?, domains: [Int64], deployedContainers: Int64, links: ServiceLinksView
    ) {
        self.id = id
        self.name = name
        self.label = label
        self.defaultDomain = defaultDomain
        self.publicIp = publicIp
        self.command = command
        self.isLoadBalancer = isLoadBalancer
        self.hasDomainManagement = hasDomainManagement
        containerImageId = image.id
        self.currentState = currentState
        autoScale = false
        autoScaleHorizontal = false
        autoScaleMax = DecimalText(nano: 0)
        self.labels = labels
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.region = region
        self.availabilityZone = availabilityZone
        self.project = project
        self.image = image
        self.package = package
        hasSftp = false
        self.ingressRules = ingressRules
        self.productId = productId
        bastions = []
        self.domains = domains
        self.deployedContainers = deployedContainers
        help = ServiceHelpView()
        self.links = links
    }
}

/// The image of a service.
package struct ServiceImageView: Codable, Sendable {
    package struct Variant: Codable, Sendable {
        package let id: Int64
        package let label: String?
        package let name: String
        package let path: String
        package let `default`: Bool
        package let sort: Int64

        package init(id: Int64, label: String?, name: String, path: String, default: Bool, sort: Int64) {
            self.id = id
            self.label = label
            self.name = name
            self.path = path
            self.default = `default`
            self.sort = sort
        }
    }

    package let id: Int64
    package let name: String
    package let label: String
    package let role: String
    package let variant: Variant

    package init(id: Int64, name: String, label: String, role: String, variant: Variant) {
        self.id = id
        self.name = name
        self.label = label
        self.role = role
        self.variant = variant
    }
}

/// The package of a service.
package struct ServicePackageView: Codable, Sendable {
    package let label: String
    package let cpu: DecimalText
    package let memory: Int64
    package let storage: Int64?
    package let bandwidth: Int64?
    package let localDisk: Int64
    package let backup: Int64
    package let memorySwap: Int64?
    package let memorySwappiness: Int64?

    package init(
        label: String, cpu: DecimalText, memory: Int64, storage: Int64?, bandwidth: Int64?, localDisk: Int64,
        backup: Int64, memorySwap: Int64?, memorySwappiness: Int64?
    ) {
        self.label = label
        self.cpu = cpu
        self.memory = memory
        self.storage = storage
        self.bandwidth = bandwidth
        self.localDisk = localDisk
        self.backup = backup
        self.memorySwap = memorySwap
        self.memorySwappiness = memorySwappiness
    }
}

/// Texts for people, by topic.
package struct ServiceHelpView: Codable, Sendable {
    package let general: String?
    package let ssh: String?
    package let remote: String?
    package let domain: String?

    package init(general: String? = nil, ssh: String? = nil, remote: String? = nil, domain: String? = nil) {
        self.general = general
        self.ssh = ssh
        self.remote = remote
        self.domain = domain
    }
}

/// Where more about a service is.
package struct ServiceLinksView: Codable, Sendable {
    package let project: String
    package let bastions: String
    package let containers: String
    package let events: String
    package let ingressRules: String
    package let metadata: String
    package let logs: String
    package let products: String

    package init(url: String, service id: Int64, project projectID: Int64) {
        let own = "\(url)/api/container_services/\(id)"
        project = "\(url)/api/projects/\(projectID)"
        bastions = "\(own)/bastions"
        containers = "\(own)/containers"
        events = "\(own)/events"
        ingressRules = "\(own)/ingress_rules"
        metadata = "\(own)/metadata"
        logs = "\(own)/logs"
        products = "\(url)/api/products"
    }
}

/// `{"container_services": […]}`
package struct ServiceList: Codable, Sendable {
    package let containerServices: [ServiceView]

    package init(_ services: [ServiceView]) { containerServices = services }
}

/// `{"container_service": {…}, "container_image": {…}}`
package struct ServiceAnswer: Codable, Sendable {
    package let containerService: ServiceView
    package let containerImage: ImageView

    package init(_ service: ServiceView, _ image: ImageView) {
        containerService = service
        containerImage = image
    }
}
