import Basics
import Contract
import HTTPTypes
import Hummingbird
import Identity
import NIOCore

extension APIResponder {
    /// Runs the handler of a route, under the conditions that the client has set.
    func perform(_ route: RouteTable.Route, _ facts: RequestFacts, _ request: Request) async throws -> Response {
        let endpoint = route.endpoint
        let body = try await Body.read(request, for: endpoint, within: deadlines)
        if endpoint.method == .get {
            return try await respond(route.run(facts, body), endpoint, facts, request)
        }
        if facts.ifMatch != nil, !endpoint.isConditional { throw HTTPFault.notConditional }
        if try facts.query.flag(QueryParameter.dryRun.name), !endpoint.isPlanned { throw HTTPFault.notPlanned }
        guard endpoint.dialect == .v60, let name = request.headers.value(of: .idempotencyKey) else {
            return try await respond(route.run(facts, body), endpoint, facts, request)
        }
        var content = Array("\(request.method.rawValue) \(request.head.path ?? "")\n".utf8)
        if let body { content.append(contentsOf: body.readableBytesView) }
        let begun = try await api.idempotency.begin(
            IdempotencyKeys.Request(name, of: facts.caller, content: content))
        switch begun {
        case .again(let kept): return again(kept)
        case .first(let mark):
            let answer: Answer
            do {
                answer = try await IdempotencyMark.$current.withValue(mark) { try await route.run(facts, body) }
            } catch {
                await api.idempotency.abandon(mark)
                throw error
            }
            await api.idempotency.finish(mark, kept(answer, endpoint))
            return try await respond(answer, endpoint, facts, request)
        }
    }

    private func kept(_ answer: Answer, _ endpoint: EndpointDescription) -> IdempotencyKeys.Kept {
        let status = answer.status ?? endpoint.success
        return IdempotencyKeys.Kept(
            status: status, location: location(answer, status), body: String(buffer: answer.body))
    }

    private func again(_ kept: IdempotencyKeys.Kept) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store", .idempotencyReplayed: "true"]
        if let location = kept.location { headers[.location] = location }
        if !kept.body.isEmpty { headers[.contentType] = Self.json }
        return Response(
            status: .init(code: kept.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: kept.body)))
    }

    static let json = "application/json; charset=utf-8"

    /// What was made, or where to see what goes on.
    private func location(_ answer: Answer, _ status: Int) -> String? {
        let path = answer.location ?? (status == 202 ? answer.operation.map { "/api/operations/\($0)" } : nil)
        return path.map { api.dependencies.publicURL + $0 }
    }

    private func respond(
        _ answer: Answer, _ endpoint: EndpointDescription, _ facts: RequestFacts, _ request: Request
    ) async throws -> Response {
        var headers = HTTPFields()
        headers.reserveCapacity(14)
        let status = answer.status ?? endpoint.success
        // Appended, not set: setting looks through all fields that there are, for every answer.
        func add(_ name: HTTPField.Name, _ value: String) { headers.append(HTTPField(name: name, value: value)) }
        if let total = answer.total {
            add(.total, String(total))
            if let page = facts.page {
                add(.perPage, String(page.size))
                let url = api.dependencies.publicURL + FormText.target(request.head.path ?? "").path
                if let link = PagingHeaders.link(page: page, total: total, url: url, query: facts.query) {
                    add(.linkToPages, link)
                }
            }
        }
        if let location = location(answer, status) { add(.location, location) }
        var appliedWait = answer.appliedWait
        if let operation = answer.operation {
            // RFC 5989: where the progress can be watched.
            add(.linkToPages, "<\(api.dependencies.publicURL)/api/operations/\(operation)>; rel=\"monitor\"")
            if try await OperationWaiting.wait(for: operation, facts.wait, on: api.dependencies.database) {
                appliedWait = facts.wait
            }
        }
        if let appliedWait { add(.preferenceApplied, "wait=\(appliedWait)") }
        add(.cacheControl, "no-store")
        if endpoint.method == .get, endpoint.dialect == .v60 {
            let tag = EntityTag(of: answer.body)
            add(.eTag, tag.text)
            if let known = request.headers.value(of: .ifNoneMatch), tag.isIn(known) {
                return Response(status: .notModified, headers: headers)
            }
        }
        if answer.body.readableBytes == 0 { return Response(status: .init(code: status), headers: headers) }
        add(.contentType, Self.json)
        var body = answer.body
        // Of what holds secrets beside what a client chose, the length must not tell anything (BREACH).
        if endpoint.method == .get, endpoint.dialect == .v60 {
            add(.vary, "Accept-Encoding")
            let coding = Compression.chosen(by: request.headers.value(of: .acceptEncoding))
            if let coding, let packed = coding.pack(body) {
                add(.contentEncoding, coding.rawValue)
                body = packed
            }
        }
        return Response(status: .init(code: status), headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
