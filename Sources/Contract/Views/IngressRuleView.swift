/// A port of a service on the wire.
package struct IngressRuleView: Codable, Sendable {
    package struct Links: Codable, Sendable {
        package let domains: String

        package init(domains: String) { self.domains = domains }
    }

    package let id: Int64
    package let port: Int64
    package let portNat: Int64
    package let proto: String
    package let externalAccess: Bool
    package let backendSsl: Bool
    package let tcpProxyOpt: String
    package let redirectSsl: Bool
    package let restrictCf: Bool
    package let tcpLb: Bool
    package let createdAt: Timestamp
    package let regionId: Int64?
    package let containerServiceId: Int64?
    package let updatedAt: Timestamp
    package let loadBalancerRuleId: Int64?
    package let internalLoadBalancerId: Int64?
    package let loadBalancedRules: [Int64]
    package let links: Links
    package let publicIp: String?

    package init(
        id: Int64, port: Int64, proto: String, externalAccess: Bool, backendSsl: Bool, tcpProxyOpt: String,
        tcpLb: Bool, createdAt: Timestamp, updatedAt: Timestamp, regionId: Int64?, containerServiceId: Int64?,
        links: Links, publicIp: String?
    ) {
        self.id = id
        self.port = port
        portNat = 0
        self.proto = proto
        self.externalAccess = externalAccess
        self.backendSsl = backendSsl
        self.tcpProxyOpt = tcpProxyOpt
        redirectSsl = false
        restrictCf = false
        self.tcpLb = tcpLb
        self.createdAt = createdAt
        self.regionId = regionId
        self.containerServiceId = containerServiceId
        self.updatedAt = updatedAt
        loadBalancerRuleId = nil
        internalLoadBalancerId = nil
        loadBalancedRules = []
        self.links = links
        self.publicIp = publicIp
    }
}

/// `{"ingress_rules": […]}`
package struct IngressRuleList: Codable, Sendable {
    package let ingressRules: [IngressRuleView]

    package init(_ rules: [IngressRuleView]) { ingressRules = rules }
}
