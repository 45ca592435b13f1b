import Basics

/// The way from one page of somebody's account to the others.
enum AccountNavigation {
    /// Address and name, in order. Pages of one's own account go here.
    private static let pages = [
        ("/account", "Account"), ("/account/password", "Password"), ("/account/email", "E-mail"),
        ("/account/factor", "Second factor"), ("/account/passkeys", "Passkeys"),
        ("/account/sessions", "Browsers"), (Panel.collaborationsPath, "Collaborations"),
        (SharedPage.allowed.path, "Allowed applications"), (SharedPage.applications.path, "Your applications"),
        ("/activate", "Devices"),
    ]
    private static let staffPages = [(SharedPage.assessment.path, "Self-assessment")]

    /// For the top of a page; `path` is where one is, or what that is a part of.
    static func html(at path: String, for visitor: Panel.Visitor) -> HTML {
        let items = (pages + (visitor.caller.isAdmin ? staffPages : [])).map { page -> HTML in
            page.0 == path
                ? "<li><a href=\"\(page.0)\" aria-current=\"page\">\(page.1)</a></li>"
                : "<li><a href=\"\(page.0)\">\(page.1)</a></li>"
        }
        return "<nav aria-label=\"Your account\"><ul>\n\(.all(items))\n</ul></nav>"
    }
}
