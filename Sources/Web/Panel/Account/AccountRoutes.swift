import Hummingbird

extension Panel {
    /// Whether a path is that of an account page.
    static func ownsAccount(_ path: Substring) -> Bool {
        path == "/account" || path.hasPrefix("/account/") || path.hasPrefix("/password/") || path == "/register"
            || path.hasPrefix("/login/") || path == PasskeyScript.path
    }

    /// The page for a path of ``ownsAccount(_:)``; nil when there is none, or not for that method.
    func account(_ path: Substring, isForm: Bool, _ visit: Visit) async throws -> Response? {
        switch (path, isForm) {
        case ("/register", false): try registerPage(visit, problem: nil)
        case ("/register", true): try await register(visit)
        case ("/account/confirm", false): try await confirmPage(visit, problem: nil)
        case ("/account/confirm", true): try await confirm(visit)
        case ("/password/forgot", false): try forgotPage(visit, problem: nil)
        case ("/password/forgot", true): try await forgot(visit)
        case ("/password/reset", false): try await resetPage(visit, problem: nil)
        case ("/password/reset", true): try await reset(visit)
        case ("/account/email/confirm", false): try await confirmEmailPage(visit)
        case ("/account/email/confirm", true): try await confirmEmail(visit)
        case ("/account", false): try await signedIn(visit, isForm: false) { try await overview($0, visit) }
        case ("/account/password", _):
            try await signedIn(visit, isForm: isForm) {
                isForm ? try await changePassword($0, visit) : passwordPage($0, problem: nil)
            }
        case ("/account/email", _):
            try await signedIn(visit, isForm: isForm) {
                isForm ? try await changeEmail($0, visit) : try await emailPage($0, problem: nil)
            }
        case ("/account/sessions", _):
            try await signedIn(visit, isForm: isForm) {
                isForm ? try await endSessions($0, visit) : try await sessionsPage($0)
            }
        case ("/account/factor", _):
            try await signedIn(visit, isForm: isForm) {
                isForm ? try await changeFactor($0, visit) : try await factorPage($0)
            }
        case ("/login/factor", false): try await askFactorPage(visit, problem: nil)
        case ("/login/factor", true): try await answerFactor(visit)
        case ("/account/passkeys", _):
            try await signedIn(visit, isForm: isForm) {
                isForm ? try await changePasskeys($0, visit) : try await passkeysPage($0)
            }
        case ("/account/collaborations", _):
            try await signedIn(visit, isForm: isForm) {
                isForm ? try await answerInvitation($0, visit) : try await collaborationsPage($0, visit)
            }
        case (_, false) where path.hasPrefix(Self.collaborationsPath + "/"):
            try await signedIn(visit, isForm: false) {
                try await collaborationPage(String(path.dropFirst(Self.collaborationsPath.count + 1)), $0)
            }
        case ("/login/passkey", false): try await passkeySignInPage(visit, problem: nil)
        case ("/login/passkey", true): try await passkeySignIn(visit)
        case ("/login/factor/passkey", true): try await answerPasskey(visit)
        case (PasskeyScript.path[...], false): PasskeyScript.response
        default: nil
        }
    }
}
