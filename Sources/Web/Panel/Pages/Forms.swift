import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

/// Forms, and what shows that they were made by us for this browser.
extension Panel {
    /// A page with a form for somebody who is not signed in. A cookie ties it to this browser, so that nobody can send
    /// it in the name of others. `body` gets the field that goes into the form.
    func strangersPage(
        _ visit: Visit, _ title: String, problem: String?, script: String? = nil,
        _ body: (_ token: HTML) throws -> HTML
    ) rethrows -> Response {
        let visitor = visit.cookies.visitor ?? Random.token(32)
        var response = Page.response(
            title,
            """
            <h1>\(title)</h1>
            \(Self.alert(problem))
            \(try body("<input type=\"hidden\" name=\"form_token\" value=\"\(FormToken.of(visitor))\">"))
            """, status: problem == nil ? .ok : .unprocessableContent, script: script)
        if visit.cookies.visitor == nil { response.headers[.setCookie] = visit.cookies.setting(visitor: visitor) }
        return response
    }

    /// Whether a form comes from the browser that such a page was shown in.
    func isOfThisBrowser(_ visit: Visit) throws -> Bool {
        guard let visitor = visit.cookies.visitor else { return false }
        return IssuedSecret.equal(try visit.value("form_token", in: visit.form) ?? "", FormToken.of(visitor))
    }

    /// A page of somebody's account. `body` gets the field that goes into each form.
    func accountPage(
        _ visitor: Visitor, at path: String, _ title: String, problem: String? = nil, done: String? = nil,
        status: HTTPResponse.Status? = nil, script: String? = nil,
        _ body: (_ token: HTML) throws -> HTML
    ) rethrows -> Response {
        Page.response(
            title,
            """
            \(AccountNavigation.html(at: path, for: visitor))
            <h1>\(title)</h1>
            \(Self.alert(problem))
            \(done.map { "<p role=\"status\">\($0)</p>" })
            \(try body("<input type=\"hidden\" name=\"form_token\" value=\"\(FormToken.of(visitor.token))\">"))
            """, status: status ?? (problem == nil ? .ok : .unprocessableContent), script: script)
    }

    /// Runs `body` for somebody who is signed in; sends others to sign in first. A form must be of this session.
    func signedIn(_ visit: Visit, isForm: Bool, _ body: (Visitor) async throws -> Response) async throws -> Response {
        guard let visitor = try await visitor(visit) else {
            let target = isForm ? "/account" : visit.target
            return Page.redirect("/login?return=\(FormText.encode(target))")
        }
        if isForm {
            let sent = try visit.value("form_token", in: visit.form) ?? ""
            guard IssuedSecret.equal(sent, FormToken.of(visitor.token)) else {
                throw Fault(.forbidden, "This form was not made for this session. Go back and begin again.")
            }
        }
        return try await body(visitor)
    }

    /// Starts a session and goes on to a page.
    func start(_ userID: Int64, _ visit: Visit, then path: String) async throws -> Response {
        let now = clock.now()
        let token = try await database.transaction {
            try Sessions.start(userID: userID, address: visit.address, userAgent: visit.userAgent, at: now, in: $0)
        }
        var response = Page.redirect(path)
        response.headers[.setCookie] = visit.cookies.setting(session: token)
        return response
    }

    /// Who has done something without being signed in: nobody, from somewhere.
    func stranger(_ visit: Visit) -> Caller {
        Caller(userID: nil, isAdmin: false, means: .session, requestID: visit.requestID, address: visit.address)
    }

    private static func alert(_ problem: String?) -> HTML? { problem.map { "<p role=\"alert\">\($0)</p>" } }
}
