import Basics
import HTTPTypes
import Hummingbird
import Identity
import OAuth
import SQL

/// Where the owner of a device without a browser enters its code (RFC 8628 §3.3).
extension Panel {
    /// `GET /activate`: asks for the code, or for a decision when the code is in the address.
    func activate(_ visit: Visit) async throws -> Response {
        guard let visitor = try await visitor(visit) else {
            return Page.redirect("/login?return=\(FormText.encode(visit.target))")
        }
        guard let code = try visit.value("user_code", in: visit.query) else { return codeEntry(visitor, problem: nil) }
        return try await look(code, visitor)
    }

    /// `POST /activate`: a code was entered, or its owner has decided.
    func decideDevice(_ visit: Visit) async throws -> Response {
        guard let visitor = try await visitor(visit) else {
            throw Fault(.forbidden, "You are not signed in any more. Open this page again.")
        }
        try Self.requireOwnForm(visit, of: visitor)
        guard let code = try visit.value("user_code", in: visit.form) else {
            return codeEntry(visitor, problem: "Enter the code that your device shows.")
        }
        switch try visit.value("decision", in: visit.form) {
        case nil: return try await look(code, visitor)
        case "allow": return try await allowDevice(code, visit, visitor)
        default: return try await denyDevice(code, visitor)
        }
    }

    private func look(_ code: String, _ visitor: Visitor) async throws -> Response {
        let now = clock.now()
        let found = try await database.transaction {
            try DeviceRequest.find(code, by: visitor.caller, at: now, in: $0)
        }
        guard case .request(let request) = found else { return refusal(found, visitor) }
        return try await confirmation(request, visitor)
    }

    private func allowDevice(_ code: String, _ visit: Visit, _ visitor: Visitor) async throws -> Response {
        let (projects, now) = (try Self.chosenProjects(visit), clock.now())
        do {
            let found = try await database.transaction { tx in
                let found = try DeviceRequest.find(code, by: visitor.caller, at: now, in: tx)
                if case .request(let request) = found {
                    try request.allow(projects: projects, by: visitor.caller, at: now, in: tx)
                }
                return found
            }
            guard case .request(let request) = found else { return refusal(found, visitor) }
            return Page.response(
                "Allowed",
                """
                \(AccountNavigation.html(at: "/activate", for: visitor))
                <h1>You allowed access</h1>
                <p>Go back to your device: \(request.application.name) goes on by itself in a few seconds.</p>
                """)
        } catch let fault as Fault where fault.code == .invalid {
            let found = try await database.transaction {
                try DeviceRequest.find(code, by: visitor.caller, at: now, in: $0)
            }
            guard case .request(let request) = found else { return refusal(found, visitor) }
            return try await confirmation(request, visitor, problem: fault.sentences.joined(separator: " "))
        }
    }

    private func denyDevice(_ code: String, _ visitor: Visitor) async throws -> Response {
        let now = clock.now()
        let found = try await database.transaction { tx in
            let found = try DeviceRequest.find(code, by: visitor.caller, at: now, in: tx)
            if case .request(let request) = found { try request.deny(by: visitor.caller, at: now, in: tx) }
            return found
        }
        guard case .request = found else { return refusal(found, visitor) }
        return Page.response(
            "Denied",
            """
            \(AccountNavigation.html(at: "/activate", for: visitor))
            <h1>You denied access</h1>
            <p>You can close this page.</p>
            """)
    }

    /// Who asks, for what, and whether that is really the device in front of the person: whoever sends others a code
    /// of his own gets their access (RFC 8628 §5.4).
    private func confirmation(
        _ request: DeviceRequest, _ visitor: Visitor, problem: String? = nil
    ) async throws -> Response {
        let alert: HTML? = problem.map { "<p role=\"alert\">\($0)</p>" }
        let choice = try await projectChoice(request.scopes, of: visitor)
        let minutes = (clock.now().milliseconds - request.createdAt.milliseconds) / 60_000
        let when: HTML =
            minutes < 1 ? "less than a minute ago" : minutes == 1 ? "a minute ago" : "\(minutes) minutes ago"
        let name = request.application.name
        return Page.response(
            "Allow access?",
            """
            \(AccountNavigation.html(at: "/activate", for: visitor))
            <h1>Allow \(name) on a device to use your account?</h1>
            \(alert)
            <p>Your device must show this code: <code>\(request.userCode)</code></p>
            <p role="alert">Allow this only if you have just started it yourself, on a device in front of you. If
            somebody sent you this code or a link with it, choose Deny: they would get into your account.</p>
            <p>The device asked \(when) from the address \(request.address).</p>
            <p>You are signed in as \(visitor.email). \(name) wants to:</p>
            \(Self.inWords(request.scopes))
            <form method="post" action="/activate">
            <input type="hidden" name="form_token" value="\(FormToken.of(visitor.token))">
            <input type="hidden" name="user_code" value="\(request.userCode)">
            \(choice)
            <button class="yes" name="decision" value="allow">Allow</button>
            <button name="decision" value="deny">Deny</button>
            </form>
            """, status: problem == nil ? .ok : .unprocessableContent)
    }

    private func codeEntry(_ visitor: Visitor, problem: String?, status: HTTPResponse.Status? = nil) -> Response {
        let alert: HTML? = problem.map { "<p role=\"alert\">\($0)</p>" }
        return Page.response(
            "Connect a device",
            """
            \(AccountNavigation.html(at: "/activate", for: visitor))
            <h1>Connect a device</h1>
            \(alert)
            <p>You are signed in as \(visitor.email). Enter the code that your device shows.</p>
            <form method="post" action="/activate">
            <input type="hidden" name="form_token" value="\(FormToken.of(visitor.token))">
            <label>Code <input type="text" name="user_code" required autocomplete="off" autocapitalize="characters"
            spellcheck="false" maxlength="20" placeholder="XXXX-XXXX"></label>
            <button class="yes">Next</button>
            </form>
            """, status: status ?? (problem == nil ? .ok : .unprocessableContent))
    }

    private func refusal(_ found: DeviceRequest.Found, _ visitor: Visitor) -> Response {
        if case .tooMany = found {
            var response = codeEntry(
                visitor, problem: "Too many wrong codes were entered. Try again in ten minutes.",
                status: .tooManyRequests)
            response.headers[.retryAfter] = "600"
            return response
        }
        return codeEntry(
            visitor, problem: "There is no such code, or it was used, or has expired. Start again on your device.")
    }
}
