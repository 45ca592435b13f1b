import Basics
import Hummingbird
import OAuth
import SQL

/// What the person has allowed to applications, to be taken back.
extension Panel {
    func allowedPage(_ visit: Visit, _ visitor: Visitor) async throws -> Response {
        let page = try Self.page(visit)
        let (found, total) = try await database.read { try Consent.allowed(page, by: visitor.caller, on: $0) }
        let items = found.map { allowed -> HTML in
            """
            <section>
            <h2>\(allowed.application.name)</h2>
            <p>\(allowed.allProjects ? "It may, in all your projects:" : "It may, in some of your projects:")</p>
            \(Self.inWords(allowed.scopes))
            <p>You last allowed this on \(String(allowed.allowedAt.rfc3339.prefix(10))).</p>
            <form method="post" action="\(SharedPage.withdraw(allowed.application.id).path)">
            <input type="hidden" name="form_token" value="\(FormToken.of(visitor.token))">
            <button>Take back</button>
            </form>
            </section>
            """
        }
        return Page.response(
            "Applications that you allow something",
            """
            \(AccountNavigation.html(at: SharedPage.allowed.path, for: visitor))
            <h1>Applications that you allow something</h1>
            \(items.isEmpty ? "<p>There are none.</p>" : .all(items))
            \(Self.turning(page, total, SharedPage.allowed))
            <p><a href="\(SharedPage.applications.path)">Your own applications</a></p>
            """)
    }

    func withdraw(_ id: Int64, _ visitor: Visitor) async throws -> Response {
        let now = clock.now()
        do {
            try await database.transaction {
                try Consent.withdraw(applicationID: id, by: visitor.caller, at: now, in: $0)
            }
        } catch let fault as Fault where fault.code == .notFound {
            // It was taken back already, in another window perhaps.
        }
        return Page.redirect(SharedPage.allowed.path)
    }
}
