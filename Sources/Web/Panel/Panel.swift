package import Basics
import HTTPTypes
package import Hummingbird
package import Identity
package import Logging
import NIOCore
import OAuth
package import SQL

/// Pages for people: signing in, their account, and allowing applications access. Every form works without JavaScript
/// but those of passkeys, which are nothing else.
package struct Panel: Sendable {
    let database: any Database
    let clock: any WallClock
    /// `https://berth.example`, without a slash at the end.
    let publicURL: String
    /// API key pairs may be exchanged for tokens.
    let passwordGrant: Bool
    let signIn: SignIn
    let mail: MailQueue
    let vault: Vault
    /// nil when browsers make no passkeys for this address.
    let passkeySite: PasskeySite?
    /// Strangers may make themselves an account.
    let allowsRegistration: Bool
    let logger: Logger

    /// A form is a few fields and one list of projects.
    private static let formBytesMax = 65_536

    package init(
        database: any Database, clock: any WallClock, publicURL: String, vault: Vault, logger: Logger,
        passwordGrant: Bool = true, allowsRegistration: Bool = false, passwordCost: Passwords.Cost = .standard
    ) {
        self.database = database
        self.clock = clock
        self.publicURL = publicURL
        self.passwordGrant = passwordGrant
        self.logger = logger
        self.allowsRegistration = allowsRegistration
        self.vault = vault
        passkeySite = PasskeySite(publicURL: publicURL)
        mail = MailQueue(vault: vault, publicURL: publicURL)
        signIn = SignIn(database: database, clock: clock, cost: passwordCost)
    }

    /// A request as the pages see it.
    struct Visit: Sendable {
        let query: [FormText.Field]
        let form: [FormText.Field]
        let cookies: Cookies
        let target: String
        let address: String
        let requestID: String
        let userAgent: String

        /// The one value of a field; nil when it is missing, empty or not text. Throws when it comes twice.
        func value(_ name: String, in fields: [FormText.Field]) throws -> String? {
            let found = fields.filter { $0.name == name }
            guard found.count < 2 else { throw Fault(.malformed, "The parameter \(name) must come once.") }
            guard let value = found.first?.value, !value.isEmpty else { return nil }
            if value.utf8.contains(0) { throw Fault(.malformed, "The parameter \(name) must not contain a zero byte.") }
            return value
        }
    }

    /// Whether a path is one of the panel's.
    package static func owns(_ path: Substring) -> Bool {
        switch path {
        case "/login", "/logout", "/panel.css", "/api/oauth/authorize", "/api/oauth/authorize/native", "/activate": true
        default: ownsAccount(path)
        }
    }

    /// Whether one is sent on to this path after signing in.
    static func isDestination(_ path: Substring) -> Bool {
        switch path {
        case "/api/oauth/authorize", "/activate": true
        default: shares(path)
        }
    }

    /// The page for a request to a path that ``owns(_:)`` says is ours. `address` is the client's;
    /// `requestID` names the request in the log and the audit trail.
    package func respond(to request: Request, address: String, requestID: String) async -> Response {
        do {
            return try await route(request, address, requestID)
        } catch let fault as Fault where fault.code != .bug {
            let status: HTTPResponse.Status =
                switch fault.code {
                case .throttled: .tooManyRequests
                case .forbidden: .forbidden
                case .unavailable: .serviceUnavailable
                case .notFound: .notFound
                case .conflict: .conflict
                case .unauthenticated, .invalid, .malformed, .bug: .badRequest
                }
            var response = Page.problem(status, "This did not work", fault.sentences.joined(separator: " "))
            if fault.isTransient { response.headers[.retryAfter] = String(fault.retrySeconds ?? 2) }
            return response
        } catch DatabaseProblem.unavailable {
            var response = Page.problem(.serviceUnavailable, "This did not work", "Try again in a few seconds.")
            response.headers[.retryAfter] = "2"
            return response
        } catch {
            logger.error(
                "A page failed.", metadata: ["request_id": .string(requestID), "cause": .string("\(error)")])
            return Page.problem(.internalServerError, "This did not work", "Something went wrong on our side.")
        }
    }

    /// The page for a request that was refused before anybody looked at what it asks for, with what to do.
    package static func refusal(_ status: HTTPResponse.Status, _ sentence: String) -> Response {
        let advice =
            switch status {
            case .requestTimeout: " Go back and send the form again."
            case .contentTooLarge: " Go back, make what you send shorter, and send it again."
            // They say when to try again.
            case .tooManyRequests, .serviceUnavailable: ""
            default: " Begin again at your account: /account."
            }
        return Page.problem(status, "This did not work", sentence + advice)
    }

    private func route(_ request: Request, _ address: String, _ requestID: String) async throws -> Response {
        let target = request.head.path ?? "/"
        let (path, query) = FormText.target(target)
        let isForm = request.method == .post
        guard isForm || request.method == .get else {
            return Page.problem(.methodNotAllowed, "This did not work", "This page takes GET and POST only.")
        }
        if path == "/panel.css" { return Page.style }
        let form = isForm ? try await Self.form(request) : []
        let visit = Visit(
            query: FormText.fields(query), form: form,
            cookies: Cookies(request.headers[.cookie] ?? "", isSecure: publicURL.hasPrefix("https://")),
            target: target, address: address, requestID: requestID, userAgent: request.headers[.userAgent] ?? "")
        if let page = try await account(path, isForm: isForm, visit) { return page }
        switch (path, isForm) {
        case ("/login", false): return try loginPage(visit, problem: nil)
        case ("/login", true): return try await login(visit)
        case ("/logout", true): return try await logout(visit)
        case ("/api/oauth/authorize", false): return try await ask(visit)
        case ("/api/oauth/authorize", true): return try await decide(visit)
        case ("/api/oauth/authorize/native", false): return try codePage(visit)
        case ("/activate", false): return try await activate(visit)
        case ("/activate", true): return try await decideDevice(visit)
        case ("/login", _), ("/logout", _), ("/api/oauth/authorize", _), ("/api/oauth/authorize/native", _):
            return Page.problem(.methodNotAllowed, "This did not work", "This page does not take that method.")
        default:
            if let page = SharedPage(path) { return try await respond(page, visit, isForm: isForm) }
            return Page.problem(.notFound, "There is no such page", "Begin at your account: /account.")
        }
    }

    /// The fields of a form that this site's own page has sent.
    private static func form(_ request: Request) async throws -> [FormText.Field] {
        if let site = request.headers[.fetchSite], site != "same-origin", site != "none" {
            throw Fault(.forbidden, "This form was sent by another site.")
        }
        let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        guard type == "application/x-www-form-urlencoded" else { throw Fault(.malformed, "This is not a form.") }
        let bytes: ByteBuffer
        do { bytes = try await request.body.collect(upTo: formBytesMax) } catch is NIOTooManyBytesError {
            throw Fault(.malformed, "The form is too large.")
        }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            throw Fault(.malformed, "The form is not text in UTF-8.")
        }
        return FormText.fields(text[...])
    }
}
