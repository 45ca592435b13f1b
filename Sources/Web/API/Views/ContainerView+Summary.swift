import Basics
import Contract
import Workloads

extension ContainerView {
    /// Where a container runs exactly is for the provider's staff.
    init(_ container: ContainerSummary, log: [ContainerSignals.Line] = [], for caller: Caller, url: String) {
        self.init(
            id: container.id, name: container.name, reqState: container.shouldRun ? .running : .stopped,
            stats: ContainerStatsView(cpu: container.cpuPercent, mem: container.memoryPercent),
            currentState: State(container.condition), localIp: container.localAddress,
            publicIp: container.publicAddress, createdAt: Timestamp(container.createdAt),
            updatedAt: Timestamp(container.updatedAt), projectId: container.project.id,
            containerServiceId: container.serviceID,
            region: caller.isAdmin ? ReferenceView(container.location) : nil,
            availabilityZone: ReferenceView(container.zone), logs: log.map(LogLineView.init),
            ingressRules: container.rules.map { IngressRuleView($0, url: url) }, onLatestImage: true,
            links: ContainerLinksView(
                url: url, container: container.id, service: container.serviceID, project: container.project.id))
    }
}

extension ContainerView.State {
    init(_ condition: ContainerCondition) {
        switch condition {
        case .migrating: self = .migrating
        case .starting: self = .starting
        case .stopping: self = .stopping
        case .working: self = .working
        case .unhealthy: self = .unhealthy
        case .alert: self = .alert
        case .resourceUsage: self = .resourceUsage
        case .offline: self = .offline
        case .online: self = .online
        }
    }
}

extension IngressRuleView {
    init(_ rule: IngressRuleSummary, url: String) {
        self.init(
            id: rule.id, port: rule.port, proto: rule.proto, externalAccess: rule.isExternal,
            backendSsl: rule.backendTLS, tcpProxyOpt: rule.tcpProxy, tcpLb: rule.tcpBalanced,
            createdAt: Timestamp(rule.createdAt), updatedAt: Timestamp(rule.updatedAt), regionId: rule.zoneID,
            containerServiceId: rule.serviceID,
            links: Links(domains: "\(url)/api/networks/ingress_rules/\(rule.id)/domains"),
            publicIp: rule.publicAddress)
    }
}

extension LogLineView {
    init(_ line: ContainerSignals.Line) {
        self.init(microseconds: line.atMicroseconds, container: line.container, text: line.text)
    }
}
