import Basics
import HTTPTypes
import Hummingbird
import Workloads

/// What others let the person work with, or have invited him to.
extension Panel {
    static let collaborationsPath = "/account/collaborations"

    /// `GET /account/collaborations`
    func collaborationsPage(_ visitor: Visitor, _ visit: Visit) async throws -> Response {
        let found = try await Collaborations.list(by: visitor.caller, from: database)
        let done = Self.outcome(try visit.value("done", in: visit.query))
        return accountPage(visitor, at: Self.collaborationsPath, "Working with others", done: done) { token in
            let (open, accepted) = (found.filter { !$0.active }, found.filter(\.active))
            let invitations = open.map { Self.section($0, token) }
            let others = accepted.map { Self.section($0, token) }
            return """
                <h2>Invitations</h2>
                \(invitations.isEmpty ? "<p>There are none.</p>" : .all(invitations))
                <h2>What you work with</h2>
                \(others.isEmpty ? "<p>Nothing of others.</p>" : .all(others))
                """
        }
    }

    /// `GET /account/collaborations/7-project`: where the link of the letter leads.
    func collaborationPage(_ name: String, _ visitor: Visitor) async throws -> Response {
        let found: Collaboration
        do { found = try await Collaborations.view(name, by: visitor.caller, from: database) } catch let fault as Fault
            where fault.code == .notFound
        { return goneInvitation(visitor) }
        let title = found.active ? "You work with this" : "You were invited"
        return accountPage(visitor, at: Self.collaborationsPath, title) { token in
            """
            \(Self.section(found, token))
            <p><a href="\(Self.collaborationsPath)">All that others share with you</a></p>
            """
        }
    }

    /// A button was pressed.
    func answerInvitation(_ visitor: Visitor, _ visit: Visit) async throws -> Response {
        let name = try visit.value("collaboration", in: visit.form) ?? ""
        let (answer, now) = (try visit.value("answer", in: visit.form), clock.now())
        do {
            switch answer {
            case "accept":
                _ = try await Collaborations.respond(name, active: true, by: visitor.caller, at: now, in: database)
                return Page.redirect("\(Self.collaborationsPath)?done=accepted")
            case "decline", "leave":
                try await Collaborations.leave(name, by: visitor.caller, at: now, in: database)
                return Page.redirect("\(Self.collaborationsPath)?done=\(answer == "leave" ? "left" : "declined")")
            default: throw Fault(.malformed, "Go back and press one of the buttons.")
            }
        } catch let fault as Fault where fault.code == .notFound { return goneInvitation(visitor) }
    }

    /// The same for one that was taken back, one of somebody else, and one that never was.
    private func goneInvitation(_ visitor: Visitor) -> Response {
        accountPage(
            visitor, at: Self.collaborationsPath, "There is no such invitation",
            problem: """
                It was taken back, or you have declined it or left; or it was sent to another account. You are signed \
                in as \(visitor.email). Ask whoever has invited you to do it again.
                """, status: .notFound
        ) { _ in "<p><a href=\"\(Self.collaborationsPath)\">All that others share with you</a></p>" }
    }

    private static func section(_ found: Collaboration, _ token: HTML) -> HTML {
        let (kind, name) = (found.kind.title, found.thing.name)
        // The same words on several buttons are told apart by who cannot see what they stand beside.
        let what: HTML = "<span class=\"hidden\">: \(kind) \(name)</span>"
        let buttons: HTML =
            found.active
            ? "<button name=\"answer\" value=\"leave\">Leave\(what)</button>"
            : """
            <button class="yes" name="answer" value="accept">Accept\(what)</button>
            <button name="answer" value="decline">Decline\(what)</button>
            """
        let since: HTML = found.active ? "Accepted on" : "You were invited on"
        let day = (found.active ? found.updatedAt : found.createdAt).rfc3339.prefix(10)
        return """
            <section>
            <h3>\(kind) \(name)</h3>
            <p>It belongs to \(found.owner.fullName) (\(found.owner.email)). \(since) \(String(day)).</p>
            <p>\(found.kind.rights)</p>
            <form method="post" action="\(collaborationsPath)">
            \(token)
            <input type="hidden" name="collaboration" value="\(found.name)">
            \(buttons)
            </form>
            </section>
            """
    }

    private static func outcome(_ word: String?) -> String? {
        switch word {
        case "accepted": "You have accepted."
        case "declined": "You have declined. It is closed to you."
        case "left": "You have left. It is closed to you, until somebody invites you again."
        default: nil
        }
    }
}

extension SharedKind {
    fileprivate var title: String {
        switch self {
        case .project: "Project"
        case .image: "Container image"
        }
    }
}
