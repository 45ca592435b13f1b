import Basics
import Contract

/// What all calls have in common, in short; `docs/api.md` says it at length.
extension APIDocumentation {
    /// Subjects of the introduction, in order.
    var guide: [Chapter] {
        [
            authentication, scopes, versions, pages, errors, rates, repeating, tags, plans, operations, waiting,
            callbacks, headers,
        ]
    }

    private func shell(_ command: String) -> HTML { "<pre><code>\(command)</code></pre>" }

    private var authentication: Chapter {
        let pair: HTML? =
            passwordGrant
            ? """
            <p>The API key pair of an account can be exchanged for a token too, with the grant type
            <code>password</code>.</p>
            """ : nil
        return Chapter(
            id: "authentication", title: "Authentication",
            body: """
                <p>Send an API key pair, username and secret, with HTTP Basic: it has all rights of its account. In the
                examples <code>$KEY</code> is <code>username:secret</code>.</p>
                \(shell("curl -u \"$KEY\" \(publicURL)/api/users"))
                <p>A named API key (<a href="#api_key_create">make one</a>) has the scopes that it was given, and is
                sent as a bearer token. So are the tokens of OAuth 2.</p>
                \(shell("curl -H \"Authorization: Bearer $TOKEN\" \(publicURL)/api/projects"))
                <p>Applications of others use OAuth 2: the authorization code with PKCE for programs with a browser, the
                device grant for those without, client credentials for what they do for themselves. The person is asked
                at <code>\(publicURL)/api/oauth/authorize</code>, and the code is
                <a href="#oauth_token">exchanged</a> for a token. What the server can do is at
                <a href="#oauth_metadata"><code>/.well-known/oauth-authorization-server</code></a>.</p>
                \(shell("""
                    curl -u "$CLIENT_ID:$CLIENT_SECRET" \\
                      -d grant_type=authorization_code -d code="$CODE" -d code_verifier="$VERIFIER" \\
                      --data-urlencode redirect_uri=https://shop.example/callback \\
                      \(publicURL)/api/oauth/token
                    """))
                \(pair)
                <p>Credentials are never taken from an address.</p>
                """)
    }

    private var scopes: Chapter {
        let rows = Scope.allCases.map { scope -> HTML in
            """
            <tr><th scope="row" id="scope-\(scope.rawValue)"><code>\(scope.rawValue)</code></th>\
            <td>\(scope.explanation)</td></tr>
            """
        }
        return Chapter(
            id: "scopes", title: "Scopes",
            body: """
                <p>Every call that needs an account names scopes; a token that has one of them is enough. Without
                one the answer is 403, with <code>insufficient_scope</code> in <code>WWW-Authenticate</code>.</p>
                \(Self.table("Scopes", ["Scope", "With it one can"], rows))
                \(shell("curl -H \"Authorization: Bearer $TOKEN\" \(publicURL)/api/oauth/token/info"))
                """)
    }

    private var versions: Chapter {
        let all = Contract.versions.map(String.init).joined(separator: ", ")
        return Chapter(
            id: "versions", title: "Versions",
            body: """
                <p>Say which version of the API you mean with <code>Accept</code>; without it
                \(Int64(Contract.versionDefault)) is meant. There are: \(all). Another one is answered with 422.</p>
                \(shell("""
                    curl -H 'Accept: application/json; api_version=\(Contract.versionDefault)' \\
                      \(publicURL)/api/version
                    """))
                """)
    }

    private var pages: Chapter {
        Chapter(
            id: "pages", title: "Pages of lists",
            body: """
                <p><code>page</code> counts from 1; <code>per_page</code> is \(Int64(Basics.Page.sizeDefault))
                without it and \(Int64(Basics.Page.sizeMax)) at most. <code>Total</code>,
                <code>Per-Page</code> and <code>Link</code> say what
                there is. Lists that are not paged unless one asks have \(Int64(EndpointLimits.unpagedRowsMax)) rows at
                most.</p>
                \(shell("curl -i -u \"$KEY\" '\(publicURL)/api/orders?page=2&per_page=50'"))
                """)
    }

    private var errors: Chapter {
        Chapter(
            id: "errors", title: "Errors",
            body: """
                <p>A refusal is <code>{"errors": ["A sentence.", …]}</code>, with all problems at once. With
                <code>Accept: application/problem+json</code> it comes as RFC 9457 has it. The calls of OAuth answer as
                RFC 6749 says. What each status means, with an example: <a href="#refusals">refusals</a>. Every
                answer has an <code>X-Request-Id</code>, your own one when it is well-formed; quote it when you ask
                us.</p>
                \(shell("""
                    curl -u "$KEY" -H 'Accept: application/problem+json' -H "X-Request-Id: $(uuidgen)" \\
                      \(publicURL)/api/projects/0
                    """))
                <p>A body has at most \(Int64(EndpointLimits.bodyBytesMax)) bytes unless the call says less, and
                must have arrived within \(Int64(EndpointLimits.bodySecondsMax)) seconds; an address has
                \(Int64(EndpointLimits.targetBytesMax)) bytes at most, all header fields together
                \(Int64(EndpointLimits.headerBytesMax)).</p>
                """)
    }

