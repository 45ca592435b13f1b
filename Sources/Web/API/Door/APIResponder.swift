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

    /// The client's; empty when the connection has none.
    package var address: String { channel.remoteAddress?.ipAddress ?? "" }
}

/// Takes a request through the door: version, credentials, route, body, handler, answer.
package struct APIResponder: HTTPResponder {
    let api: API
    /// Counters of this responder, for `/metrics`.
    package let metrics: RequestMetrics
    private let requestIDs = RequestIDs()

    init(api: API) {
        self.api = api
        metrics = RequestMetrics(routes: api.served.map { "\($0.method.rawValue) \($0.path)" })
    }

    package func respond(to request: Request, context: ConnectionContext) async -> Response {
        let started = ContinuousClock.now
        var visit = Visit(id: requestIDs.of(request))
        var response: Response
        do {
            response = try await handle(request, context, &visit)
        } catch {
            response = refuse(error, visit)
        }
        response.headers[.requestID] = visit.id
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
        var route: Int?
        var dialect = EndpointDialect.v60
        var userID: Int64?
    }

    private func handle(
        _ request: Request, _ context: ConnectionContext, _ visit: inout Visit
    ) async throws -> Response {
        let target = request.head.path ?? "/"
        guard target.utf8.count <= EndpointLimits.targetBytesMax else {
            throw Fault(.malformed, "The address is too long; at most \(EndpointLimits.targetBytesMax) bytes.")
        }
        let path = target.prefix { $0 != "?" }
        if let probe = await probe(path) { return probe }
        if let pages = api.dependencies.pages,
            pages.owns(path) || Admission.wantsPage(request.headers[.accept]) && pages.shares(path)
        {
            return await pages.respond(request, context.address, visit.id)
        }
        switch Admission.judge(request.headers[.accept]) {
        case .welcome: break
        case .unsupportedVersion(let version): throw HTTPFault.unsupportedVersion(version)
        case .notAcceptable where request.method != .options: throw HTTPFault.notAcceptable
        case .notAcceptable: break
        }
        let query = Query(text: target.dropFirst(path.count + 1))
        let found = api.routes.match(path)
        // Credentials of clients are not credentials of accounts; those endpoints check them themselves.
        let isOAuth = found?.dialect == .oauth
        visit.dialect = isOAuth ? .oauth : .v60
        if isOAuth { try query.requireNoSecrets() }
        let principal = isOAuth ? nil : try await authenticate(request, query, context)
        visit.userID = principal?.userID

        guard let match = found else { throw HTTPFault.unknownCall }
        if request.method == .options { return options(match) }
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
        let caller = Caller(
            userID: principal?.userID, isAdmin: principal?.actsAsStaff(reading: reading) ?? false,
            means: principal?.means ?? .apiKey, projects: principal?.projects,
            applicationID: principal?.applicationID, requestID: visit.id,
            address: reading ? "" : context.address)
        let asked = route.endpoint.paging == .none ? nil : try query.page()
        let page = asked ?? (route.endpoint.paging == .always ? Page.first : nil)
        let facts = RequestFacts(
            caller: caller, ids: match.ids, words: match.words, page: page, query: query,
            authorization: isOAuth ? request.headers[.authorization] : nil)
        let answer = try await route.run(facts, Body.read(request, for: route.endpoint))
        return respond(answer, route.endpoint, facts, path)
    }

    private func authenticate(
        _ request: Request, _ query: Query, _ context: ConnectionContext
    ) async throws -> Principal? {
        guard let header = request.headers[.authorization] else {
            if try query.first("access_token") != nil || query.first("bearer_token") != nil {
                throw HTTPFault.tokenInAddress
            }
            return nil
        }
        let authenticator = api.dependencies.authenticator
        let known = authenticator.recall(header)
        let principal = if let known { known } else { try await find(header) }
        guard let found = principal else { return nil }
        // Only tokens are limited to addresses.
        guard found.isAccepted(from: { context.channel.remoteAddress?.ipAddress }) else { throw HTTPFault.badToken }
        if known == nil { authenticator.noteUse(of: found) }
        return found
    }

    /// The principal behind a header that is not remembered; nil for a scheme that is not ours.
    private func find(_ header: String) async throws -> Principal? {
        let authenticator = api.dependencies.authenticator
        switch header.prefix(while: { $0 != " " }).lowercased() {
        case "basic":
            guard let principal = try await authenticator.basic(header) else { throw HTTPFault.badCredentials }
            return principal
        case "bearer":
            guard let principal = try await authenticator.bearer(header) else { throw HTTPFault.badToken }
            return principal
        default: return nil
        }
    }

    private func respond(
        _ answer: Answer, _ endpoint: EndpointDescription, _ facts: RequestFacts, _ path: Substring
    ) -> Response {
        var headers = HTTPFields()
        headers.reserveCapacity(8)
        if let total = answer.total {
            headers[.total] = String(total)
            if let page = facts.page {
                headers[.perPage] = String(page.size)
                let url = api.dependencies.publicURL + path
                headers[.linkToPages] = PagingHeaders.link(page: page, total: total, url: url, query: facts.query)
            }
        }
        if answer.body.readableBytes > 0 { headers[.contentType] = "application/json; charset=utf-8" }
        headers[.cacheControl] = "no-store"
        return Response(
            status: .init(code: answer.status ?? endpoint.success), headers: headers,
            body: answer.body.readableBytes == 0 ? ResponseBody() : ResponseBody(byteBuffer: answer.body))
    }

    private func refuse(_ error: any Error, _ visit: Visit) -> Response {
        let refusal = Refusal(error)
        if let cause = refusal.cause {
            api.dependencies.logger.error(
                "A request failed.", metadata: ["request_id": .string(visit.id), "cause": .string(cause)])
        }
        var headers = HTTPFields()
        headers[.contentType] = "application/json; charset=utf-8"
        headers[.cacheControl] = "no-store"
        for (name, value) in refusal.headers { headers[name] = value }
        return Response(
            status: refusal.status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: refusal.body(visit.dialect))))
    }

    private func options(_ match: RouteTable.Match) -> Response {
        Response(status: .ok, headers: [.allow: match.allow, .contentType: "text/plain"])
    }

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
