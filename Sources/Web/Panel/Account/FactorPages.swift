import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

extension Panel {
    private static let factorPath = "/account/factor"
    static let wrongCode = "The code is not right, or was used."
    static let codeField: HTML = """
        <label>Code of the application, or a recovery code
        <input name="code" autocomplete="one-time-code" required maxlength="40"></label>
        """

    /// `GET /account/factor`: whether there is one, and what can be done.
    func factorPage(_ visitor: Visitor, problem: String? = nil, done: String? = nil) async throws -> Response {
        let userID = try Policy.requireAccount(visitor.caller)
        let status = try await database.read { try SecondFactor.status(userID, on: $0) }
        guard status.isOn else {
            return accountPage(visitor, at: Self.factorPath, "Second factor", problem: problem, done: done) { token in
                """
                <p>Signing in takes your password alone. With a second factor it also takes a code that an application
                on your telephone shows, so a password that others know is not enough.</p>
                <form method="post" action="/account/factor">
                \(token)
                <label>Password
                <input type="password" name="password" autocomplete="current-password" required></label>
                <button class="yes" name="do" value="begin">Set it up</button>
                </form>
                """
            }
        }
        return accountPage(visitor, at: Self.factorPath, "Second factor", problem: problem, done: done) { token in
            """
            <p>Signing in takes a code of your application besides the password.
            Recovery codes left: \(status.recoveryCodesLeft).</p>
            <form method="post" action="/account/factor">
            \(token)
            \(Self.codeField)
            <button name="do" value="codes">New recovery codes</button>
            <button name="do" value="remove">Remove the second factor</button>
            </form>
            """
        }
    }

    func changeFactor(_ visitor: Visitor, _ visit: Visit) async throws -> Response {
        let (now, vault, mail, caller) = (clock.now(), vault, mail, visitor.caller)
        let code = try visit.value("code", in: visit.form) ?? ""
        switch try visit.value("do", in: visit.form) {
        case "begin":
            guard try await isPassword(visitor, visit) else {
                return try await factorPage(visitor, problem: "The password is not right.")
            }
            try await database.transaction { try SecondFactor.begin(by: caller, vault: vault, at: now, in: $0) }
            return try await enrolmentPage(visitor, problem: nil)
        case "confirm":
            let codes = try await database.transaction {
                try SecondFactor.confirm(code, by: caller, vault: vault, mail: mail, at: now, in: $0)
            }
            guard let codes else {
                return try await enrolmentPage(
                    visitor, problem: "The code is not right. Does your telephone know what time it is?")
            }
            return codesPage(visitor, codes)
        case "codes":
            let codes = try await counted(visitor) {
                try SecondFactor.renewCodes(code, by: caller, vault: vault, at: now, in: $0)
            }
            guard let codes else { return try await factorPage(visitor, problem: Self.wrongCode) }
            return codesPage(visitor, codes)
        case "remove":
            let isGone = try await counted(visitor) {
                try SecondFactor.remove(code, by: caller, vault: vault, mail: mail, at: now, in: $0) ? true : nil
            }
            guard isGone != nil else { return try await factorPage(visitor, problem: Self.wrongCode) }
            return try await factorPage(visitor, done: "The second factor was removed.")
        default: throw Fault(.malformed, "This form is not complete. Go back and begin again.")
        }
    }

    /// Runs `body`; nil from it is a wrong code, which counts like a wrong password.
    private func counted<T: Sendable>(
        _ visitor: Visitor, _ body: @escaping @Sendable (any Transaction) throws -> T?
    ) async throws -> T? {
        let (userID, now) = (try Policy.requireAccount(visitor.caller), clock.now())
        return try await database.transaction { tx in
            if let result = try body(tx) { return result }
            try SignIn.countFailure(of: userID, at: now, in: tx)
            return nil
        }
    }

    /// Picture, link and letters of the new secret. Shown again when the code was wrong.
    private func enrolmentPage(_ visitor: Visitor, problem: String?) async throws -> Response {
        let (vault, caller, issuer) = (vault, visitor.caller, siteName)
        let found = try await database.read {
            try SecondFactor.enrolment(by: caller, issuer: issuer, vault: vault, on: $0)
        }
        guard let found else { return try await factorPage(visitor, problem: "Begin again.") }
        let address = found.address.reveal()
        return accountPage(visitor, at: Self.factorPath, "Set up the second factor", problem: problem) { token in
            """
            <ol>
            <li>Let your authenticator application see this picture
            (or, on the telephone itself, open <a href="\(address)">this link</a>; or type the letters).
            \(QRCode.svg(address, label: "The secret for your authenticator application, as a picture"))
            <code>\(found.secret.reveal())</code></li>
            <li>Enter the code that it shows.</li>
            </ol>
            <form method="post" action="/account/factor">
            \(token)
            <label>Code <input name="code" inputmode="numeric" autocomplete="one-time-code" required \
            maxlength="10"></label>
            <button class="yes" name="do" value="confirm">Switch it on</button>
            </form>
            """
        }
    }

    /// The recovery codes, this once.
    private func codesPage(_ visitor: Visitor, _ codes: [Secret<String>]) -> Response {
        let lines = codes.map { code -> HTML in "<li><code>\(code.reveal())</code></li>" }
        return accountPage(
            visitor, at: Self.factorPath, "Your recovery codes", done: "Signing in takes a second factor from now on."
        ) { _ in
            """
            <p>Each of these works once, in place of a code, when your telephone is lost. Print them, or put them where
            your passwords are. They are not shown again.</p>
            <ul>
            \(.all(lines))
            </ul>
            <p><a href="/account/factor">I have them</a></p>
            """
        }
    }

    /// What this site is called in applications.
    private var siteName: String {
        String(publicURL.drop { $0 != "/" }.dropFirst(2).prefix { $0 != ":" })
    }
}
