/// Everything the ingress of one zone must do: a value, made from the database, rendered by an adapter.
package struct IngressState: Sendable, Hashable {
    /// A group of servers that can answer for each other.
    package struct Backend: Sendable, Hashable {
        /// Unique in the zone, `[a-z0-9_-]+`.
        package let name: String
        package let servers: [Server]
        /// Servers that are still being started. They have their place, so that they become one of `servers` without
        /// any effort, but nobody speaks to them before that, not even to see whether they are well.
        package let opening: [Server]
        /// Talk TLS to the servers, without verifying their certificates.
        package let useTLS: Bool

        package init(name: String, servers: [Server], opening: [Server] = [], useTLS: Bool) {
            self.name = name
            self.servers = servers
            self.opening = opening
            self.useTLS = useTLS
        }
    }

    /// One address that answers.
    package struct Server: Sendable, Hashable {
        /// Unique in its backend, `[a-z0-9_-]+`.
        package let name: String
        package let address: String
        package let port: Int

        package init(name: String, address: String, port: Int) {
            self.name = name
            self.address = address
            self.port = port
        }
    }

    /// The backend that answers for a host name.
    package struct Route: Sendable, Hashable {
        /// Lower case, without a port.
        package let host: String
        package let backend: String

        package init(host: String, backend: String) {
            self.host = host
            self.backend = backend
        }
    }

    package let httpPort: Int
    package var routes: [Route]
    package var backends: [Backend]
    /// Servers that are health-checked but get no traffic yet: an instance must pass here before it serves.
    package var candidates: [Server]

    package init(httpPort: Int, routes: [Route], backends: [Backend], candidates: [Server]) {
        self.httpPort = httpPort
        self.routes = routes
        self.backends = backends
        self.candidates = candidates
    }
}

/// What Edge needs from the load balancer of one zone. Adapter: `HAProxyControl`.
package protocol LoadBalancer: Sendable {
    /// Makes the load balancer do what `state` says and answers when it does. The new state is checked before it is
    /// used; when it is refused or does not come up, the last good one goes on and `.invalid` or `.unavailable` is
    /// thrown. Doing it twice changes nothing the second time. Established connections are not cut.
    func apply(_ state: IngressState) async throws

    /// What the health checks say of each candidate and server at this moment, by server name.
    func health() async throws -> [String: ServerHealth]

    /// Whether all connections that were open before the last change have ended.
    func isDrained() async throws -> Bool

    /// Removes the load balancer and everything it left on the machine.
    func remove() async throws
}

/// The verdict of the health checks on one server.
package enum ServerHealth: String, Sendable, Hashable {
    /// Not checked yet.
    case unknown
    case healthy
    case failing
}
