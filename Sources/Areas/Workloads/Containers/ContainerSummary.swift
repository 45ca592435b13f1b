package import Basics
package import Identity

/// How a container is, in one word. v60 words; the first that is true counts.
package enum ContainerCondition: String, Sendable, CaseIterable {
    case migrating, starting, stopping, working, unhealthy, alert
    case resourceUsage = "resource_usage"
    case offline, online
}

/// A container as lists and single views show it.
package struct ContainerSummary: Sendable, Hashable {
    package let id: Int64
    package let name: String
    package let serviceID: Int64
    package let project: NamedID
    package let ownerID: Int64
    package let shouldRun: Bool
    /// As the zone's watcher last saw it.
    package let state: String
    package let cpuMilliMax: Int64
    package let createdAt: Moment
    package let updatedAt: Moment

    package internal(set) var location = NamedID(id: 0, name: "")
    package internal(set) var zone = NamedID(id: 0, name: "")
    package internal(set) var publicAddress: String?
    /// In the project's network; nil while nothing of it serves.
    package internal(set) var localAddress: String?
    /// Percent of what it may use, of the newest sample; 0 when there is none.
    package internal(set) var cpuPercent = 0.0
    package internal(set) var memoryPercent = 0.0
    package internal(set) var rules: [IngressRuleSummary] = []
    package internal(set) var condition = ContainerCondition.offline

    /// Whose it is, for the policy. It stays visible to its owner until it is gone.
    package var holder: Holder { Holder(noun: "container", ownerID: ownerID, projectID: project.id) }
}
