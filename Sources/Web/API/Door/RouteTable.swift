import Contract

/// Which endpoint a path and method mean. A trie over path segments, built once.
///
/// Our own instead of the framework's router because 405 with `Allow`, `HEAD`, `OPTIONS`, ids that are digits only and
/// the route's name for metrics all come from it.
struct RouteTable: Sendable {
    typealias Run = @Sendable (RequestFacts, BodyBytes) async throws -> Answer

    /// A class, because a request hands it on several times and what describes an endpoint has many parts.
    final class Route: Sendable {
        let endpoint: EndpointDescription
        let run: Run
        /// Position in ``endpoints``, for metrics.
        let index: Int

        init(endpoint: EndpointDescription, run: @escaping Run, index: Int) {
            self.endpoint = endpoint
            self.run = run
            self.index = index
        }
    }

    /// What was found at a path.
    struct Match {
        var ids: [Int64] = []
        var words: [String] = []
        var routes: [(EndpointMethod, Route)] = []

        /// All methods of a path have the same.
        var dialect: EndpointDialect? { routes.first?.1.endpoint.dialect }

        func route(for method: String) -> Route? { routes.first { $0.0.rawValue == method }?.1 }

        /// `GET, HEAD, PATCH`
        var allow: String {
            let methods = routes.map(\.0.rawValue)
            return (methods + (methods.contains("GET") ? ["HEAD"] : []) + ["OPTIONS"]).sorted().joined(separator: ", ")
        }
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameter: Int?
        /// Parameters that are words; all others are numbers.
        var parameterIsWord = false
        var routes: [(EndpointMethod, Route)] = []
    }

    private var nodes = [Node()]
    /// Paths without parameters, which are what most clients call most: found without taking them apart.
    private var fixed: [Substring: Match] = [:]
    private(set) var endpoints: [EndpointDescription] = []

    /// Path parameters that are not numbers.
    private static let wordParameters: Set<String> = ["order_id", "action", "collaboration_id"]

    mutating func add(_ endpoint: EndpointDescription, _ run: @escaping Run) {
        var at = 0
        for segment in endpoint.path.split(separator: "/") {
            at = segment.hasPrefix("{") ? parameter(at, String(segment.dropFirst().dropLast())) : literal(at, segment)
        }
        let route = Route(endpoint: endpoint, run: run, index: endpoints.count)
        endpoints.append(endpoint)
        for method in endpoint.methods { nodes[at].routes.append((method, route)) }
        if !endpoint.path.contains("{") { fixed[Substring(endpoint.path)] = Match(routes: nodes[at].routes) }
    }

    /// The routes at `path`; nil when there is no such path, or a number in it is none.
    func match(_ path: Substring) -> Match? {
        if let match = fixed[path] { return match }
        var match = Match()
        var at = 0
        var rest = path
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        for segment in rest.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            if let next = nodes[at].literals[String(segment)] {
                at = next
                continue
            }
            guard let next = nodes[at].parameter, !segment.isEmpty else { return nil }
            if nodes[at].parameterIsWord {
                match.words.append(String(segment))
            } else {
                guard let id = Self.id(segment) else { return nil }
                match.ids.append(id)
            }
            at = next
        }
        if nodes[at].routes.isEmpty { return nil }
        match.routes = nodes[at].routes
        return match
    }

    /// Digits only, at most what fits.
    static func id(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        return Int64(text)
    }

    private mutating func literal(_ at: Int, _ segment: Substring) -> Int {
        if let next = nodes[at].literals[String(segment)] { return next }
        nodes.append(Node())
        nodes[at].literals[String(segment)] = nodes.count - 1
        return nodes.count - 1
    }

    private mutating func parameter(_ at: Int, _ name: String) -> Int {
        nodes[at].parameterIsWord = Self.wordParameters.contains(name)
        if let next = nodes[at].parameter { return next }
        nodes.append(Node())
        nodes[at].parameter = nodes.count - 1
        return nodes.count - 1
    }
}
