extension OpenAPI {
    /// Everything that an endpoint can answer.
    static func answers(_ endpoint: EndpointDescription, components: inout [String: Schema]) -> [(String, Node)] {
        var success: [(String, Node)] = [("description", .text(endpoint.success == 202 ? "Accepted." : "Done."))]
        success.append(("headers", references(to: successHeaders(endpoint))))
        if let answer = endpoint.answerSchema() {
            let schema = node(answer, isRequest: false, components: &components)
            success.append(("content", content(schema, endpoint.answerExample())))
        }
        let prefix = endpoint.dialect == .oauth ? "OAuthError" : "Error"
        let unchanged: [(String, Node)] = isCached(endpoint) ? [("304", .reference("responses", "Unchanged"))] : []
        return plan(endpoint, components: &components) + [(String(endpoint.success), .object(success))] + unchanged
            + refusals(of: endpoint).sorted().map { (String($0), .reference("responses", "\(prefix)\($0)")) }
    }

    private static func content(_ schema: Node, _ example: String?) -> Node {
        let example: [(String, Node)] = example.map { [("example", .raw($0))] } ?? []
        return .object([("application/json", .object([("schema", schema)] + example))])
    }

    /// Reads of v60 have an entity tag.
    static func isCached(_ endpoint: EndpointDescription) -> Bool {
        endpoint.method == .get && endpoint.dialect == .v60
    }

    /// Changes of v60 are done once per `Idempotency-Key`.
    static func isRepeatable(_ endpoint: EndpointDescription) -> Bool {
        endpoint.method != .get && endpoint.dialect == .v60
    }

    private static func successHeaders(_ endpoint: EndpointDescription) -> [String] {
        (endpoint.paging == .none ? [] : ["Per-Page", "Total", "Link"]) + (isCached(endpoint) ? ["ETag"] : [])
            + (isRepeatable(endpoint) ? ["Idempotency-Replayed"] : []) + commonHeaders
    }

    /// Those of every answer.
    package static let commonHeaders = ["X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]

    static func references(to headers: [String]) -> Node {
        .object(headers.map { ($0, Node.reference("headers", $0)) })
    }

    /// Statuses of refusals, of this endpoint and of all.
    static func refusals(of endpoint: EndpointDescription) -> Set<Int> {
        // 400 also without a body: an address that is too long, or that holds a token.
        var statuses: Set<Int> = [400, 406, 422, 429, 431, 500, 503]
        statuses.formUnion(endpoint.faults)
        // Wrong credentials are refused even where none are needed.
        if endpoint.dialect == .v60 { statuses.formUnion([401, 403]) }
        if !endpoint.pathParameters.isEmpty { statuses.insert(404) }
        if endpoint.takesBody { statuses.formUnion([408, 413, 415]) }
        // The same Idempotency-Key is being worked on.
        if isRepeatable(endpoint) { statuses.insert(409) }
        return statuses
    }

    /// What `dry_run` is answered with.
    private static func plan(
        _ endpoint: EndpointDescription, components: inout [String: Schema]
    ) -> [(String, Node)] {
        guard endpoint.isPlanned else { return [] }
        let own = endpoint.success == 201 ? endpoint.answerSchema() : nil
        let schema = node(own ?? Schema.of(PlanAnswer.self), isRequest: false, components: &components)
        let content = content(schema, endpoint.plannedExample())
        return [
            (
                "200",
                .object([
                    ("description", .text("With dry_run: the plan.")), ("headers", references(to: commonHeaders)),
                    ("content", content),
                ])
            )
        ]
    }
}
