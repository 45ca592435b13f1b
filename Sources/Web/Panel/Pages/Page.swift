import HTTPTypes
import Hummingbird
import NIOCore

/// A page of the panel, and how it is sent: nothing of it runs, is framed, cached, or sent on.
enum Page {
    static func response(
        _ title: String, _ body: HTML, status: HTTPResponse.Status = .ok, formsGoTo targets: [String] = [],
        script: String? = nil
    ) -> Response {
        let scriptTag: HTML? = script.map { "<script src=\"\($0)\" defer></script>" }
        let page: HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <link rel="stylesheet" href="/panel.css">
            \(scriptTag)
            </head>
            <body>
            <main>
            \(body)
            </main>
            </body>
            </html>

            """
        // Only where a page needs the one script there is.
        let scripts = script == nil ? "" : "script-src 'self'; "
        // Browsers also hold the redirect that answers a form against form-action.
        let formTargets = (["'self'"] + targets).joined(separator: " ")
        return Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy:
                    "default-src 'none'; style-src 'self'; \(scripts)form-action \(formTargets); "
                    + "frame-ancestors 'none'; base-uri 'none'",
                .xContentTypeOptions: "nosniff", .referrerPolicy: "no-referrer", .frameOptions: "DENY",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: page.text)))
    }

    /// A page that says what is wrong.
    static func problem(_ status: HTTPResponse.Status, _ title: String, _ sentence: String) -> Response {
        response(title, "<h1>\(title)</h1>\n<p role=\"alert\">\(sentence)</p>", status: status)
    }

    /// `303 See Other`: a browser never repeats the form there (RFC 9700 §4.12).
    static func redirect(_ address: String) -> Response {
        Response(
            status: .seeOther,
            headers: [.location: address, .cacheControl: "no-store", .referrerPolicy: "no-referrer"])
    }

    static let style = Response(
        status: .ok,
        headers: [
            .contentType: "text/css; charset=utf-8", .cacheControl: "public, max-age=3600",
            .xContentTypeOptions: "nosniff",
        ],
        body: ResponseBody(
            byteBuffer: ByteBuffer(
                string: """
                    :root { color-scheme: light dark; --accent: #0b57d0; }
                    body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; }
                    main { max-width: 28rem; margin: 8vh auto; padding: 0 1rem; }
                    h1 { font-size: 1.4rem; }
                    label { display: block; margin: .8rem 0; }
                    input:not([type=checkbox], [type=radio]), textarea { display: block; width: 100%;
                        box-sizing: border-box; font: inherit; padding: .5rem; }
                    button { font: inherit; padding: .6rem 1.2rem; margin-right: .6rem; }
                    button.yes { background: var(--accent); color: #fff; border: 1px solid var(--accent); }
                    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
                    fieldset { margin: 1rem 0; border: 1px solid #8888; }
                    nav ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; }
                    nav a[aria-current] { font-weight: bold; text-decoration: none; }
                    svg.code { display: block; width: 14rem; margin: 1rem 0; }
                    dt { font-weight: bold; } dd { margin: 0 0 .6rem; overflow-wrap: anywhere; }
                    table { border-collapse: collapse; width: 100%; }
                    th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; }
                    .hidden { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
                    [role=status] { border-left: 4px solid #188038; padding-left: .8rem; }
                    [role=alert] { border-left: 4px solid #b3261e; padding-left: .8rem; }
                    code { font-size: 1.1rem; overflow-wrap: anywhere; }

                    """)))
}

extension HTTPField.Name {
    static let frameOptions = known("X-Frame-Options")
    static let referrerPolicy = known("Referrer-Policy")
    static let fetchSite = known("Sec-Fetch-Site")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a header name.") }
        return name
    }
}
