import Basics
import Crypto
package import Edge

/// What HAProxy reads, made from what the ingress should do: a pure function, equal input gives equal text.
///
/// Two files: the configuration with one backend per group of servers, and the map from host names to backends. The map
/// is apart so that a host comes and goes through the runtime API, without a reload, and costs a tree lookup instead of
/// a line of rules. A started server is put into service in the same way. So there are two hashes that the running
/// process can be asked for: in the configuration of what needs a reload, in the map of what does not.
///
/// Everything that came from a person is checked against a list of allowed characters here, whatever was checked
/// before: a space or a line break would be configuration.
package struct HAProxyConfiguration: Sendable, Hashable {
    /// `haproxy.cfg`
    package let configuration: String
    /// `hosts.map`
    package let map: String
    /// Names the content of both files: `<hash>-<hash>`.
    package let name: String
    /// The first of the two: while it stays the same, no reload is needed.
    let reloadHash: String

    /// Throws `.invalid` when a name, host, address or port cannot be written safely, or a route leads nowhere.
    package init(_ state: IngressState) throws {
        try Self.check(state)
        let routes = state.routes.map { "\($0.host) \($0.backend)\n" }.sorted().joined()
        let opening = state.backends.flatMap { backend in backend.opening.map { "\(backend.name)/\($0.name)\n" } }
        reloadHash = Self.hash(HAProxyText.sections(state.opened))
        let runtimeHash = Self.hash(routes + opening.sorted().joined())
        configuration = HAProxyText.global(description: reloadHash) + HAProxyText.sections(state)
        // In front of the hosts, and no host: it has a character that none may have.
        map = "!generation \(runtimeHash)\n" + routes
        name = "\(reloadHash)-\(runtimeHash)"
    }

    /// 64 bits of SHA-256: nobody can make two states with one name.
    private static func hash(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).prefix(8).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

extension HAProxyConfiguration {
    private static func check(_ state: IngressState) throws {
        guard (1...65535).contains(state.httpPort) else { throw refusal("port", "\(state.httpPort)") }
        var backends: Set<String> = HAProxyText.reservedBackends
        for backend in state.backends {
            guard isName(backend.name), backends.insert(backend.name).inserted else {
                throw refusal("backend name", backend.name)
            }
            try check(backend.servers + backend.opening)
        }
        try check(state.candidates)
        var hosts: Set<String> = []
        for route in state.routes {
            guard isHost(route.host) else { throw refusal("host name", route.host) }
            guard hosts.insert(route.host).inserted else { throw refusal("second entry for the host", route.host) }
            guard backends.contains(route.backend), !HAProxyText.reservedBackends.contains(route.backend) else {
                throw refusal("backend of a route", route.backend)
            }
        }
    }

    private static func check(_ servers: [IngressState.Server]) throws {
        var names: Set<String> = []
        for server in servers {
            guard isName(server.name), names.insert(server.name).inserted else {
                throw refusal("server name", server.name)
            }
            guard isAddress(server.address) else { throw refusal("address", server.address) }
            guard (1...65535).contains(server.port) else { throw refusal("port", "\(server.port)") }
        }
    }

    private static func refusal(_ what: String, _ value: String) -> Fault {
        let shown = value.unicodeScalars.prefix(80).map { $0.properties.isWhitespace ? "␣" : "\($0)" }.joined()
        return Fault(.invalid, "The ingress cannot use the \(what) “\(shown)”. Correct it and try again.")
    }

    /// `[a-z0-9_-]{1,64}`
    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }
    }

    /// A host name of at most 253 bytes in lower case: labels of letters, digits, `-` and `_`, joined by dots.
    private static func isHost(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
    }

    /// The characters of an IPv4 or IPv6 address; HAProxy itself checks the rest.
    private static func isAddress(_ text: String) -> Bool {
        guard (2...45).contains(text.utf8.count) else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: ":")
        } && (text.utf8.contains(UInt8(ascii: ".")) || text.utf8.contains(UInt8(ascii: ":")))
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

extension IngressState {
    /// The same with everything in service that is being started.
    fileprivate var opened: IngressState {
        var state = self
        state.backends = backends.map { Backend(name: $0.name, servers: $0.servers + $0.opening, useTLS: $0.useTLS) }
        return state
    }
}
