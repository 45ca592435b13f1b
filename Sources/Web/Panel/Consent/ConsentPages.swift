import Basics
import HTTPTypes
import Hummingbird
import Identity
import OAuth
import SQL

extension Panel {
    /// Somebody who is signed in, for as long as one request takes.
    struct Visitor: Sendable {
        let caller: Caller
        let email: String
        let sessionID: Int64
        /// The session's token, which forms are tied to.
        let token: String
    }

    /// `GET /api/oauth/authorize`: the person is asked; or was, and the application wants the same again.
    func ask(_ visit: Visit) async throws -> Response {
        let request: AuthorizationRequest
        switch try await check(visit, visit.query) {
        case .refused(let response): return response
        case .fine(let found): request = found
        }
        guard let visitor = try await visitor(visit) else {
            return Page.redirect("/login?return=\(FormText.encode(visit.target))")
        }
        let now = clock.now()
        let known = try await database.transaction { try Consent.again(request, by: visitor.caller, at: now, in: $0) }
        if let known { return try answer(request, visit.query, visit, ["code": known.reveal()]) }
        return try await consentPage(request, visitor, visit, visit.query)
    }

    /// `POST /api/oauth/authorize`: the person has decided.
    func decide(_ visit: Visit) async throws -> Response {
        guard let visitor = try await visitor(visit) else {
            throw Fault(.forbidden, "You are not signed in any more. Go back to the application and begin again.")
        }
        try Self.requireOwnForm(visit, of: visitor)
        let request: AuthorizationRequest
        switch try await check(visit, visit.form) {
        case .refused(let response): return response
        case .fine(let found): request = found
        }
        guard try visit.value("decision", in: visit.form) == "allow" else {
            return try answer(
                request, visit.form, visit,
                ["error": "access_denied", "error_description": "The resource owner denied the request."])
        }
        let (projects, now) = (try Self.chosenProjects(visit), clock.now())
        do {
            let code = try await database.transaction {
                try Consent.allow(request, projects: projects, by: visitor.caller, at: now, in: $0)
            }
            return try answer(request, visit.form, visit, ["code": code.reveal()])
        } catch let fault as Fault where fault.code == .invalid {
            return try await consentPage(
                request, visitor, visit, visit.form, problem: fault.sentences.joined(separator: " "))
        } catch let fault as Fault where fault.code == .forbidden {
            return try answer(
                request, visit.form, visit,
                ["error": "invalid_scope", "error_description": "The account cannot give what was asked for."])
        }
    }

    /// Throws `.forbidden` unless the form was made for this session.
    static func requireOwnForm(_ visit: Visit, of visitor: Visitor) throws {
        guard IssuedSecret.equal(try visit.value("form_token", in: visit.form) ?? "", FormToken.of(visitor.token))
        else {
            throw Fault(.forbidden, "This form was not made for this session. Go back and begin again.")
        }
    }

    /// The page with the code, for programs without an address.
    func codePage(_ visit: Visit) throws -> Response {
        let code = try visit.value("code", in: visit.query) ?? ""
        guard IssuedSecret.isWellFormed(code, .authorizationCode) else {
            throw Fault(.malformed, "There is no code here. Begin again in the application.")
        }
        return Page.response(
            "Your code",
            """
            <h1>Your code</h1>
            <p>Copy it into the application that asked for it. It is good for one minute and can be used once.</p>
            <p><code>\(code)</code></p>
            """)
    }

    private enum Checked: Sendable {
        case fine(AuthorizationRequest)
        case refused(Response)
    }

    /// Client and redirect URI first: until they are proven, the browser is sent nowhere (RFC 9700 §4.11).
    private func check(_ visit: Visit, _ fields: [FormText.Field]) async throws -> Checked {
        func value(_ name: String) throws -> String? { try visit.value(name, in: fields) }
        let asked = AuthorizationParameters(
            clientID: try value("client_id"), redirectURI: try value("redirect_uri"),
            responseType: try value("response_type"), scope: try value("scope"), state: try value("state"),
            codeChallenge: try value("code_challenge"), codeChallengeMethod: try value("code_challenge_method"))
        do {
            return .fine(try await database.read { try AuthorizationRequest(asked, on: $0) })
        } catch AuthorizationRequest.Refusal.page(let sentence) {
            return .refused(Page.problem(.badRequest, "This request cannot be shown", sentence))
        } catch AuthorizationRequest.Refusal.redirect(let uri, let error, let description, let state) {
            if uri == RedirectURI.outOfBand {
                return .refused(Page.problem(.badRequest, "This request cannot be shown", description))
            }
            return .refused(
                Page.redirect(
                    Address.adding(
                        ["error": error, "error_description": description, "state": state, "iss": publicURL], to: uri)))
        }
    }

    /// Sends the browser back to the application. `iss` says who answers (RFC 9207).
    private func answer(
        _ request: AuthorizationRequest, _ fields: [FormText.Field], _ visit: Visit, _ parameters: [String: String]
    ) throws -> Response {
        if request.redirectURI == RedirectURI.outOfBand {
            guard let code = parameters["code"] else {
                return Page.response("Denied", "<h1>You denied access</h1>\n<p>You can close this page.</p>")
            }
            return Page.redirect("/api/oauth/authorize/native?code=\(FormText.encode(code))")
        }
        var uri = request.redirectURI
        if let token = try visit.value("token_replace", in: fields) {
            uri = try Address.replacing(token: token, in: uri)
        }
        var all: [String: String?] = ["state": request.state, "iss": publicURL]
        for (name, value) in parameters { all[name] = value }
        return Page.redirect(Address.adding(all, to: uri))
    }

    /// Who is signed in; nil when nobody is.
    func visitor(_ visit: Visit) async throws -> Visitor? {
        guard let token = visit.cookies.session,
            let session = try await Sessions.find(token, at: clock.now(), in: database)
        else { return nil }
        let caller = Caller(
            userID: session.userID, isAdmin: session.isAdmin, means: .session, requestID: visit.requestID,
            address: visit.address)
        return Visitor(caller: caller, email: session.email, sessionID: session.id, token: token)
    }

    /// nil: all of them. Numbers that are none choose nothing, and that is refused later.
    static func chosenProjects(_ visit: Visit) throws -> [Int64]? {
        guard try visit.value("projects", in: visit.form) == "some" else { return nil }
        return visit.form.filter { $0.name == "project" }.compactMap { Int64($0.value ?? "") }
    }
}
