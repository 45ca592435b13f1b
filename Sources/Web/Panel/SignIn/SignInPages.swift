import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

extension Panel {
    /// Where to go after signing in: a page of the panel, never another site.
    static func destination(_ text: String?) -> String? {
        guard let text, isDestination(text.prefix { $0 != "?" }) || ownsAccount(text.prefix { $0 != "?" }),
            text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }),
            text.utf8.count <= 8192
        else { return nil }
        return text
    }

    /// The form. The visitor's cookie ties it to this browser, so that nobody can sign others in as himself.
    func loginPage(_ visit: Visit, problem: String?) throws -> Response {
        let fields = visit.form.isEmpty ? visit.query : visit.form
        let email = try visit.value("email", in: fields) ?? ""
        let destination = Self.destination(try visit.value("return", in: fields)) ?? ""
        let register: HTML? = allowsRegistration ? "<p><a href=\"/register\">Create an account</a></p>" : nil
        let back = destination.isEmpty ? "" : "?return=\(FormText.encode(destination))"
        let passkey: HTML? =
            passkeySite == nil ? nil : "<p><a href=\"/login/passkey\(back)\">Sign in with a passkey</a></p>"
        return strangersPage(visit, "Sign in", problem: problem) { token in
            """
            <form method="post" action="/login">
            \(token)
            <input type="hidden" name="return" value="\(destination)">
            <label>E-mail <input type="email" name="email" autocomplete="username" required value="\(email)"></label>
            <label>Password <input type="password" name="password" autocomplete="current-password" required></label>
            <button class="yes">Sign in</button>
            </form>
            \(passkey)
            <p><a href="/password/forgot">Forgotten your password?</a></p>
            \(register)
            """
        }
    }

    func login(_ visit: Visit) async throws -> Response {
        guard try isOfThisBrowser(visit) else {
            return try loginPage(visit, problem: "The form was too old. Please send it again.")
        }
        guard let email = try visit.value("email", in: visit.form),
            let password = try visit.value("password", in: visit.form),
            let userID = try await signIn.check(email: email, password: Secret(password))
        else {
            return try loginPage(
                visit, problem: "The e-mail address or password is not right, or the account may not sign in now.")
        }
        let (now, destination) = (clock.now(), Self.destination(try visit.value("return", in: visit.form)))
        let pending = try await database.transaction { try PendingSignIns.begin(userID: userID, at: now, in: $0) }
        guard let pending else { return try await start(userID, visit, then: destination ?? "/account") }
        var response = Page.redirect(
            "/login/factor" + (destination.map { "?return=\(FormText.encode($0))" } ?? ""))
        response.headers[.setCookie] = visit.cookies.setting(pending: pending)
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
