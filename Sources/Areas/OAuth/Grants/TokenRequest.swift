/// The parameters of a token request (RFC 6749 §4, RFC 7636 §4.5, RFC 8628 §3.4), as they came.
package struct TokenRequest: Sendable {
    package var grantType: String?
    package var scope: String?
    package var username: String?
    package var password: String?
    package var code: String?
    package var redirectURI: String?
    package var codeVerifier: String?
    package var refreshToken: String?
    package var deviceCode: String?

    package init(
        grantType: String?, scope: String? = nil, username: String? = nil, password: String? = nil,
        code: String? = nil, redirectURI: String? = nil, codeVerifier: String? = nil, refreshToken: String? = nil,
        deviceCode: String? = nil
    ) {
        self.grantType = grantType
        self.scope = scope
        self.username = username
        self.password = password
        self.code = code
        self.redirectURI = redirectURI
        self.codeVerifier = codeVerifier
        self.refreshToken = refreshToken
        self.deviceCode = deviceCode
    }
}
