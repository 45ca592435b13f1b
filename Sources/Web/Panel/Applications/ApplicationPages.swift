import Basics
import HTTPTypes
import Hummingbird
import Identity
import OAuth
import SQL

/// OAuth applications of whoever is signed in, without JavaScript: what browsers cannot send, a form posts.
extension Panel {
    /// Whether a path is one of the API's that has a page too.
    package static func shares(_ path: Substring) -> Bool { SharedPage(path) != nil }

    func respond(_ page: SharedPage, _ visit: Visit, isForm: Bool) async throws -> Response {
        guard let visitor = try await visitor(visit) else {
            if isForm { throw Fault(.forbidden, "You are not signed in any more. Sign in and send the form again.") }
            return Page.redirect("/login?return=\(FormText.encode(visit.target))")
        }
        if isForm { try Self.requireOwnForm(visit, of: visitor) }
        switch (page, isForm) {
        case (.applications, false): return try await applicationsPage(visit, visitor)
        case (.applications, true): return try await createApplication(visit, visitor)
        case (.new, false): return applicationForm(nil, ApplicationFields(), visitor)
        case (.application(let id), false): return try await applicationPage(id, visitor)
        case (.application(let id), true): return try await changeApplication(id, visit, visitor)
        case (.edit(let id), false):
            let found = try await application(id, visitor)
            return applicationForm(found, ApplicationFields(found), visitor)
        case (.rotateSecret(let id), true): return try await rotateSecret(id, visitor)
        case (.delete(let id), false): return try await deletionPage(id, visitor)
        case (.delete(let id), true): return try await deleteApplication(id, visitor)
        case (.allowed, false): return try await allowedPage(visit, visitor)
        case (.assessment, false): return try await assessmentPage(visitor)
        case (.withdraw(let id), true): return try await withdraw(id, visitor)
        default: return Page.problem(.methodNotAllowed, "This did not work", "This page does not take that method.")
        }
    }

    func application(_ id: Int64, _ visitor: Visitor) async throws -> OAuthApplication {
        try await database.read { try Applications.view(id, by: visitor.caller, on: $0) }
    }

    private func applicationsPage(_ visit: Visit, _ visitor: Visitor) async throws -> Response {
        let page = try Self.page(visit)
        let (found, total) = try await database.read { try Applications.list(page, by: visitor.caller, on: $0) }
        let items = found.map { one -> HTML in
            "<li><a href=\"\(SharedPage.application(one.id).path)\">\(one.name)</a> – \(Self.kind(one))</li>"
        }
        return Page.response(
            "Your applications",
            """
            \(AccountNavigation.html(at: SharedPage.applications.path, for: visitor))
            <h1>Your applications</h1>
            <p>Programs that may ask people for access, or act for themselves.</p>
            \(items.isEmpty ? "<p>There are none.</p>" : "<ul>\n\(.all(items))\n</ul>")
            \(Self.turning(page, total, SharedPage.applications))
            <p><a href="\(SharedPage.new.path)">Register an application</a> ·
            <a href="\(SharedPage.allowed.path)">Applications that you allow something</a></p>
            """)
    }

    private func applicationPage(_ id: Int64, _ visitor: Visitor) async throws -> Response {
        Self.shown(try await application(id, visitor), visitor)
    }

    /// The application; its secret when it has just got one.
    static func shown(
        _ application: OAuthApplication, _ visitor: Visitor, secret: Secret<String>? = nil
    ) -> Response {
        let uris = application.redirectURIs.map { uri -> HTML in "<li><code>\(uri)</code></li>" }
        let token = FormToken.of(visitor.token)
        let once: HTML? = secret.map { secret in
            """
            <p role="alert">Copy the secret now. It is shown this once.</p>
            <p>Secret: <code>\(secret.reveal())</code></p>
            """
        }
        let rotate: HTML? =
            application.isConfidential
            ? """
            <form method="post" action="\(SharedPage.rotateSecret(application.id).path)">
            <input type="hidden" name="form_token" value="\(token)">
            <button>Make another secret</button> The one before stops working at once.
            </form>
            """ : nil
        return Page.response(
            application.name,
            """
            \(AccountNavigation.html(at: SharedPage.applications.path, for: visitor))
            <h1>\(application.name)</h1>
            \(once)
            <p>Client id: <code>\(application.uid)</code></p>
            <p>\(kind(application))</p>
            <p>It may ask to:</p>
            \(inWords(application.scopes))
            <p>Codes are sent to:</p>
            \(uris.isEmpty ? "<p>nowhere</p>" : "<ul>\n\(.all(uris))\n</ul>")
            \(rotate)
            <p><a href="\(SharedPage.edit(application.id).path)">Change</a> ·
            <a href="\(SharedPage.delete(application.id).path)">Delete</a> ·
            <a href="\(SharedPage.applications.path)">Your applications</a></p>
            """)
    }

    private func rotateSecret(_ id: Int64, _ visitor: Visitor) async throws -> Response {
        let now = clock.now()
        let made = try await database.transaction {
            try Applications.rotateSecret(id, by: visitor.caller, at: now, in: $0)
        }
        return Self.shown(made.application, visitor, secret: made.secret)
    }

    private func deletionPage(_ id: Int64, _ visitor: Visitor) async throws -> Response {
        let found = try await application(id, visitor)
        return Page.response(
            "Delete \(found.name)?",
            """
            \(AccountNavigation.html(at: SharedPage.applications.path, for: visitor))
            <h1>Delete \(found.name)?</h1>
            <p>Everything it was given stops working at once. This cannot be undone.</p>
            <form method="post" action="\(SharedPage.delete(id).path)">
            <input type="hidden" name="form_token" value="\(FormToken.of(visitor.token))">
            <button class="yes">Delete</button>
            </form>
            <p><a href="\(SharedPage.application(id).path)">Back</a></p>
            """)
    }

    private func deleteApplication(_ id: Int64, _ visitor: Visitor) async throws -> Response {
        let now = clock.now()
        try await database.transaction { try Applications.delete(id, by: visitor.caller, at: now, in: $0) }
        return Page.redirect(SharedPage.applications.path)
    }

    private static func kind(_ application: OAuthApplication) -> HTML {
        let kind: HTML = application.isConfidential ? "confidential" : "public, without a secret"
        return application.usesDevices ? "\(kind), also for devices without a browser" : kind
    }
}

/// Long lists, page by page.
extension Panel {
    private static let rowsPerPage = 100

    static func page(_ visit: Visit) throws -> Basics.Page {
        guard let text = try visit.value("page", in: visit.query) else {
            return Basics.Page(number: 1, size: rowsPerPage)
        }
        guard let number = Int(text), (1...Basics.Page.numberMax).contains(number) else {
            throw Fault(.malformed, "There is no such page.")
        }
        return Basics.Page(number: number, size: rowsPerPage)
    }

    static func turning(_ page: Basics.Page, _ total: Int64, _ shared: SharedPage) -> HTML? {
        var links: [HTML] = []
        if page.number > 1 { links.append("<a href=\"\(shared.path)?page=\(Int64(page.number - 1))\">Before</a>") }
        if Int64(page.offset + page.size) < total {
            links.append("<a href=\"\(shared.path)?page=\(Int64(page.number + 1))\">More</a>")
        }
        return links.isEmpty ? nil : "<p>\(.all(links))</p>"
    }
}
