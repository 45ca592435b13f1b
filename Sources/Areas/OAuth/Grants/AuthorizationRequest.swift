package import Basics
package import SQL

/// The parameters of an authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3), as they came.
package struct AuthorizationParameters: Sendable, Hashable {
    package var clientID: String?
    package var redirectURI: String?
    package var responseType: String?
    package var scope: String?
    package var state: String?
    package var codeChallenge: String?
    package var codeChallengeMethod: String?

    package init(
        clientID: String? = nil, redirectURI: String? = nil, responseType: String? = nil, scope: String? = nil,
        state: String? = nil, codeChallenge: String? = nil, codeChallengeMethod: String? = nil
    ) {
        self.clientID = clientID
        self.redirectURI = redirectURI
        self.responseType = responseType
        self.scope = scope
        self.state = state
        self.codeChallenge = codeChallenge
        self.codeChallengeMethod = codeChallengeMethod
    }
}

/// An authorization request that may be shown to a person.
package struct AuthorizationRequest: Sendable, Hashable {
    package let application: OAuthApplication
    package let redirectURI: String
    package let scopes: ScopeSet
    package let state: String?
    /// S256; nil when a confidential client sends none.
    package let challenge: String?

    /// Why a request is not one.
    package enum Refusal: Error, Sendable, Hashable {
        /// Told to the person only: where the client lives is not proven (RFC 6749 §4.1.2.1).
        case page(String)
        /// Told to the client, by way of the browser.
        case redirect(uri: String, error: String, description: String, state: String?)
    }

    /// Checks in the order that matters: client, redirect URI, and then what may be answered there.
    package init(_ asked: AuthorizationParameters, on connection: any Connection) throws {
        guard let uid = asked.clientID, !uid.utf8.contains(0),
            let found = try Applications.find(uid: uid, on: connection)
        else { throw Refusal.page("The application that sent you here is not known. Tell its developer.") }
        let registered = found.redirectURIs
        guard let uri = asked.redirectURI ?? (registered.count == 1 ? registered.first : nil),
            RedirectURI.matches(uri, registered)
        else {
            throw Refusal.page("\(found.name) asked to send you to an address that it has not registered.")
        }
        func refuse(_ error: String, _ description: String) -> Refusal {
            .redirect(uri: uri, error: error, description: description, state: asked.state)
        }
        guard asked.responseType == "code" else {
            throw refuse("unsupported_response_type", "The response type must be code.")
        }
        do {
            scopes = try ScopeChoice.choose(asked.scope, from: found.scopes.subtracting([.register]))
        } catch let problem as OAuthProblem {
            throw refuse(problem.code.rawValue, problem.description)
        }
        switch (asked.codeChallenge, asked.codeChallengeMethod) {
        case (nil, nil):
            guard found.isConfidential else { throw refuse("invalid_request", "A public client must use PKCE.") }
        case (let challenge?, "S256"):
            guard PKCE.isChallenge(challenge) else {
                throw refuse("invalid_request", "code_challenge must be 43 characters of base64url.")
            }
        default: throw refuse("invalid_request", "code_challenge_method must be S256.")
        }
        application = found
        redirectURI = uri
        state = asked.state
        challenge = asked.codeChallenge
    }
}
