import Basics

extension OpenAPI {
    /// What each refusal means, once for all routes.
    static let refusals: [(Int, String)] = [
        (400, "The request is not well-formed: broken JSON, or the root object is missing."),
        (401, "No valid credentials."),
        (403, "The caller may see this but not do that to it, or a token is not valid for this."),
        (404, "Unknown, or not visible to the caller."),
        (406, "The client does not accept JSON."),
        (408, "The body did not arrive in time."),
        (409, "The state of the thing does not allow this now."),
        (412, "The thing is not any more what If-Match says."),
        (413, "The body is larger than this route takes."),
        (415, "The body is of a type that is not taken."),
        (422, "A value is not acceptable, or the API version is not supported."),
        (429, "Too many requests from this address or with this credential. Try again after Retry-After seconds."),
        (431, "The header fields are larger than \(EndpointLimits.headerBytesMax) bytes together."),
        (500, "A mistake of ours. Quote the X-Request-Id."),
        (503, "Something we depend on does not answer. Try again after Retry-After seconds."),
    ]

    static func responseNodes() -> [(String, Node)] {
        func content(_ status: Int, _ types: [(String, String)]) -> Node {
            .object(
                types.map { type, name in
                    let example = RefusalExample.node(status, as: name)
                    return (type, .object([("schema", .reference("schemas", name)), ("example", example)]))
                })
        }
        let own = [("application/json", "Errors"), ("application/problem+json", "Problem")]
        let oauth = [("application/json", "OAuthError")]
        let all = refusals.flatMap { status, meaning in
            [("Error", own), ("OAuthError", oauth)].map { prefix, types in
                (
                    "\(prefix)\(status)",
                    Node.object([
                        ("description", .text(meaning)), ("headers", references(to: headers(ofRefusal: status))),
                        ("content", content(status, types)),
                    ])
                )
            }
        }
        let unchanged: Node = .object([
            ("description", .text("The ETag that you have is still true.")),
            ("headers", references(to: ["ETag"] + commonHeaders)),
        ])
        return all + [("Unchanged", unchanged)]
    }

    private static func headers(ofRefusal status: Int) -> [String] {
        switch status {
        case 401: ["WWW-Authenticate"] + commonHeaders
        case 429, 503: ["Retry-After"] + commonHeaders
        default: commonHeaders
        }
    }

    static func headerNodes() -> [(String, Node)] {
        let always: Set = ["X-Request-Id", "WWW-Authenticate", "Retry-After", "ETag", "Total"]
        func header(_ name: String, _ type: String, _ meaning: String) -> (String, Node) {
            (
                name,
                .object([
                    ("description", .text(meaning)), ("required", .flag(always.contains(name))),
                    ("schema", .object([("type", .text(type))])),
                ])
            )
        }
        return [
            header("Link", "string", "first, prev, next, last; only when there is more than one page."),
            header("Per-Page", "integer", "Rows per page."),
            header("Total", "integer", "Rows of all pages."),
            header("ETag", "string", "Names the state of what you have read."),
            header("Idempotency-Replayed", "string", "true: this is the answer that was given before."),
            header("WWW-Authenticate", "string", "Which credentials are taken, and what is wrong with yours."),
            header("Retry-After", "integer", "Seconds until it is worth trying again."),
            header("X-Request-Id", "string", "Names the request in our logs; your own one when it is well-formed."),
            header("RateLimit-Limit", "integer", "Requests of the limit that you will meet first."),
            header("RateLimit-Remaining", "integer", "How many of them are left."),
            header("RateLimit-Reset", "integer", "Seconds until the present window ends."),
        ]
    }
}
