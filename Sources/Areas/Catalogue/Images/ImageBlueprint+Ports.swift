package import Basics

/// A port that containers of the image listen on.
package struct PortParam: Sendable, Hashable {
    /// What is spoken on the port.
    package enum Proto: String, Sendable, Hashable, CaseIterable {
        case http
        case https
        case tcp
        case tls
        case udp
    }

    /// How the customer's address is told to the container.
    package enum ProxyHeader: String, Sendable, Hashable, CaseIterable {
        case none
        case v1 = "send-proxy"
        case v2 = "send-proxy-v2"
        case v2TLS = "send-proxy-v2-ssl"
        case v2TLSName = "send-proxy-v2-ssl-cn"
    }

    package var id: Int64
    /// 1…65535
    package var port: Int
    package var proto: Proto
    /// Reachable from outside the project.
    package var external: Bool
    /// The container itself speaks TLS on this port.
    package var backendTLS: Bool
    package var proxyHeader: ProxyHeader
    package var tcpLoadBalancing: Bool
    package var createdAt: Moment
    package var updatedAt: Moment

    package init(
        id: Int64 = 0, port: Int, proto: Proto, external: Bool = false, backendTLS: Bool = false,
        proxyHeader: ProxyHeader = .none, tcpLoadBalancing: Bool = true,
        createdAt: Moment = Moment(milliseconds: 0), updatedAt: Moment = Moment(milliseconds: 0)
    ) {
        self.id = id
        self.port = port
        self.proto = proto
        self.external = external
        self.backendTLS = backendTLS
        self.proxyHeader = proxyHeader
        self.tcpLoadBalancing = tcpLoadBalancing
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A volume that every new service of the image begins with.
package struct VolumeParam: Sendable, Hashable {
    package var id: Int64
    package var label: String
    package var mountPath: String
    package var readOnly: Bool
    package var enableSFTP: Bool
    package var createdAt: Moment
    package var updatedAt: Moment

    package init(
        id: Int64 = 0, label: String, mountPath: String, readOnly: Bool = false, enableSFTP: Bool = true,
        createdAt: Moment = Moment(milliseconds: 0), updatedAt: Moment = Moment(milliseconds: 0)
    ) {
        self.id = id
        self.label = label
        self.mountPath = mountPath
        self.readOnly = readOnly
        self.enableSFTP = enableSFTP
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// An image that must be in the same project.
package struct Requirement: Sendable, Hashable {
    package var imageID: Int64
    package var imageLabel: String
    /// The role under which `dep.<role>` variables reach it.
    package var role: String
    /// The variant to order when nobody chose one: the relationship's own, else the image's default.
    package var defaultVariantID: Int64?

    package init(imageID: Int64, imageLabel: String, role: String, defaultVariantID: Int64? = nil) {
        self.imageID = imageID
        self.imageLabel = imageLabel
        self.role = role
        self.defaultVariantID = defaultVariantID
    }
}
