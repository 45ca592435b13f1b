import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

/// The second factor, between the password and the session.
extension Panel {
    /// `GET /login/factor`: the password was right.
    func askFactorPage(_ visit: Visit, problem: String?) async throws -> Response {
        let now = clock.now()
        guard let token = visit.cookies.pending,
            let userID = try await database.read({ try PendingSignIns.find(token, at: now, on: $0) })
        else { return Page.redirect("/login") }
        let options = try await secondFactorOptions(userID)
        let fields = visit.form.isEmpty ? visit.query : visit.form
        let destination = Self.destination(try visit.value("return", in: fields)) ?? ""
        return strangersPage(
            visit, "One thing more", problem: problem, script: options == nil ? nil : PasskeyScript.path
        ) { formToken in
            let passkey: HTML? = options.map {
                PasskeyScript.form("/login/factor/passkey", $0, formToken, destination, "Use a passkey")
            }
            return """
                \(passkey)
                <form method="post" action="/login/factor">
                \(formToken)
                <input type="hidden" name="return" value="\(destination)">
                \(Self.codeField)
                <button class="yes">Sign in</button>
                </form>
                """
        }
    }

    func answerFactor(_ visit: Visit) async throws -> Response {
        guard try isOfThisBrowser(visit) else {
            return try await askFactorPage(visit, problem: "The form was too old. Please send it again.")
        }
        let (now, vault, token) = (clock.now(), vault, visit.cookies.pending ?? "")
        let code = try visit.value("code", in: visit.form) ?? ""
        let outcome = try await database.transaction {
            try PendingSignIns.answer(token, code: code, vault: vault, at: now, in: $0)
        }
        switch outcome {
        case .right(let userID):
            let destination = Self.destination(try visit.value("return", in: visit.form))
            var response = try await start(userID, visit, then: destination ?? "/account")
            response.headers[values: .setCookie].append(visit.cookies.withoutPending)
            return response
        case .wrong: return try await askFactorPage(visit, problem: Self.wrongCode)
        case .over: return Page.redirect("/login")
        }
    }
}
