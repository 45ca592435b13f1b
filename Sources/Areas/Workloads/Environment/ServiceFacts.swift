package import Basics

/// What is known of a service when an environment is resolved: read from rows for what exists, made up by the planner
/// for what is ordered, so that a mistake shows before anything is bought.
package struct ServiceFacts: Sendable {
    /// One environment variable before it is resolved.
    package struct Entry: Sendable, Hashable {
        package let name: String
        /// A path of ``Variable`` instead of text with marks.
        package let isVariable: Bool
        package let value: String

        package init(name: String, isVariable: Bool, value: String) {
            self.name = name
            self.isVariable = isVariable
            self.value = value
        }
    }

    /// The row's id; the planner counts what is not there yet as -1, -2, …
    package var id: Int64
    package var projectID: Int64
    package var name: String
    /// The image's role, by which dependants call it.
    package var role: String
    /// Opened values by name.
    package var settings: [String: Secret<String>]
    /// In the order of creation.
    package var environment: [Entry]
    /// Port of the first ingress rule.
    package var firstPort: Int?
    package var defaultDomain: String?
    /// The first container and its address; nil when there is none.
    package var containerName: String?
    package var address: String?
    /// The Ed25519 private key, base64, when the service has one.
    package var privateKey: Secret<String>?
    /// The services this one needs, in the order of their links. `dep.<role>` is the first whose image has that role.
    package var dependsOn: [Int64]

    package init(
        id: Int64, projectID: Int64, name: String, role: String, settings: [String: Secret<String>] = [:],
        environment: [Entry] = [], firstPort: Int? = nil, defaultDomain: String? = nil, containerName: String? = nil,
        address: String? = nil, privateKey: Secret<String>? = nil,
        dependsOn: [Int64] = []
    ) {
        self.id = id
        self.projectID = projectID
        self.name = name
        self.role = role
        self.settings = settings
        self.environment = environment
        self.firstPort = firstPort
        self.defaultDomain = defaultDomain
        self.containerName = containerName
        self.address = address
        self.privateKey = privateKey
        self.dependsOn = dependsOn
    }

    /// `name` as databases and users can be called: without `-` and `_`.
    package static func short(_ name: String) -> String { name.filter { $0 != "-" && $0 != "_" } }
}

/// What is known of the surroundings.
package struct Surroundings: Sendable, Hashable {
    /// Where this Berth answers, such as `https://berth.example/api`.
    package var apiEndpoint: String
    /// The zone's ports; no HTTPS port means it does not terminate TLS.
    package var httpPort: Int
    package var httpsPort: Int?

    package init(apiEndpoint: String, httpPort: Int, httpsPort: Int?) {
        self.apiEndpoint = apiEndpoint
        self.httpPort = httpPort
        self.httpsPort = httpsPort
    }

    /// The address of `domain` as a browser needs it.
    package func url(of domain: String) -> String {
        if let httpsPort { return httpsPort == 443 ? "https://\(domain)" : "https://\(domain):\(httpsPort)" }
        return httpPort == 80 ? "http://\(domain)" : "http://\(domain):\(httpPort)"
    }
}
