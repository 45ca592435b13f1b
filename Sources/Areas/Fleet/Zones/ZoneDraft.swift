import Basics
import FoundationEssentials

/// What an operator enters to make a zone.
package struct ZoneDraft: Sendable, Hashable {
    package var locationID: Int64
    package var name: String
    /// `unix:///path` or `tcp://host:port`.
    package var docker: String
    /// A folder with `ca.pem`, `cert.pem` and `key.pem`; for `tcp://` only.
    package var tlsDirectory: String?
    package var ingressHTTPPort: Int
    package var ingressHTTPSPort: Int?
    package var appsDomain: String
    /// IPv4.
    package var publicIP: String?
    package var networkPool: String
    package var networkPrefix: Int
    package var fillTo: Int64
    package var overcommit: Bool

    package init(
        locationID: Int64, name: String, docker: String, tlsDirectory: String? = nil, ingressHTTPPort: Int,
        ingressHTTPSPort: Int? = nil, appsDomain: String, publicIP: String? = nil,
        networkPool: String = ZoneNetworks.defaultPool, networkPrefix: Int = ZoneNetworks.defaultPrefix,
        fillTo: Int64 = 500, overcommit: Bool = true
    ) {
        self.locationID = locationID
        self.name = name
        self.docker = docker
        self.tlsDirectory = tlsDirectory
        self.ingressHTTPPort = ingressHTTPPort
        self.ingressHTTPSPort = ingressHTTPSPort
        self.appsDomain = appsDomain
        self.publicIP = publicIP
        self.networkPool = networkPool
        self.networkPrefix = networkPrefix
        self.fillTo = fillTo
        self.overcommit = overcommit
    }

    /// The draft in its stored form: names trimmed, the domain in lower case. Throws one `.invalid` fault with a
    /// sentence for everything that is wrong. Reads the TLS folder, nothing else.
    package func checked() throws -> ZoneDraft {
        var copy = self
        var problems: [String] = []
        func check(_ body: () throws -> Void) rethrows {
            do { try body() } catch let fault as Fault { problems += fault.sentences }
        }
        try check { copy.name = try FleetLimits.name(name, of: "zone") }
        try check { try checkEndpoint() }
        try check { try checkTLSDirectory() }
        try check { try checkPorts() }
        try check { copy.appsDomain = try Self.domain(appsDomain) }
        if let publicIP, IPv4.parse(publicIP) == nil {
            problems.append("The public address \"\(publicIP)\" must be an IPv4 address such as 203.0.113.7.")
        }
        do throws(ZoneNetworks.Problem) {
            _ = try ZoneNetworks(pool: networkPool, prefix: networkPrefix)
        } catch {
            problems.append(error.description)
        }
        if fillTo < 1 { problems.append("A zone must be allowed to hold at least one container.") }
        guard problems.isEmpty else { throw Fault(.invalid, problems) }
        return copy
    }

    private func checkEndpoint() throws {
        let problem = Fault(
            .invalid,
            "The Docker endpoint \"\(docker)\" must be unix:///path/to/docker.sock or tcp://host:port.")
        guard docker.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { throw problem }
        if docker.hasPrefix("unix://") {
            let path = docker.dropFirst("unix://".count)
            // sockaddr_un has 108 bytes, one of them for the end.
            guard path.hasPrefix("/"), path.utf8.count > 1, path.utf8.count <= 107 else { throw problem }
            return
        }
        guard docker.hasPrefix("tcp://") else { throw problem }
        let rest = docker.dropFirst("tcp://".count)
        guard let colon = rest.lastIndex(of: ":"), colon != rest.startIndex else { throw problem }
        let digits = rest[rest.index(after: colon)...]
        guard digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let port = UInt16(digits), port > 0 else {
            throw problem
        }
        let host = rest[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
        guard isBracketed || !host.contains(where: { "/@:?#[]".contains($0) }) else { throw problem }
    }

    private func checkTLSDirectory() throws {
        guard let tlsDirectory else { return }
        guard docker.hasPrefix("tcp://") else {
            throw Fault(.invalid, "A TLS folder is for tcp:// endpoints; a unix:// socket needs none.")
        }
        guard tlsDirectory.hasPrefix("/") else {
            throw Fault(.invalid, "The TLS folder \"\(tlsDirectory)\" must be an absolute path.")
        }
        let missing = ["ca.pem", "cert.pem", "key.pem"].filter {
            !FileManager.default.isReadableFile(atPath: "\(tlsDirectory)/\($0)")
        }
        guard missing.isEmpty else {
            throw Fault(
                .invalid, "The TLS folder \"\(tlsDirectory)\" has no readable \(missing.joined(separator: ", ")).")
        }
    }

    private func checkPorts() throws {
        let allowed = 1...65535
        var problems: [String] = []
        if !allowed.contains(ingressHTTPPort) { problems.append("The ingress's HTTP port must be 1 to 65535.") }
        if let https = ingressHTTPSPort {
            if !allowed.contains(https) { problems.append("The ingress's HTTPS port must be 1 to 65535.") }
            if https == ingressHTTPPort { problems.append("The ingress's two ports must differ.") }
        }
        guard problems.isEmpty else { throw Fault(.invalid, problems) }
    }

    /// A domain name in lower case, without a dot at its end (RFC 1123 §2.1).
    static func domain(_ text: String) throws -> String {
        var name = FleetLimits.trimmed(text).lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let fits = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte == UInt8(ascii: "-")
                }
        }
        let looksLikeAddress = labels.last?.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } ?? true
        guard fits, !looksLikeAddress, name.utf8.count <= FleetLimits.appsDomainMax else {
            throw Fault(
                .invalid,
                """
                The apps domain "\(text)" must be a domain name such as apps.example.org: letters, digits and hyphens \
                between dots, at most \(FleetLimits.appsDomainMax) characters.
                """)
        }
        return name
    }
}
