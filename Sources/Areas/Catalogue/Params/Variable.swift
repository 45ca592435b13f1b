/// A value that Berth knows and a container may ask for, by its v60 path.
package enum Variable: Sendable, Hashable {
    /// What a service says about itself.
    package enum Fact: String, Sendable, Hashable, CaseIterable {
        /// The container's name, and the same without `-` and `_`.
        case name
        case nameShort = "name_short"
        case serviceName = "service_name"
        case serviceNameShort = "service_name_short"
        /// The name under which containers of the same project reach the service.
        case localDNS = "local_dns"
        case localDNSWithPort = "local_dns_with_port"
        case ip
        case ipWithPort = "ip_with_port"
        /// The port of the first ingress rule.
        case port
        case projectID = "project_id"
        case defaultDomain = "default_domain"
        case defaultDomainWithProto = "default_domain_with_proto"
        /// Base64 of the service's Ed25519 public key, `/` written as `\/` for use in sed scripts.
        case publicKey = "ec_pub_key"

        /// What one may ask of another service.
        package static let ofDependency: Set<Fact> = [
            .localDNS, .localDNSWithPort, .ip, .ipWithPort, .port, .projectID, .defaultDomain, .defaultDomainWithProto,
        ]
    }

    /// `region.endpoint.api`: where this Berth answers.
    case apiEndpoint
    /// `build.settings.<name>`
    case setting(String)
    /// `build.self.<fact>`
    case fact(Fact)
    /// `dep.<role>.parameters.settings.<name>`
    case settingOf(role: String, name: String)
    /// `dep.<role>.parameters.env.<name>`
    case environmentOf(role: String, name: String)
    /// `dep.<role>.self.<fact>`, formerly `dep.<role>.host.<fact>`
    case factOf(role: String, fact: Fact)

    /// nil for a path that means nothing.
    package init?(path: String) {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !parts.contains("") else { return nil }
        switch (parts.first, parts.count) {
        case ("region", 3) where path == "region.endpoint.api": self = .apiEndpoint
        case ("build", 3...) where parts[1] == "settings": self = .setting(parts[2...].joined(separator: "."))
        case ("build", 3) where parts[1] == "self":
            guard let fact = Fact(rawValue: parts[2]) else { return nil }
            self = .fact(fact)
        case ("dep", 5...) where parts[2] == "parameters" && parts[3] == "settings":
            self = .settingOf(role: parts[1], name: parts[4...].joined(separator: "."))
        case ("dep", 5...) where parts[2] == "parameters" && parts[3] == "env":
            self = .environmentOf(role: parts[1], name: parts[4...].joined(separator: "."))
        case ("dep", 4) where ["self", "host"].contains(parts[2]):
            guard let fact = Fact(rawValue: parts[3]), Fact.ofDependency.contains(fact) else { return nil }
            self = .factOf(role: parts[1], fact: fact)
        default: return nil
        }
    }
}
