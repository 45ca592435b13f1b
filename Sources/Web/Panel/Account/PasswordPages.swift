import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

extension Panel {
    private static let newPasswordField: HTML = """
        <label>New password, at least \(Int64(Passwords.charactersMin)) characters
        <input type="password" name="new_password" autocomplete="new-password" required \
        minlength="\(Int64(Passwords.charactersMin))" maxlength="\(Int64(Passwords.charactersMax))"></label>
        """
    /// Said to everybody who asks, whether there is such an account or not.
    private static let onItsWay = "If there is an account with this address, a letter is on its way to it."

    /// `GET /password/forgot`
    func forgotPage(_ visit: Visit, problem: String?) throws -> Response {
        let email = try visit.value("email", in: visit.form) ?? ""
        return strangersPage(visit, "Choose a new password", problem: problem) { token in
            """
            <p>Say the e-mail address of your account. We send a link there that is good for one hour.</p>
            <form method="post" action="/password/forgot">
            \(token)
            <label>E-mail <input type="email" name="email" autocomplete="username" required value="\(email)"></label>
            <button class="yes">Send the link</button>
            </form>
            """
        }
    }

    func forgot(_ visit: Visit) async throws -> Response {
        guard try isOfThisBrowser(visit) else {
            return try forgotPage(visit, problem: "The form was too old. Please send it again.")
        }
        let (email, now) = (try visit.value("email", in: visit.form) ?? "", clock.now())
        do {
            try await database.transaction { try AskedLinks.ask(.reset, for: email, at: now, in: $0) }
        } catch let fault as Fault where fault.code == .invalid {
            return try forgotPage(visit, problem: fault.sentences.joined(separator: " "))
        }
        return Page.response("Look into your mailbox", "<h1>Look into your mailbox</h1>\n<p>\(Self.onItsWay)</p>")
    }

    /// `GET /password/reset?token=…`: the link of the letter. Looking at it uses nothing up.
    func resetPage(_ visit: Visit, problem: String?) async throws -> Response {
        let token = try visit.value("token", in: visit.form.isEmpty ? visit.query : visit.form) ?? ""
        let now = clock.now()
        guard let found = try await database.read({ try AccountLinks.find(token, .reset, at: now, on: $0) }) else {
            throw AccountLinks.expired
        }
        return strangersPage(visit, "Choose a new password", problem: problem) { formToken in
            """
            <form method="post" action="/password/reset">
            \(formToken)
            <input type="hidden" name="token" value="\(token)">
            <input type="hidden" name="username" autocomplete="username" value="\(found.email)">
            \(Self.newPasswordField)
            <button class="yes">Set the password</button>
            </form>
            """
        }
    }

    func reset(_ visit: Visit) async throws -> Response {
        guard try isOfThisBrowser(visit) else {
            return try await resetPage(visit, problem: "The form was too old. Please send it again.")
        }
        let password = try visit.value("new_password", in: visit.form) ?? ""
        let (token, now) = (try visit.value("token", in: visit.form) ?? "", clock.now())
        // Nothing is worth a fifth of a second of work that comes with no link of ours.
        guard try await database.read({ try AccountLinks.find(token, .reset, at: now, on: $0) }) != nil else {
            throw AccountLinks.expired
        }
        if let problem = PasswordChange.problem(password) { return try await resetPage(visit, problem: problem) }
        let hash = try await signIn.hash(Secret(password))
        let (caller, mail) = (stranger(visit), mail)
        try await database.transaction {
            try PasswordChange.reset(token: token, hash: hash, by: caller, mail: mail, at: now, in: $0)
        }
        return Page.response(
            "Your password was changed",
            """
            <h1>Your password was changed</h1>
            <p>All browsers were signed out. <a href="/login">Sign in</a> with the new password.</p>
            """)
    }

    /// `GET /account/password`
    func passwordPage(_ visitor: Visitor, problem: String?) -> Response {
        accountPage(visitor, at: "/account/password", "Change the password", problem: problem) { token in
            """
            <p>All other browsers are signed out, and you get a letter that says so.</p>
            <form method="post" action="/account/password">
            \(token)
            <input type="hidden" name="username" autocomplete="username" value="\(visitor.email)">
            <label>Present password
            <input type="password" name="password" autocomplete="current-password" required></label>
            \(Self.newPasswordField)
            <button class="yes">Change it</button>
            </form>
            """
        }
    }

    func changePassword(_ visitor: Visitor, _ visit: Visit) async throws -> Response {
        let new = try visit.value("new_password", in: visit.form) ?? ""
        if let problem = PasswordChange.problem(new) { return passwordPage(visitor, problem: problem) }
        guard let userID = visitor.caller.userID, try await isPassword(visitor, visit) else {
            return passwordPage(visitor, problem: "The present password is not right.")
        }
        let hash = try await signIn.hash(Secret(new))
        let (mail, now) = (mail, clock.now())
        try await database.transaction {
            try PasswordChange.change(userID, hash: hash, by: visitor.caller, mail: mail, at: now, in: $0)
        }
        return try await start(userID, visit, then: "/account?done=password")
    }

    /// Whether the field `password` holds that of the person who is signed in. Wrong ones are counted.
    func isPassword(_ visitor: Visitor, _ visit: Visit) async throws -> Bool {
        guard let userID = visitor.caller.userID, let password = try visit.value("password", in: visit.form) else {
            return false
        }
        return try await signIn.check(userID: userID, password: Secret(password))
    }
}
