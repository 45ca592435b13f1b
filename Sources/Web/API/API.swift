package import Basics
package import Contract
package import Hummingbird
package import Identity
package import Logging
import NIOCore
package import SQL

/// What the API needs from whoever assembles the server.
package struct APIDependencies: Sendable {
    package var database: any Database
    package var clock: any WallClock
    package var authenticator: Authenticator
    package var vault: Vault
    /// API key pairs may be exchanged for tokens.
    package var passwordGrant: Bool
    /// Where customers reach us, without a slash at the end: `https://berth.example`. Links start with it.
    package var publicURL: String
    /// Our release, as `/api/version` tells it.
    package var release: String
    package var logger: Logger
    /// Answers requests for pages; nil when this process has no role for that.
    package var pages: PageServing?
    /// Pages for everybody, whatever roles this process has.
    package var stillPages = StillPages()
    /// Takes one JSON line per request. See ``AccessLog``.
    package var accessLog: AccessLog?
    /// Counts requests; without limits unless the assembly gives some.
    package var limiter: RateLimiter
    /// Which web pages may read answers.
    package var crossOrigin = CrossOrigin.none
    /// Proxies that are believed in what they say of the client's address.
    package var trustedProxies: [IPNetwork] = []
    /// Until then a body must have arrived completely (408).
    package var bodyTime = Duration.seconds(EndpointLimits.bodySecondsMax)
    /// Whether requests can be served: an empty list, or a sentence per problem.
    package var readiness: @Sendable () async -> [String]
    /// The processes in a container, which exists. Throws `.conflict` when it does not run.
    package var processes: @Sendable (_ containerID: Int64) async throws -> [ProcessView]

    package init(
        database: any Database, clock: any WallClock, authenticator: Authenticator, vault: Vault,
        publicURL: String, release: String, logger: Logger, passwordGrant: Bool = true,
        pages: PageServing? = nil, accessLog: AccessLog? = nil,
        readiness: @escaping @Sendable () async -> [String] = { [] },
        processes: @escaping @Sendable (_ containerID: Int64) async throws -> [ProcessView] = { _ in [] }
    ) {
        self.database = database
        self.clock = clock
        self.authenticator = authenticator
        self.vault = vault
        self.passwordGrant = passwordGrant
        limiter = RateLimiter(.off, clock: clock)
        self.pages = pages
        self.publicURL = publicURL
        self.release = release
        self.logger = logger
        self.accessLog = accessLog
        self.readiness = readiness
        self.processes = processes
    }
}

/// Pages on the same listener: they share its request ids, access log and metrics, and nothing else.
package struct PageServing: Sendable {
    /// Whether a path is that of a page.
    let owns: @Sendable (Substring) -> Bool
    /// Whether a path that the API answers too has a page, for clients that want one.
    let shares: @Sendable (Substring) -> Bool
    /// The page; `address` is the client's, `requestID` names the request in logs and the audit trail.
    let respond: @Sendable (_ request: Request, _ address: String, _ requestID: String) async -> Response
    /// The page that says why a request for one got no further than the door.
    let refuse: @Sendable (_ status: HTTPResponse.Status, _ sentence: String) -> Response

    package init(
        owns: @escaping @Sendable (Substring) -> Bool,
        shares: @escaping @Sendable (Substring) -> Bool,
        respond: @escaping @Sendable (_ request: Request, _ address: String, _ requestID: String) async -> Response,
        refuse: @escaping @Sendable (_ status: HTTPResponse.Status, _ sentence: String) -> Response
    ) {
        self.owns = owns
        self.shares = shares
        self.respond = respond
        self.refuse = refuse
    }
}

