import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

extension Panel {
    /// `GET /account/email`
    func emailPage(_ visitor: Visitor, problem: String?) async throws -> Response {
        let now = clock.now()
        let pending = try await database.read {
            try EmailChange.pending(visitor.caller.userID ?? 0, at: now, on: $0)
        }
        let waiting: HTML? = pending.map { "<p>\($0) waits to be confirmed.</p>" }
        return accountPage(visitor, at: "/account/email", "Change the e-mail address", problem: problem) { token in
            """
            <p>Your account has the address \(visitor.email).</p>
            \(waiting)
            <p>We send a link to the new address. Until it is opened, everything stays as it is.</p>
            <form method="post" action="/account/email">
            \(token)
            <label>New e-mail address <input type="email" name="email" autocomplete="email" required></label>
            <label>Password
            <input type="password" name="password" autocomplete="current-password" required></label>
            <button class="yes">Send the link</button>
            </form>
            """
        }
    }

    func changeEmail(_ visitor: Visitor, _ visit: Visit) async throws -> Response {
        let email = try visit.value("email", in: visit.form) ?? ""
        guard let userID = visitor.caller.userID, try await isPassword(visitor, visit) else {
            return try await emailPage(visitor, problem: "The password is not right.")
        }
        let (mail, now) = (mail, clock.now())
        do {
            try await database.transaction {
                try EmailChange.ask(userID, to: email, by: visitor.caller, mail: mail, at: now, in: $0)
            }
        } catch let fault as Fault where fault.code == .invalid || fault.code == .throttled {
            return try await emailPage(visitor, problem: fault.sentences.joined(separator: " "))
        }
        return Page.redirect("/account?done=email")
    }

    /// `GET /account/email/confirm?token=…`: the link of the letter. Looking at it uses nothing up.
    func confirmEmailPage(_ visit: Visit) async throws -> Response {
        let (token, now) = (try visit.value("token", in: visit.query) ?? "", clock.now())
        guard let found = try await database.read({ try AccountLinks.find(token, .changeEmail, at: now, on: $0) })
        else { throw AccountLinks.expired }
        return strangersPage(visit, "Confirm your new e-mail address", problem: nil) { formToken in
            """
            <form method="post" action="/account/email/confirm">
            \(formToken)
            <input type="hidden" name="token" value="\(token)">
            <p>Your account will have the address \(found.email).</p>
            <button class="yes">Confirm</button>
            </form>
            """
        }
    }

    func confirmEmail(_ visit: Visit) async throws -> Response {
        guard try isOfThisBrowser(visit) else {
            throw Fault(.forbidden, "This form was not made for this browser. Open the link of the letter again.")
        }
        let (token, now) = (try visit.value("token", in: visit.form) ?? "", clock.now())
        let (caller, mail) = (stranger(visit), mail)
        let email = try await database.transaction {
            try EmailChange.confirm(token: token, by: caller, mail: mail, at: now, in: $0)
        }
        return Page.response(
            "Your address is confirmed",
            """
            <h1>Your address is confirmed</h1>
            <p>Sign in with \(email) from now on. <a href="/account">To your account</a></p>
            """)
    }
}
