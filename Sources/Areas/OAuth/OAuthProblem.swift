/// A refusal of the authorization server in the words of RFC 6749 §5.2 and its companions.
///
/// Its own type and not a `Fault`, because clients act on the code: a library that reads `invalid_grant` asks its user
/// to sign in again.
package struct OAuthProblem: Error, Sendable, Hashable {
    /// The codes of RFC 6749 §5.2, RFC 6750 §3.1 and RFC 8628 §3.5.
    package enum Code: String, Sendable, CaseIterable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case invalidScope = "invalid_scope"
        case invalidToken = "invalid_token"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case accessDenied = "access_denied"
        case authorizationPending = "authorization_pending"
        case slowDown = "slow_down"
        case expiredToken = "expired_token"
        case serverError = "server_error"
        case temporarilyUnavailable = "temporarily_unavailable"
    }

    package let code: Code
    /// A sentence for the developer of the client, in ASCII (RFC 6749 §5.2).
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// One answer for everything that can be wrong with a client's proof, so that nothing can be learnt from it.
    static let invalidClient = OAuthProblem(
        .invalidClient, "Client authentication failed: unknown client, wrong or missing secret.")
    static func invalidGrant(_ what: String) -> OAuthProblem { OAuthProblem(.invalidGrant, what) }
}
