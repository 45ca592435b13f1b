import Basics
import Identity
package import SQL

/// How a client shows who it is (RFC 6749 §2.3): `Authorization: Basic`, or `client_id` and `client_secret` in the
/// body.
package struct ClientCredentials: Sendable {
    package var authorization: String?
    package var clientID: String?
    package var clientSecret: String?

    package init(authorization: String? = nil, clientID: String? = nil, clientSecret: String? = nil) {
        self.authorization = authorization
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    /// Who the client says it is; empty when it does not. For counting, not for believing.
    package var claimedName: String { (try? pair().uid) ?? "" }

    /// The name and the proof, from whichever of the two ways was used. Throws `invalid_request` for both at once
    /// (RFC 6749 §2.3) and `invalid_client` for none.
    func pair() throws(OAuthProblem) -> (uid: String, secret: String?) {
        guard let authorization else {
            guard let clientID else { throw .invalidClient }
            return (clientID, clientSecret)
        }
        // RFC 6749 §2.3.1: both parts are form-encoded before they are put together.
        guard authorization.lowercased().hasPrefix("basic "), authorization.utf8.count <= 1024,
            let pair = Authenticator.pair(authorization.dropFirst(6)), let uid = FormText.decode(pair.username[...]),
            let secret = FormText.decode(pair.secret[...])
        else { throw .invalidClient }
        if clientSecret != nil {
            throw OAuthProblem(.invalidRequest, "Authenticate either in the Authorization header or in the body.")
        }
        if let clientID, clientID != uid {
            throw OAuthProblem(.invalidRequest, "client_id is not the client of the Authorization header.")
        }
        return (uid, secret)
    }
}

/// Checks the proof of clients.
package enum Clients {
    /// The client behind the credentials. A public one shows only its name. Every failure is the same
    /// `invalid_client`, and costs the same: one read, one hash, one comparison.
    package static func authenticate(
        _ credentials: ClientCredentials, on connection: any Connection
    ) throws -> OAuthApplication {
        let (uid, secret) = try credentials.pair()
        if uid.utf8.contains(0) || uid.utf8.count > 200 { throw OAuthProblem.invalidClient }
        let found = try connection.first(
            "SELECT \(Applications.columns), secret_sha256 FROM oauth_applications WHERE uid = \(uid)"
        ) { (Applications.application($0), digest: $0.textOrNil(10)) }
        let isEqual = IssuedSecret.matches(secret ?? "", digest: found?.digest)
        guard let (application, _) = found else { throw OAuthProblem.invalidClient }
        // Some libraries send an empty secret for clients that have none.
        let isRight = application.isConfidential ? isEqual : secret ?? "" == ""
        guard isRight else { throw OAuthProblem.invalidClient }
        return application
    }
}
