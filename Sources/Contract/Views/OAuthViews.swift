import Basics

/// A token request: `application/x-www-form-urlencoded`, or JSON.
package struct TokenForm: Codable, Sendable {
    package let grantType: String?
    package let clientId: String?
    package let clientSecret: String?
    package let scope: String?
    package let username: String?
    package let password: String?
    package let code: String?
    package let redirectUri: String?
    package let codeVerifier: String?
    package let refreshToken: String?
    package let deviceCode: String?
}

/// RFC 8628 §3.1.
package struct DeviceAuthorizationForm: Codable, Sendable {
    package let clientId: String?
    package let clientSecret: String?
    package let scope: String?
}

/// RFC 8628 §3.2.
package struct DeviceAuthorizationAnswer: Codable, Sendable {
    package let deviceCode: String
    package let userCode: String
    package let verificationUri: String
    package let verificationUriComplete: String
    package let expiresIn: Int64
    package let interval: Int64

    package init(deviceCode: String, userCode: String, verificationURI: String, expiresIn: Int64, interval: Int64) {
        self.deviceCode = deviceCode
        self.userCode = userCode
        verificationUri = verificationURI
        verificationUriComplete = "\(verificationURI)?user_code=\(userCode)"
        self.expiresIn = expiresIn
        self.interval = interval
    }
}

/// RFC 6749 §5.1. There is no refresh token with the grants that have none.
package struct TokenAnswer: SparseView, Sendable {
    package let accessToken: String
    package let tokenType: String
    package let expiresIn: Int64
    package let refreshToken: String?
    package let scope: String
    /// Seconds since 1970.
    package let createdAt: Int64

    package init(accessToken: String, expiresIn: Int64, refreshToken: String?, scope: String, createdAt: Int64) {
        self.accessToken = accessToken
        tokenType = "Bearer"
        self.expiresIn = expiresIn
        self.refreshToken = refreshToken
        self.scope = scope
        self.createdAt = createdAt
    }
}

/// The body of RFC 7009 §2.1 and RFC 7662 §2.1.
package struct TokenReference: Codable, Sendable {
    package let token: String?
    package let tokenTypeHint: String?
    package let clientId: String?
    package let clientSecret: String?
}

/// RFC 7662 §2.2. A token that is not active has no other member.
package struct IntrospectionAnswer: SparseView, Sendable {
    package let active: Bool
    package let scope: String?
    package let clientId: String?
    package let tokenType: String?
    package let sub: String?
    package let exp: Int64?
    package let iat: Int64?

    package static let inactive = IntrospectionAnswer(active: false)

    private init(active: Bool) {
        self.active = active
        (scope, clientId, tokenType, sub, exp, iat) = (nil, nil, nil, nil, nil, nil)
    }

    package init(scope: String, clientID: String, subject: String?, exp: Int64, iat: Int64) {
        active = true
        self.scope = scope
        clientId = clientID
        tokenType = "Bearer"
        sub = subject
        self.exp = exp
        self.iat = iat
    }
}

/// What v60 tells the holder of a token about it.
package struct TokenInfoView: Codable, Sendable {
    package struct Application: Codable, Sendable {
        package let uid: String
    }

    package let resourceOwnerId: Int64?
    package let scope: [String]
    package let expiresIn: Int64
    package let application: Application
    package let createdAt: Int64

    package init(resourceOwnerID: Int64?, scope: [String], expiresIn: Int64, uid: String, createdAt: Int64) {
        resourceOwnerId = resourceOwnerID
        self.scope = scope
        self.expiresIn = expiresIn
        application = Application(uid: uid)
        self.createdAt = createdAt
    }
}

/// RFC 8414 §2, RFC 8628 §4.
package struct AuthorizationServerView: Codable, Sendable {
    package let issuer: String
    package let authorizationEndpoint: String
    package let deviceAuthorizationEndpoint: String
    package let tokenEndpoint: String
    package let revocationEndpoint: String
    package let introspectionEndpoint: String
    package let scopesSupported: [String]
    package let responseTypesSupported: [String]
    package let grantTypesSupported: [String]
    package let tokenEndpointAuthMethodsSupported: [String]
    package let revocationEndpointAuthMethodsSupported: [String]
    package let introspectionEndpointAuthMethodsSupported: [String]
    package let codeChallengeMethodsSupported: [String]
    package let authorizationResponseIssParameterSupported: Bool
    package let serviceDocumentation: String

    package init(publicURL: String, scopes: [String], grants: [String]) {
        issuer = publicURL
        authorizationEndpoint = publicURL + "/api/oauth/authorize"
        deviceAuthorizationEndpoint = publicURL + "/api/oauth/device_authorization"
        tokenEndpoint = publicURL + "/api/oauth/token"
        revocationEndpoint = publicURL + "/api/oauth/revoke"
        introspectionEndpoint = publicURL + "/api/oauth/introspect"
        scopesSupported = scopes
        responseTypesSupported = ["code"]
        grantTypesSupported = grants
        tokenEndpointAuthMethodsSupported = ["client_secret_basic", "client_secret_post", "none"]
        revocationEndpointAuthMethodsSupported = ["client_secret_basic", "client_secret_post", "none"]
        introspectionEndpointAuthMethodsSupported = ["client_secret_basic", "client_secret_post"]
        codeChallengeMethodsSupported = ["S256"]
        authorizationResponseIssParameterSupported = true
        serviceDocumentation = publicURL + "/documentation/api"
    }
}

/// RFC 9728 §2.
package struct ProtectedResourceView: Codable, Sendable {
    package let resource: String
    package let authorizationServers: [String]
    package let scopesSupported: [String]
    package let bearerMethodsSupported: [String]

    package init(publicURL: String, scopes: [String]) {
        resource = publicURL + "/api"
        authorizationServers = [publicURL]
        scopesSupported = scopes
        bearerMethodsSupported = ["header"]
    }
}

extension TokenForm: BoundedMembers {
    package static var bounds: [String: Bounds] { ["code_verifier": .text(ApplicationLimits.verifierCharacters)] }
}
