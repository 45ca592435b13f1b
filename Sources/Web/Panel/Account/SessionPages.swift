import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

extension Panel {
    /// `GET /account/sessions`: where one is signed in.
    func sessionsPage(_ visitor: Visitor) async throws -> Response {
        let now = clock.now()
        let sessions = try await database.read { try Sessions.list(by: visitor.caller, at: now, on: $0) }
        return accountPage(visitor, at: "/account/sessions", "Where you are signed in") { token in
            let rows = sessions.map { session -> HTML in
                let isThis = session.id == visitor.sessionID
                let end: HTML =
                    isThis
                    ? "this one"
                    : """
                    <form method="post" action="/account/sessions">
                    \(token)
                    <button name="session" value="\(session.id)">Sign out</button>
                    </form>
                    """
                return """
                    <tr><td>\(BrowserName.of(session.userAgent))<br><small>\(session.address)</small></td>
                    <td>\(Self.minute(session.createdAt))</td>
                    <td>\(Self.minute(session.seenAt))</td><td>\(end)</td></tr>
                    """
            }
            let others: HTML? =
                sessions.count < 2
                ? nil
                : """
                <form method="post" action="/account/sessions">
                \(token)
                <button class="yes" name="session" value="others">Sign out all others</button>
                </form>
                """
            return """
                <p>Whoever does not come back for 8 hours is signed out, and everybody after 3 days.</p>
                <table>
                <thead><tr><th scope="col">Browser</th><th scope="col">Since (UTC)</th>
                <th scope="col">Last seen</th><th scope="col"><span class="hidden">Sign out</span></th></tr></thead>
                <tbody>
                \(.all(rows))
                </tbody>
                </table>
                \(others)
                """
        }
    }

    func endSessions(_ visitor: Visitor, _ visit: Visit) async throws -> Response {
        let (which, now) = (try visit.value("session", in: visit.form) ?? "", clock.now())
        try await database.transaction { tx in
            if which == "others" {
                try Sessions.endOthers(than: visitor.sessionID, by: visitor.caller, at: now, in: tx)
            } else if let id = Int64(which) {
                try Sessions.end(id: id, by: visitor.caller, at: now, in: tx)
            }
        }
        return Page.redirect("/account/sessions")
    }

    /// `2026-11-23 19:20`
    static func minute(_ moment: Moment) -> String {
        let text = moment.rfc3339
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
    }
}

/// What a browser calls itself, in two words.
enum BrowserName {
    /// The order matters: most call themselves Safari, and many Chrome.
    private static let browsers = [
        ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"),
    ]
    private static let systems = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ]

    /// `Firefox on Linux`; the beginning of what it says when it is none that we know.
    static func of(_ userAgent: String) -> String {
        let browser = browsers.first { userAgent.contains($0.0) }?.1
        let system = systems.first { userAgent.contains($0.0) }?.1
        switch (browser, system) {
        case (let browser?, let system?): return "\(browser) on \(system)"
        case (let name?, nil), (nil, let name?): return name
        case (nil, nil): return userAgent.isEmpty ? "Unknown browser" : String(userAgent.prefix(40))
        }
    }
}
