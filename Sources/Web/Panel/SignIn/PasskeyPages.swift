import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

/// Signing in with a passkey: alone, or in place of a code.
extension Panel {
    private static let noPasskeysHere = Fault(
        .invalid, "Browsers make no passkeys for the address of this site. Sign in with your password.")

    /// `GET /login/passkey`
    func passkeySignInPage(_ visit: Visit, problem: String?) async throws -> Response {
        guard let site = passkeySite else { throw Self.noPasskeysHere }
        let fields = visit.form.isEmpty ? visit.query : visit.form
        let destination = Self.destination(try visit.value("return", in: fields)) ?? ""
        let now = clock.now()
        let challenge = try await database.transaction {
            try PasskeyChallenges.make(.signIn, userID: nil, at: now, in: $0)
        }
        let options = Self.options(challenge, site, allowed: [], verification: "required")
        let back = destination.isEmpty ? "" : "?return=\(FormText.encode(destination))"
        return strangersPage(visit, "Sign in with a passkey", problem: problem, script: PasskeyScript.path) { token in
            """
            \(PasskeyScript.form("/login/passkey", options, token, destination, "Sign in"))
            <noscript><p>Passkeys need JavaScript.</p></noscript>
            <p><a href="/login\(back)">Sign in with your password</a></p>
            """
        }
    }

    func passkeySignIn(_ visit: Visit) async throws -> Response {
        guard let site = passkeySite else { throw Self.noPasskeysHere }
        guard try isOfThisBrowser(visit) else {
            return try await passkeySignInPage(visit, problem: "The form was too old. Please send it again.")
        }
        let (answer, now, caller) = (try Self.answer(visit), clock.now(), stranger(visit))
        let outcome = try await database.transaction {
            try Passkeys.signIn(answer, site: site, by: caller, at: now, in: $0)
        }
        guard case .right(let userID) = outcome else {
            return try await passkeySignInPage(visit, problem: Passkeys.notOurs)
        }
        let destination = Self.destination(try visit.value("return", in: visit.form))
        return try await start(userID, visit, then: destination ?? "/account")
    }

    /// What the script asks for in place of a code; nil when the account has no passkeys.
    func secondFactorOptions(_ userID: Int64) async throws -> String? {
        guard let site = passkeySite else { return nil }
        let ids = try await database.read { try Passkeys.credentialIDs(ofUser: userID, on: $0) }
        if ids.isEmpty { return nil }
        let now = clock.now()
        let challenge = try await database.transaction {
            try PasskeyChallenges.make(.secondFactor, userID: userID, at: now, in: $0)
        }
        return Self.options(challenge, site, allowed: ids, verification: "preferred")
    }

    /// `POST /login/factor/passkey`
    func answerPasskey(_ visit: Visit) async throws -> Response {
        guard let site = passkeySite else { throw Self.noPasskeysHere }
        guard try isOfThisBrowser(visit) else {
            return try await askFactorPage(visit, problem: "The form was too old. Please send it again.")
        }
        let (answer, now, caller) = (try Self.answer(visit), clock.now(), stranger(visit))
        let token = visit.cookies.pending ?? ""
        let outcome = try await database.transaction {
            try Passkeys.answer(answer, pending: token, site: site, by: caller, at: now, in: $0)
        }
        guard case .right(let userID) = outcome else {
            return try await askFactorPage(visit, problem: Passkeys.notOurs)
        }
        let destination = Self.destination(try visit.value("return", in: visit.form))
        var response = try await start(userID, visit, then: destination ?? "/account")
        response.headers[values: .setCookie].append(visit.cookies.withoutPending)
        return response
    }

    private static func answer(_ visit: Visit) throws -> Passkeys.Answer {
        func value(_ name: String) throws -> String { try visit.value(name, in: visit.form) ?? "" }
        return try Passkeys.Answer(
            credentialID: try value("credential_id"), clientData: try value("client_data"),
            authenticatorData: try value("authenticator_data"), signature: try value("signature"))
    }

    /// `PublicKeyCredentialRequestOptions` with bytes in base64url.
    private static func options(
        _ challenge: String, _ site: PasskeySite, allowed: [String], verification: String
    ) -> String {
        JSONValue.object([
            "challenge": .string(challenge), "rpId": .string(site.id), "timeout": .int(300_000),
            "userVerification": .string(verification),
            "allowCredentials": .array(allowed.map(descriptor)),
        ]).compact
    }

    /// A passkey that is there, as browsers want it named.
    static func descriptor(_ id: String) -> JSONValue {
        .object(["type": .string("public-key"), "id": .string(id)])
    }
}
