import Basics
import HTTPTypes
import Hummingbird
import OAuth
import SQL

/// The fields of the form, as somebody filled them in.
struct ApplicationFields: Sendable {
    var name = ""
    /// One per line.
    var redirectURIs = ""
    var scopes: ScopeSet = [.public]
    var isConfidential = true
    var usesDevices = false

    init() {}

    init(_ application: OAuthApplication) {
        name = application.name
        redirectURIs = application.redirectURIs.joined(separator: "\n")
        scopes = application.scopes
        isConfidential = application.isConfidential
        usesDevices = application.usesDevices
    }

    init(_ visit: Panel.Visit) throws {
        name = try visit.value("name", in: visit.form) ?? ""
        redirectURIs = try visit.value("redirect_uri", in: visit.form) ?? ""
        let names = visit.form.filter { $0.name == "scope" }.compactMap(\.value)
        scopes = try ScopeSet(parsing: names.joined(separator: " "))
        isConfidential = try visit.value("kind", in: visit.form) != "public"
        usesDevices = try visit.value("device", in: visit.form) != nil
    }

    var change: ApplicationChange {
        ApplicationChange(
            name: name, redirectURIs: ApplicationChange.split(redirectURIs), scopes: scopes,
            isConfidential: isConfidential, usesDevices: usesDevices)
    }
}

extension Panel {
    func createApplication(_ visit: Visit, _ visitor: Visitor) async throws -> Response {
        let (fields, now) = (try ApplicationFields(visit), clock.now())
        do {
            let made = try await database.transaction {
                try Applications.create(fields.change, by: visitor.caller, at: now, in: $0)
            }
            // Not a redirect: the secret is in this answer only.
            return Self.shown(made.application, visitor, secret: made.secret)
        } catch let fault as Fault where fault.code == .invalid {
            return applicationForm(nil, fields, visitor, problems: fault.sentences)
        }
    }

    func changeApplication(_ id: Int64, _ visit: Visit, _ visitor: Visitor) async throws -> Response {
        let (fields, now) = (try ApplicationFields(visit), clock.now())
        let before = try await application(id, visitor)
        do {
            let changed = try await database.transaction {
                try Applications.change(id, fields.change, by: visitor.caller, at: now, in: $0)
            }
            return Self.shown(changed.application, visitor, secret: changed.secret)
        } catch let fault as Fault where fault.code == .invalid {
            return applicationForm(before, fields, visitor, problems: fault.sentences)
        }
    }

    /// `application` nil: a new one.
    func applicationForm(
        _ application: OAuthApplication?, _ fields: ApplicationFields, _ visitor: Visitor, problems: [String] = []
    ) -> Response {
        // What only staff may give is not offered to others, but they may take it away.
        let offered = ScopeSet.all.subtracting(visitor.caller.isAdmin ? [] : .privileged)
        let shown = Scope.allCases.filter { offered.contains($0) || application?.scopes.contains($0) ?? false }
        let scopes = shown.map { scope -> HTML in
            """
            <label><input type="checkbox" name="scope" value="\(scope.rawValue)"\
            \(Self.checked(fields.scopes.contains(scope)))> \(scope.rawValue): \(scope.explanation)</label>
            """
        }
        let alert: HTML? = problems.isEmpty ? nil : "<p role=\"alert\">\(problems.joined(separator: " "))</p>"
        let title = application.map { "Change \($0.name)" } ?? "Register an application"
        let action = application.map { SharedPage.application($0.id) } ?? .applications
        return Page.response(
            title,
            """
            \(AccountNavigation.html(at: SharedPage.applications.path, for: visitor))
            <h1>\(title)</h1>
            \(alert)
            <form method="post" action="\(action.path)">
            <input type="hidden" name="form_token" value="\(FormToken.of(visitor.token))">
            <label>Name, as people read it <input type="text" name="name" required value="\(fields.name)"></label>
            <label>Where codes may be sent, one address per line
            <textarea name="redirect_uri" rows="3">\(fields.redirectURIs)</textarea></label>
            <fieldset>
            <legend>What it is</legend>
            <label><input type="radio" name="kind" value="confidential"\(Self.checked(fields.isConfidential))>
            A server that keeps a secret</label>
            <label><input type="radio" name="kind" value="public"\(Self.checked(!fields.isConfidential))>
            A program on other people's devices, which cannot</label>
            <label><input type="checkbox" name="device" value="yes"\(Self.checked(fields.usesDevices))>
            It also asks from devices without a browser</label>
            </fieldset>
            <fieldset>
            <legend>What it may ask for at most</legend>
            \(.all(scopes))
            </fieldset>
            \(application == nil ? nil : "<p>What it was given with a scope that you take away ends at once.</p>")
            <button class="yes">Save</button>
            </form>
            <p><a href="\(SharedPage.applications.path)">Your applications</a></p>
            """, status: problems.isEmpty ? .ok : .unprocessableContent)
    }

    private static func checked(_ isChecked: Bool) -> HTML { isChecked ? " checked" : "" }
}