    private var rates: Chapter {
        Chapter(
            id: "rate-limits", title: "Rate limits",
            body: """
                <p>Requests are counted per address and per credential; signing in and asking for tokens more strictly.
                <code>RateLimit-Limit</code>, <code>RateLimit-Remaining</code> and <code>RateLimit-Reset</code> on every
                answer are about the limit that you will meet first. Beyond it the answer is 429 with
                <code>Retry-After</code>.</p>
                \(shell("curl -s -o /dev/null -D - -u \"$KEY\" \(publicURL)/api/version | grep -i ratelimit"))
                """)
    }

    private var repeating: Chapter {
        Chapter(
            id: "idempotency", title: "Doing a thing once",
            body: """
                <p>Send <code>Idempotency-Key</code>, a name of your own such as a UUID, with anything that changes
                something, and send the same request again when no answer came: it is done once. For 24 hours the first
                answer is given again, with <code>Idempotency-Replayed: true</code>. 409: the first one is still being
                worked on, or its answer was lost. 422: the key was used for another request.</p>
                \(shell("""
                    curl -u "$KEY" -X POST -H "Idempotency-Key: $ORDER_NAME" \\
                      -H 'Content-Type: application/json' -d @order.json \(publicURL)/api/orders
                    """))
                """)
    }

    private var tags: Chapter {
        Chapter(
            id: "etags", title: "Reading again, and changing what one has read",
            body: """
                <p>Reads have an <code>ETag</code>. With <code>If-None-Match</code> the answer is 304 when nothing has
                changed. With <code>If-Match</code> a change of a project or an account is made only when the thing is
                still what you have read, else the answer is 412.</p>
                \(shell("""
                    curl -u "$KEY" -X PATCH -H "If-Match: $ETAG" -H 'Content-Type: application/json' \\
                      -d '{"project": {"name": "Shop"}}' \(publicURL)/api/projects/1
                    """))
                """)
    }

    private var plans: Chapter {
        Chapter(
            id: "dry-run", title: "Looking before leaping",
            body: """
                <p>With <code>dry_run=true</code> an order, a deletion or a power action is answered with 200 and the
                plan: what will happen, which operations start, what it costs per hour. Nothing changes.</p>
                \(shell("curl -u \"$KEY\" -X DELETE '\(publicURL)/api/projects/1?dry_run=true'"))
                """)
    }

    private var operations: Chapter {
        Chapter(
            id: "operations", title: "What goes on after the answer",
            body: """
                <p>202 means: accepted, and being worked on. <code>Location</code> is that of the
                <a href="#operation_view">operation</a>, which shows its state, its steps, and why it failed. An
                order has it in a <code>Link</code> with <code>rel="monitor"</code>.</p>
                \(shell("curl -u \"$KEY\" \(publicURL)/api/operations/1"))
                """)
    }

    private var waiting: Chapter {
        Chapter(
            id: "prefer-wait", title: "Waiting for the end",
            body: """
                <p><code>Prefer: wait=20</code>, with the change or with the operation, is answered as soon as the work
                has ended, after 20 seconds at the latest (60 is the most). <code>Preference-Applied</code> says that it
                has ended.</p>
                \(shell("""
                    curl -i -u "$KEY" -X PUT -H 'Prefer: wait=60' \\
                      \(publicURL)/api/container_services/1/power/restart
                    """))
                """)
    }

    private var callbacks: Chapter {
        Chapter(
            id: "callbacks", title: "Being told instead of asking",
            body: """
                <p>Everything that goes on after the answer takes a <code>callback</code> at the top of its body.
                When the operation has ended, whichever way, we POST there, signed as Standard Webhooks says
                (<code>webhook-id</code>, <code>webhook-timestamp</code>, <code>webhook-signature</code>) with
                <a href="#signing_secret_view">your secret</a>. 2xx is fine, 410 means "never again", everything else is
                tried again for four hours; <a href="#operation_callbacks">every try</a> can be looked at. The address
                must be <code>https</code> and lead to the internet at large.</p>
                \(shell("""
                    curl -u "$KEY" -X PUT -H 'Content-Type: application/json' \\
                      -d '{"callback": {"url": "https://shop.example/hook", "authorization": "Bearer 8f…"}}' \\
                      \(publicURL)/api/container_services/1/power/restart
                    """))
                """)
    }

    private var headers: Chapter {
        let rows = (document["components"]?["headers"]?.members ?? []).map { name, header -> HTML in
            """
            <tr><th scope="row" id="header-\(name)"><code>\(name)</code></th>\
            <td>\(header["description"]?.string ?? "")</td></tr>
            """
        }
        return Chapter(
            id: "headers", title: "Header fields of answers", body: Self.table("Fields", ["Field", "Meaning"], rows))
    }
}
