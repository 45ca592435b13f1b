import Basics

/// The authorization server, as far as programs talk to it.
package enum OAuthEndpoints {
    package static let token = Endpoint<TokenForm, TokenAnswer>(
        .post, "/api/oauth/token", id: "oauth_token",
        "Exchange a code, device code, refresh token, API key pair or the client's own credentials for an access token",
        access: .anonymous, dialect: .oauth, faults: [401],
        example: #"{"grant_type": "client_credentials", "scope": "public"}"#, bodyBytesMax: bodyBytesMax)

    package static let device = Endpoint<DeviceAuthorizationForm, DeviceAuthorizationAnswer>(
        .post, "/api/oauth/device_authorization", id: "oauth_device_authorization",
        "Ask for access from a device without a browser (RFC 8628)", access: .anonymous, dialect: .oauth,
        faults: [401], example: #"{"client_id": "5mC0…", "scope": "project_read"}"#, bodyBytesMax: bodyBytesMax)

    package static let revoke = Endpoint<TokenReference, Acknowledgement>(
        .post, "/api/oauth/revoke", id: "oauth_revoke", "End an access token, or a refresh token and all it gave",
        access: .anonymous, dialect: .oauth, faults: [401], example: #"{"token": "bth_at_…"}"#,
        bodyBytesMax: bodyBytesMax)

    package static let introspect = Endpoint<TokenReference, IntrospectionAnswer>(
        .post, "/api/oauth/introspect", id: "oauth_introspect", "What a token of the asking client is good for",
        access: .anonymous, dialect: .oauth, faults: [401], example: #"{"token": "bth_at_…"}"#,
        bodyBytesMax: bodyBytesMax)

    package static let info = Endpoint<Nothing, TokenInfoView>(
        .get, "/api/oauth/token/info", id: "oauth_token_info", "What the token in the Authorization header is good for",
        access: .anonymous, dialect: .oauth, faults: [401])

    package static let metadata = Endpoint<Nothing, AuthorizationServerView>(
        .get, "/.well-known/oauth-authorization-server", id: "oauth_metadata",
        "What this authorization server can do (RFC 8414)", access: .anonymous, dialect: .oauth)

    package static let resource = Endpoint<Nothing, ProtectedResourceView>(
        .get, "/.well-known/oauth-protected-resource", id: "oauth_resource",
        "Who gives out tokens for this API (RFC 9728)", access: .anonymous, dialect: .oauth)

    package static let assessment = Endpoint<Nothing, SelfAssessmentView>(
        .get, "/api/oauth/self_assessment", id: "oauth_self_assessment",
        "How this installation compares with RFC 9700 at this moment; for administrators",
        access: .account(scopes: .admin))

    /// The largest parameter is a redirect URI.
    static let bodyBytesMax = 16_384
}
