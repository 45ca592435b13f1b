package import Contract

/// The OpenAPI document for people: one page without scripts, at `/documentation/api`.
///
/// It is printed from the tree that `/api/openapi.json` is printed from, so the two cannot say different things. What
/// is not about one call – how to sign in, to page, to repeat – is in `APIDocumentation+Guide.swift`.
package struct APIDocumentation: Sendable {
    /// Where the installation is, without a slash at the end: the examples go there.
    let publicURL: String
    let endpoints: [EndpointDescription]
    let document: OpenAPI.Node
    /// API key pairs may be exchanged for tokens.
    let passwordGrant: Bool

    package init(
        publicURL: String, passwordGrant: Bool = true, endpoints: [EndpointDescription] = Contract.all
    ) {
        self.publicURL = publicURL
        self.passwordGrant = passwordGrant
        self.endpoints = endpoints
        document = OpenAPI.tree(endpoints)
    }

    /// Where the page is, and how it looks.
    package static let path = "/documentation/api"
    package static let stylePath = "/documentation/api.css"
    /// Paths that lead to the page.
    package static let shortcuts: Set<Substring> = ["/documentation", "/documentation/", "/documentation/api/"]
    /// Nothing but the stylesheet is loaded, nothing runs, nothing is sent.
    package static let policy =
        "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

    /// The page.
    package func html() -> String { page.text }

    private var page: HTML {
        let title = "\(document["info"]?["title"]?.string ?? "") API"
        let tags = document["tags"]?.items ?? []
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <link rel="stylesheet" href="\(Self.stylePath)">
            <link rel="alternate" type="application/json" href="/api/openapi.json" title="OpenAPI">
            </head>
            <body>
            <a class="skip" href="#top">Skip the contents</a>
            <header>
            <p class="title">\(title)</p>
            </header>
            <nav aria-label="Contents">
            <details open>
            <summary>Contents</summary>
            \(contents(tags))
            </details>
            </nav>
            <main id="top">
            <h1>\(title)</h1>
            \(introduction)
            \(.all(guide.map(chapter)))
            \(.all(tags.map(section)))
            \(refusals)
            </main>
            </body>
            </html>

            """
    }

    /// One subject of the introduction.
    struct Chapter {
        let id: String
        let title: String
        let body: HTML
    }

    private func chapter(_ chapter: Chapter) -> HTML {
        """
        <section aria-labelledby="\(chapter.id)">
        <h2 id="\(chapter.id)">\(chapter.title)</h2>
        \(chapter.body)
        </section>
        """
    }

    private var introduction: HTML {
        """
        <p>\(document["info"]?["description"]?.string ?? "")</p>
        <p>Version \(document["info"]?["version"]?.string ?? ""), at <code>\(publicURL)</code>. The same for machines is
        at <a href="/api/openapi.json"><code>/api/openapi.json</code></a> (OpenAPI 3.1): from it clients can be
        generated.</p>
        """
    }

    private func contents(_ tags: [OpenAPI.Node]) -> HTML {
        let chapters = guide.map { chapter -> HTML in "<li><a href=\"#\(chapter.id)\">\(chapter.title)</a></li>" }
        let groups = tags.map { tag -> HTML in
            let name = tag["name"]?.string ?? ""
            let calls = endpoints(of: name).map { endpoint -> HTML in
                """
                <li><a href="#\(endpoint.id)"><span class="verb">\(endpoint.method.rawValue)</span> \
                \(Self.short(endpoint.path))</a></li>
                """
            }
            return """
                <li><a href="#\(Self.anchor(ofTag: name))">\(Self.label(name))</a>
                <ul>
                \(.all(calls))
                </ul></li>
                """
        }
        return """
            <ul>
            \(.all(chapters))
            \(.all(groups))
            <li><a href="#refusals">Refusals</a></li>
            </ul>
            """
    }

    private func section(_ tag: OpenAPI.Node) -> HTML {
        let name = tag["name"]?.string ?? ""
        let id = Self.anchor(ofTag: name)
        return """
            <section aria-labelledby="\(id)">
            <h2 id="\(id)">\(Self.label(name))</h2>
            <p>\(tag["description"]?.string ?? "")</p>
            \(.all(endpoints(of: name).map(operation)))
            </section>
            """
    }

    private func endpoints(of tag: String) -> [EndpointDescription] { endpoints.filter { $0.tag == tag } }

    /// `container_services` → `Container services`
    static func label(_ tag: String) -> String {
        let words = tag.split(separator: "_").joined(separator: " ")
        return words.first.map { $0.uppercased() + words.dropFirst() } ?? tag
    }

    static func anchor(ofTag tag: String) -> String { "calls-" + tag.filter { $0.isLetter || $0 == "_" || $0 == "-" } }

    /// The path without what all have in common.
    private static func short(_ path: String) -> String {
        path.hasPrefix("/api/") ? String(path.dropFirst(4)) : path
    }
}
