import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

extension Panel {
    /// Where to go after signing in: a page of the panel, never another site.
    private static func destination(_ text: String?) -> String? {
        guard let text, isDestination(text.prefix { $0 != "?" }), text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }),
            text.utf8.count <= 8192
        else { return nil }
        return text
    }

    /// The form. The visitor's cookie ties it to this browser, so that nobody can sign others in as himself.
    func loginPage(_ visit: Visit, problem: String?) throws -> Response {
        let fields = visit.form.isEmpty ? visit.query : visit.form
        let visitor = visit.cookies.visitor ?? Random.token(32)
        let alert: HTML? = problem.map { "<p role=\"alert\">\($0)</p>" }
        let email = try visit.value("email", in: fields) ?? ""
        var response = Page.response(
            "Sign in",
            """
            <h1>Sign in</h1>
            \(alert)
            <form method="post" action="/login">
            <input type="hidden" name="form_token" value="\(FormToken.of(visitor))">
            <input type="hidden" name="return" value="\(Self.destination(try visit.value("return", in: fields)) ?? "")">
            <label>E-mail <input type="email" name="email" autocomplete="username" required value="\(email)"></label>
            <label>Password <input type="password" name="password" autocomplete="current-password" required></label>
            <button class="yes">Sign in</button>
            </form>
            """, status: problem == nil ? .ok : .unprocessableContent)
        if visit.cookies.visitor == nil { response.headers[.setCookie] = visit.cookies.setting(visitor: visitor) }
        return response
    }

    func login(_ visit: Visit) async throws -> Response {
        let sent = try visit.value("form_token", in: visit.form) ?? ""
        guard let visitor = visit.cookies.visitor, IssuedSecret.equal(sent, FormToken.of(visitor)) else {
            return try loginPage(visit, problem: "The form was too old. Please send it again.")
        }
        guard let email = try visit.value("email", in: visit.form),
            let password = try visit.value("password", in: visit.form),
            let userID = try await signIn.check(email: email, password: Secret(password))
        else {
            return try loginPage(
                visit, problem: "The e-mail address or password is not right, or the account may not sign in now.")
        }
        let now = clock.now()
        let token = try await database.transaction {
            try Sessions.start(
                userID: userID, address: visit.address, userAgent: visit.userAgent, at: now, in: $0)
        }
        guard let destination = Self.destination(try visit.value("return", in: visit.form)) else {
            var response = Page.response("Signed in", "<h1>You are signed in</h1>\n<p>You can close this page.</p>")
            response.headers[.setCookie] = visit.cookies.setting(session: token)
            return response
        }
        var response = Page.redirect(destination)
        response.headers[.setCookie] = visit.cookies.setting(session: token)
        return response
    }

    func logout(_ visit: Visit) async throws -> Response {
        let sent = try visit.value("form_token", in: visit.form) ?? ""
        guard let token = visit.cookies.session, IssuedSecret.equal(sent, FormToken.of(token)) else {
            throw Fault(.forbidden, "This form was not made for this session.")
        }
        try await database.transaction { try Sessions.end(token, in: $0) }
        var response = Page.response("Signed out", "<h1>You are signed out</h1>")
        response.headers[.setCookie] = visit.cookies.withoutSession
        return response
    }
}