/// The v60 HTTP API. ``serve(_:_:)`` is the only door: it knows the version gate, credentials, limits, decoding,
/// paging, errors and encoding, so that a handler is one call to an area.
///
/// The composition root asks for ``responder()`` and gives it to an `Application`.
package struct API: Sendable {
    let dependencies: APIDependencies
    let idempotency: IdempotencyKeys
    private(set) var routes = RouteTable()

    package init(_ dependencies: APIDependencies) throws {
        var dependencies = dependencies
        idempotency = IdempotencyKeys(
            database: dependencies.database, vault: dependencies.vault, clock: dependencies.clock)
        dependencies.database = MarkingDatabase(dependencies.database)
        self.dependencies = dependencies
        try serveVersion()
        serveOAuth()
        serveApplications()
        serveUsers()
        serveSSHKeys()
        serveAPIKeys()
        serveOrders()
        serveProjects()
        serveServices()
        serveContainers()
        serveEvents()
        serveCatalogue()
        serveOperations()
        serveCallbacks()
        serveCollaborators()
    }

    /// The endpoints that have a handler.
    package var served: [EndpointDescription] { routes.endpoints }

    /// What answers requests.
    package func responder() -> APIResponder { APIResponder(api: self) }

    /// Connects an endpoint with the area call that does it.
    mutating func serve<Input, Output>(
        _ endpoint: Endpoint<Input, Output>, _ handler: @escaping @Sendable (Call<Input>) async throws -> Output
    ) {
        serveWritten(endpoint) { call in
            let output = try await handler(call)
            return Answer(bytes: output is Nothing ? [] : try ViewEncoder.bytes(output))
        }
    }

    /// Connects an endpoint whose answer is a page of a list of `total` rows.
    mutating func serveList<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ handler: @escaping @Sendable (Call<Input>) async throws -> (Output, total: Int64)
    ) {
        serveWritten(endpoint) { call in
            let (output, total) = try await handler(call)
            return Answer(bytes: try ViewEncoder.bytes(output, capacity: 8192), total: total)
        }
    }

    /// Connects an endpoint whose handler writes the bytes itself, for hot lists. The bytes must be an `Output`.
    mutating func serveWritten<Input, Output>(
        _ endpoint: Endpoint<Input, Output>, _ handler: @escaping @Sendable (Call<Input>) async throws -> Answer
    ) {
        routes.add(endpoint.about) { facts, body in
            try await handler(Call(facts: facts, input: Body.decode(body, for: endpoint)))
        }
    }
}

/// What a handler gets.
struct Call<Input: Sendable>: Sendable {
    let facts: RequestFacts
    /// The decoded body.
    let input: Input

    /// Who asks. Anonymous endpoints have nobody.
    var caller: Caller { facts.caller }
    /// The first number in the path.
    var id: Int64 { facts.ids.first ?? 0 }
    /// What a change calls to learn whether the thing is still as the client has seen it: `body` writes the answer of
    /// the endpoint that shows it.
    func unchanged(
        _ body: @escaping @Sendable (_ id: Int64, _ caller: Caller, _ connection: any Connection) throws -> ByteBuffer
    ) -> Unchanged {
        guard let tags = facts.ifMatch else { return { _, _ in } }
        return { [caller] id, connection in
            guard EntityTag(of: try body(id, caller, connection)).isIn(tags) else { throw HTTPFault.hasChanged }
        }
    }
    /// The wanted page; the whole list, up to a limit, where v60 does not paginate and the client did not ask.
    var page: Page { facts.page ?? Page(number: 1, size: EndpointLimits.unpagedRowsMax) }
}

/// What a request said besides its body, already checked.
struct RequestFacts: Sendable {
    let caller: Caller
    let client: ClientAddress
    /// Numbers in the path, in order.
    let ids: [Int64]
    /// Words in the path, in order.
    let words: [String]
    let page: Page?
    let query: Query
    /// Which state of the thing a change is meant for: `If-Match`.
    let ifMatch: String?
    /// Seconds that the client prefers to wait for what goes on after the answer; nil when it does not.
    let wait: Int?
    /// The `Authorization` header, for endpoints that check it themselves.
    let authorization: String?
}

/// What a handler answers with.
package struct Answer: Sendable {
    var body: ByteBuffer
    /// Rows of the whole list; nil when the answer is no list.
    var total: Int64?
    /// When it is not the endpoint's usual one.
    var status: Int?
    /// What goes on after the answer.
    var operation: Int64?
    /// The path of what was made.
    var location: String?
    /// The handler has waited so many seconds at most, as the client prefers.
    var appliedWait: Int?

    init(body: ByteBuffer, total: Int64? = nil, status: Int? = nil) {
        self.body = body
        self.total = total
        self.status = status
    }

    init(bytes: [UInt8], total: Int64? = nil, status: Int? = nil) {
        self.init(body: ByteBuffer(bytes: bytes), total: total, status: status)
    }
}
