import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

extension Panel {
    /// `GET /account`: who one is here.
    func overview(_ visitor: Visitor, _ visit: Visit) async throws -> Response {
        let now = clock.now()
        let (profile, pending) = try await database.read { connection in
            let profile = try Profiles.view(nil, by: visitor.caller, on: connection)
            return (profile, try EmailChange.pending(profile.id, at: now, on: connection))
        }
        let waiting: HTML? = pending.map { "<dt>To be confirmed</dt><dd>\($0)</dd>" }
        return accountPage(
            visitor, at: "/account", "Your account", done: try Self.notice(visit.value("done", in: visit.query))
        ) { token in
            """
            <dl>
            <dt>Name</dt><dd>\(profile.data.firstName) \(profile.data.lastName)</dd>
            <dt>E-mail</dt><dd>\(profile.data.email)</dd>
            \(waiting)
            </dl>
            <form method="post" action="/logout">
            \(token)
            <button>Sign out</button>
            </form>
            """
        }
    }

    /// What has just been done, by a word in the address; nothing of the address itself is shown.
    private static func notice(_ word: String?) -> String? {
        switch word {
        case "password": "Your password was changed. All other browsers were signed out."
        case "email": "We have written to the new address. It counts when the link in that letter was opened."
        case "confirmed": "Your e-mail address is confirmed. Welcome!"
        default: nil
        }
    }
}
