package import Basics
package import Identity

/// How a service is, in one word. v60 words; the first that is true counts.
package enum ServiceCondition: String, Sendable, CaseIterable {
    case working, alert
    case activeAlert = "active_alert"
    case unhealthy
    case offlineContainers = "offline_containers"
    case resourceUsage = "resource_usage"
    case online, inactive
}

/// A service as lists and single views show it.
package struct ServiceSummary: Sendable, Hashable {
    /// What it runs.
    package struct Image: Sendable, Hashable {
        package let id: Int64
        package let name: String
        package let label: String
        package let role: String
        package let isLoadBalancer: Bool
        package let variantID: Int64
        package let variantLabel: String
        package let tag: String
        /// With registry and tag, as one pulls it.
        package let path: String
        package let variantIsDefault: Bool
        package let position: Int64
    }

    /// The resources it was sold.
    package struct Package: Sendable, Hashable {
        package let productID: Int64?
        package let label: String
        package let cpuMilli: Int64
        package let memoryMB: Int64
        package let storageGB: Int64?
        package let bandwidthGB: Int64?
        package let localDiskGB: Int64
        package let backupGB: Int64
        package let swapMB: Int64?
        package let swappiness: Int64?
    }

    package let id: Int64
    package let name: String
    package let label: String
    package let command: String?
    /// A JSON object.
    package let labelsJSON: String
    package let createdAt: Moment
    package let updatedAt: Moment
    package let project: NamedID
    package let ownerID: Int64
    package let isLeaving: Bool
    package let image: Image
    package let package: Package

    package internal(set) var location = NamedID(id: 0, name: "")
    package internal(set) var zone = NamedID(id: 0, name: "")
    package internal(set) var publicAddresses: [String] = []
    package internal(set) var defaultDomain: String?
    package internal(set) var hasHTTP = false
    package internal(set) var ruleIDs: [Int64] = []
    package internal(set) var domainIDs: [Int64] = []
    package internal(set) var containers: Int64 = 0
    package internal(set) var condition = ServiceCondition.inactive

    /// Whose it is, for the policy. It stays visible to its owner until it is gone.
    package var holder: Holder { Holder(noun: "container service", ownerID: ownerID, projectID: project.id) }
}
