import Basics
import Contract
import HTTPTypes
package import Hummingbird
import Identity
import Logging
import NIOCore

/// The connection a request came on. Nothing is copied per request.
package struct ConnectionContext: InitializableFromSource, Sendable {
    let channel: any Channel

    package init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// Takes a request through the door: version, credentials, route, body, handler, answer.
package struct APIResponder: HTTPResponder {
    let api: API
    /// Counters of this responder, for `/metrics`.
    package let metrics: RequestMetrics
    private let requestIDs = RequestIDs()
    let deadlines: BodyDeadlines

    init(api: API) {
        self.api = api
        deadlines = BodyDeadlines(time: api.dependencies.bodyTime)
        metrics = RequestMetrics(routes: api.served.map { "\($0.method.rawValue) \($0.path)" })
    }

    package func respond(to request: Request, context: ConnectionContext) async -> Response {
        let started = ContinuousClock.now
        let address = ClientAddress(request, context.channel, behind: api.dependencies.trustedProxies)
        var visit = Visit(
            id: requestIDs.of(request), address: address, accept: request.headers.value(of: .accept))
        var response: Response
        do {
            response = try await handle(request, &visit)
        } catch {
            response = refuse(error, visit)
        }
        response.headers[.requestID] = visit.id
        if let budget = visit.budget { RateHeaders.write(budget, to: &response.headers) }
        if let origin = request.headers.value(of: .origin), !visit.isPage {
            api.dependencies.crossOrigin.write(origin, to: &response.headers)
        }
        let took = ContinuousClock.now - started
        metrics.count(route: visit.route, status: response.status.code, seconds: took.seconds)
        api.dependencies.accessLog?.write(
            AccessLog.Entry(
                at: api.dependencies.clock.now(), request: visit.id, method: request.method.rawValue,
                path: request.head.path ?? "", status: response.status.code, seconds: took.seconds,
                user: visit.userID))
        if request.method == .head { return response.createHeadResponse() }
        return response
    }

    /// What is known about a request as it goes along, for the log.
    struct Visit {
        let id: String
        let address: ClientAddress
        /// What the client takes.
        let accept: String?
        /// Refusals are to be written as RFC 9457 says.
        var wantsProblem: Bool { accept?.contains("application/problem+json") ?? false }
        /// The limit that the client will meet first.
        private(set) var budget: RateBudget?
        var route: Int?
        var isPage = false
        var dialect = EndpointDialect.v60
        var userID: Int64?

        /// Notes what a limit says; throws when it is exceeded.
        mutating func heed(_ budget: RateBudget?) throws(HTTPFault) {
            self.budget = RateBudget.tighter(self.budget, budget)
            if let budget, budget.isExceeded { throw .tooMany(budget) }
        }
    }

    var limiter: RateLimiter { api.dependencies.limiter }

    private func handle(_ request: Request, _ visit: inout Visit) async throws -> Response {
        let target = request.head.path ?? "/"
        let (path, queryText) = FormText.target(target)
        let found = api.routes.match(path)
        // Credentials of clients are not credentials of accounts; those endpoints check them themselves.
        let isOAuth = found?.dialect == .oauth
        visit.dialect = isOAuth ? .oauth : .v60
        let isStill = found == nil && api.dependencies.stillPages.owns(path)
        let pages = isStill ? nil : pages(path, found?.dialect, visit)
        visit.isPage = isStill || pages != nil
        guard target.utf8.count <= EndpointLimits.targetBytesMax else {
            throw Fault(.malformed, RefusalSentences.addressTooLong)
        }
        let headerBytes = request.headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count }
        guard headerBytes <= EndpointLimits.headerBytesMax else { throw HTTPFault.headersTooLarge }
        if found == nil, let probe = await probe(path) { return probe }
        try visit.heed(limiter.take(RateKey(.address, visit.address.number)))
        if isStill { return try api.dependencies.stillPages.respond(to: request, at: path) }
        if let pages {
            if request.method == .post { try visit.heed(limiter.take(RateKey(.form, visit.address.number))) }
            // A page never waits for a body itself: one place knows how long one may take.
            let body = try await Body.form(request, within: deadlines)
            return await pages.respond(Request(head: request.head, body: body), visit.address.text, visit.id)
        }
        switch Admission.judge(visit.accept) {
        case .welcome: break
        case .unsupportedVersion(let version): throw HTTPFault.unsupportedVersion(version)
        case .notAcceptable where request.method != .options: throw HTTPFault.notAcceptable
        case .notAcceptable: break
        }
        let query = Query(text: queryText)
        if isOAuth { try query.requireNoSecrets() }
        let principal = isOAuth ? nil : try await authenticate(request, query, &visit)
        visit.userID = principal?.userID

        guard let match = found else { throw HTTPFault.unknownCall }
        if request.method == .options { return api.dependencies.crossOrigin.options(request, allow: match.allow) }
        let method = request.method == .head ? "GET" : request.method.rawValue
        guard let route = match.route(for: method) else { throw HTTPFault.methodNotAllowed(match.allow) }
        visit.route = route.index
        let reading = route.endpoint.method == .get
        if case .account(let scopes) = route.endpoint.access {
            guard let principal else { throw HTTPFault.noCredentials }
            guard principal.scopes.intersects(scopes) else {
                if principal.means == .apiKey { throw Fault(.forbidden, "Only administrators may do this.") }
                throw HTTPFault.insufficientScope(scopes)
            }
        }
        var caller = Caller(
            userID: principal?.userID, isAdmin: principal?.actsAsStaff(reading: reading) ?? false,
            means: principal?.means ?? .apiKey, projects: principal?.projects,
            applicationID: principal?.applicationID, requestID: visit.id,
            address: reading ? "" : visit.address.text)
        if let principal { caller.shares = principal.shares }
        let asked = route.endpoint.paging == .none ? nil : try query.page()
        let page = asked ?? (route.endpoint.paging == .always ? Page.first : nil)
        let facts = RequestFacts(
            caller: caller, client: visit.address, ids: match.ids, words: match.words, page: page, query: query,
            ifMatch: request.headers.value(of: .ifMatch),
            wait: OperationWaiting.seconds(request.headers.value(of: .prefer)),
            authorization: isOAuth ? request.headers.value(of: .authorization) : nil)
        return try await perform(route, facts, request)
    }

    /// The panel, when a request is for one of its pages, or by a browser for what nobody has: its page says where to
    /// begin. A call of the API need not be compared with them.
    private func pages(_ path: Substring, _ dialect: EndpointDialect?, _ visit: Visit) -> PageServing? {
        guard let pages = api.dependencies.pages else { return nil }
        if dialect != .v60, pages.owns(path) { return pages }
        guard Admission.wantsPage(visit.accept) else { return nil }
        let isElsewhere = dialect == nil && path != "/api" && !path.hasPrefix("/api/") && !Self.probes.contains(path)
        return isElsewhere || pages.shares(path) ? pages : nil
    }

    private func refuse(_ error: any Error, _ visit: Visit) -> Response {
        let refusal = Refusal(error)
        if let cause = refusal.cause {
            api.dependencies.logger.error(
                "A request failed.", metadata: ["request_id": .string(visit.id), "cause": .string(cause)])
        }
        if visit.isPage, let pages = api.dependencies.pages {
            var page = pages.refuse(refusal.status, refusal.sentences.joined(separator: " "))
            for (name, value) in refusal.headers { page.headers[name] = value }
            return page
        }
        let isProblem = visit.wantsProblem && visit.dialect == .v60
        var headers: HTTPFields = [
            .contentType: isProblem ? "application/problem+json" : Self.json, .cacheControl: "no-store",
        ]
        for (name, value) in refusal.headers { headers[name] = value }
        let body = isProblem ? refusal.problem(visit.id) : refusal.body(visit.dialect)
        return Response(
            status: refusal.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    private static let probes: Set<Substring> = ["/healthz", "/readyz"]

    /// `/healthz`: the process answers. `/readyz`: it can do its work. Both know neither versions nor credentials.
    private func probe(_ path: Substring) async -> Response? {
        switch path {
        case "/healthz": return Self.plain(.ok, "ok\n")
        case "/readyz":
            let problems = await api.dependencies.readiness()
            if problems.isEmpty { return Self.plain(.ok, "ready\n") }
            return Self.plain(.serviceUnavailable, problems.joined(separator: "\n") + "\n")
        default: return nil
        }
    }

    static func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
