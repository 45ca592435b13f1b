import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

extension Panel {
    /// `GET /register`
    func registerPage(_ visit: Visit, problem: String?) throws -> Response {
        guard allowsRegistration else {
            return Page.problem(.notFound, "There is no such page", "Accounts are made by the provider here.")
        }
        func value(_ name: String) throws -> String { try visit.value(name, in: visit.form) ?? "" }
        return try strangersPage(visit, "Create an account", problem: problem) { token in
            """
            <form method="post" action="/register">
            \(token)
            <label>First name
            <input name="first_name" autocomplete="given-name" required value="\(try value("first_name"))"></label>
            <label>Last name
            <input name="last_name" autocomplete="family-name" required value="\(try value("last_name"))"></label>
            <label>E-mail
            <input type="email" name="email" autocomplete="username" required value="\(try value("email"))"></label>
            <label>Password, at least \(Int64(Passwords.charactersMin)) characters
            <input type="password" name="password" autocomplete="new-password" required \
            minlength="\(Int64(Passwords.charactersMin))" maxlength="\(Int64(Passwords.charactersMax))"></label>
            <button class="yes">Create it</button>
            </form>
            <p>You have one already? <a href="/login">Sign in</a>.</p>
            """
        }
    }

    func register(_ visit: Visit) async throws -> Response {
        guard allowsRegistration else { return try registerPage(visit, problem: nil) }
        guard try isOfThisBrowser(visit) else {
            return try registerPage(visit, problem: "The form was too old. Please send it again.")
        }
        func value(_ name: String) throws -> String { try visit.value(name, in: visit.form) ?? "" }
        let form = SignUp.Form(
            firstName: try value("first_name"), lastName: try value("last_name"), email: try value("email"))
        let password = try value("password")
        do { try SignUp.check(form, password: password) } catch let fault as Fault where fault.code == .invalid {
            return try registerPage(visit, problem: fault.sentences.joined(separator: " "))
        }
        // The same work, and the same answer, whether there is such an account or not.
        let hash = try await signIn.hash(Secret(password))
        let (caller, now) = (stranger(visit), clock.now())
        try await database.transaction { try SignUp.register(form, hash: hash, by: caller, at: now, in: $0) }
        return Page.response(
            "Look into your mailbox",
            """
            <h1>Look into your mailbox</h1>
            <p>We have written to the address you gave. Open the link in that letter within three days.</p>
            """)
    }

    /// `GET /account/confirm?token=…`: the link of the letter. Looking at it uses nothing up.
    func confirmPage(_ visit: Visit, problem: String?) async throws -> Response {
        let token = try visit.value("token", in: visit.form.isEmpty ? visit.query : visit.form) ?? ""
        let now = clock.now()
        guard let found = try await database.read({ try AccountLinks.find(token, .confirm, at: now, on: $0) }) else {
            throw AccountLinks.expired
        }
        return strangersPage(visit, "Confirm your e-mail address", problem: problem) { formToken in
            """
            <p>Enter the password you have chosen for \(found.email).</p>
            <form method="post" action="/account/confirm">
            \(formToken)
            <input type="hidden" name="token" value="\(token)">
            <input type="hidden" name="username" autocomplete="username" value="\(found.email)">
            <label>Password
            <input type="password" name="password" autocomplete="current-password" required></label>
            <button class="yes">Confirm and sign in</button>
            </form>
            <p>You did not choose one? <a href="/password/forgot">Choose it now</a>; that confirms the address, too.</p>
            """
        }
    }

    func confirm(_ visit: Visit) async throws -> Response {
        guard try isOfThisBrowser(visit) else {
            return try await confirmPage(visit, problem: "The form was too old. Please send it again.")
        }
        let (token, now) = (try visit.value("token", in: visit.form) ?? "", clock.now())
        guard let found = try await database.read({ try AccountLinks.find(token, .confirm, at: now, on: $0) }) else {
            throw AccountLinks.expired
        }
        let password = try visit.value("password", in: visit.form) ?? ""
        guard try await signIn.check(userID: found.userID, password: Secret(password)) else {
            return try await confirmPage(
                visit, problem: "The password is not the one that was chosen, or too many wrong ones were tried.")
        }
        let caller = stranger(visit)
        let userID = try await database.transaction { try SignUp.confirm(token: token, by: caller, at: now, in: $0) }
        return try await start(userID, visit, then: "/account?done=confirmed")
    }
}
