import Basics
import HTTPTypes
import Hummingbird
import OAuth
import SQL

extension Panel {
    /// What the form carries on from the request, so that nothing is kept between the two.
    private static let carried = [
        "client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method",
        "token_replace",
    ]
    /// Scopes that can be limited to projects.
    private static let aboutProjects: ScopeSet = [.projectRead, .projectWrite, .orderRead, .orderWrite]

    /// Who asks, for what, in plain words, and where the answer goes.
    func consentPage(
        _ request: AuthorizationRequest, _ visitor: Visitor, _ visit: Visit, _ fields: [FormText.Field],
        problem: String? = nil
    ) async throws -> Response {
        let carried = try Self.carried.map { name -> HTML in
            guard let value = try visit.value(name, in: fields) else { return "" }
            return "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
        }
        let alert: HTML? = problem.map { "<p role=\"alert\">\($0)</p>" }
        let choice = try await projectChoice(request.scopes, of: visitor)
        return Page.response(
            "Allow access?",
            """
            \(AccountNavigation.html(at: visit.target, for: visitor))
            <h1>Allow \(request.application.name) to use your account?</h1>
            \(alert)
            <p>You are signed in as \(visitor.email). \(request.application.name) wants to:</p>
            \(Self.inWords(request.scopes))
            <form method="post" action="/api/oauth/authorize">
            <input type="hidden" name="form_token" value="\(FormToken.of(visitor.token))">
            \(.all(carried))
            \(choice)
            <button class="yes" name="decision" value="allow">Allow</button>
            <button name="decision" value="deny">Deny</button>
            </form>
            <p>\(Self.whereTo(request.redirectURI))</p>
            """, status: problem == nil ? .ok : .unprocessableContent,
            formsGoTo: Address.formTarget(of: request.redirectURI).map { [$0] } ?? [])
    }

    /// What the scopes mean.
    static func inWords(_ scopes: ScopeSet) -> HTML {
        let items = scopes.scopes.map { scope -> HTML in "<li>\(scope.explanation)</li>" }
        return """
            <ul>
            \(.all(items))
            </ul>
            """
    }

    /// All projects or some of them; nil when the scopes are not about projects, or there are none.
    func projectChoice(_ scopes: ScopeSet, of visitor: Visitor) async throws -> HTML? {
        guard scopes.intersects(Self.aboutProjects) else { return nil }
        let projects = try await database.read { try Consent.projects(of: visitor.caller, on: $0) }
        if projects.isEmpty { return nil }
        let boxes = projects.map { project -> HTML in
            "<label><input type=\"checkbox\" name=\"project\" value=\"\(project.id)\"> \(project.name)</label>"
        }
        return """
            <fieldset>
            <legend>Which projects?</legend>
            <label><input type="radio" name="projects" value="all" checked> All my projects, also later ones</label>
            <label><input type="radio" name="projects" value="some"> Only these:</label>
            \(.all(boxes))
            </fieldset>
            """
    }

    private static func whereTo(_ uri: String) -> HTML {
        uri == RedirectURI.outOfBand
            ? "You will be shown a code to copy." : "You will be sent to <strong>\(Address.site(of: uri))</strong>."
    }
}
