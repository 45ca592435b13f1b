import Basics
import Contract
import Identity
import OAuth
import SQL

extension API {
    mutating func serveOAuth() {
        let (database, clock, publicURL) = (dependencies.database, dependencies.clock, dependencies.publicURL)
        let limiter = dependencies.limiter
        let grants = Grants(database: database, clock: clock, passwordGrant: dependencies.passwordGrant)

        serve(OAuthEndpoints.token) { call in
            let form = call.input
            let client = call.credentials(form.clientId, form.clientSecret)
            try limiter.heed(.token, call, client)
            return try await limiter.guarding(call, client) {
                TokenAnswer(try await grants.token(TokenRequest(form), client: client))
            }
        }
        serve(OAuthEndpoints.device) { call in
            let client = call.credentials(call.input.clientId, call.input.clientSecret)
            let (scope, address, now) = (call.input.scope, call.caller.address, clock.now())
            try limiter.heed(.token, call, client)
            let started = try await limiter.guarding(call, client) {
                try await database.transaction { tx in
                    try DeviceAuthorization.start(
                        Clients.authenticate(client, on: tx), scope: scope, address: address, at: now, in: tx)
                }
            }
            return DeviceAuthorizationAnswer(
                deviceCode: started.deviceCode.reveal(), userCode: started.userCode,
                verificationURI: publicURL + "/activate", expiresIn: started.expiresIn, interval: started.interval)
        }
        serve(OAuthEndpoints.revoke) { call in
            guard let token = call.input.token else { throw OAuthProblem(.invalidRequest, "token is missing.") }
            let client = call.credentials(call.input.clientId, call.input.clientSecret)
            let now = clock.now()
            try await limiter.guarding(call, client) {
                try await database.transaction { tx in
                    try TokenRevocation.revoke(token, by: Clients.authenticate(client, on: tx), at: now, in: tx)
                }
            }
            return Acknowledgement()
        }
        serve(OAuthEndpoints.introspect) { call in
            guard let token = call.input.token else { throw OAuthProblem(.invalidRequest, "token is missing.") }
            let client = call.credentials(call.input.clientId, call.input.clientSecret)
            let now = clock.now()
            let found = try await limiter.guarding(call, client) {
                try await database.read { try Introspection.ask(token, client: client, at: now, on: $0) }
            }
            return found.map(IntrospectionAnswer.init) ?? .inactive
        }
        serve(OAuthEndpoints.info) { call in
            let (header, now) = (call.facts.authorization ?? "", clock.now())
            let token = header.lowercased().hasPrefix("bearer ") ? String(header.dropFirst(7)) : ""
            guard let live = try await database.read({ try TokenReading.live(token, at: now, on: $0) }) else {
                throw OAuthProblem(.invalidToken, "The access token is unknown, expired or revoked.")
            }
            return TokenInfoView(live, at: now)
        }
        let kinds = Grants.Kind.allCases.filter { $0 != .password || dependencies.passwordGrant }.map(\.rawValue)
        serve(OAuthEndpoints.metadata) { _ in
            AuthorizationServerView(publicURL: publicURL, scopes: Scope.allCases.map(\.rawValue), grants: kinds)
        }
        let assessment = SelfAssessment(publicURL: publicURL, passwordGrant: dependencies.passwordGrant)
        serve(OAuthEndpoints.assessment) { call in
            let found = try await database.read { try assessment.run(by: call.caller, on: $0) }
            return SelfAssessmentView(found.map(SelfAssessmentView.Line.init))
        }
        serve(OAuthEndpoints.resource) { _ in
            ProtectedResourceView(publicURL: publicURL, scopes: Scope.allCases.map(\.rawValue))
        }
    }
}

extension Call {
    /// What the client shows of itself, in either of the two ways.
    fileprivate func credentials(_ id: String?, _ secret: String?) -> ClientCredentials {
        ClientCredentials(authorization: facts.authorization, clientID: id, clientSecret: secret)
    }
}

extension RateLimiter {
    /// Counts a request of a client from where it comes; throws when it is one too many.
    fileprivate func heed<Input>(
        _ kind: RateLimit.Kind, _ call: Call<Input>, _ client: ClientCredentials
    ) throws(HTTPFault) {
        let key = RateKey(kind, name: client.claimedName, from: call.facts.client.number)
        if let budget = take(key), budget.isExceeded { throw .tooMany(budget) }
    }

    /// Runs `body`, unless the client's secret has been wrong too often from there.
    fileprivate func guarding<Input, T>(
        _ call: Call<Input>, _ client: ClientCredentials, _ body: () async throws -> T
    ) async throws -> T {
        let key = RateKey(.failureOfName, name: client.claimedName, from: call.facts.client.number)
        if let budget = look(key), budget.isExceeded { throw HTTPFault.tooMany(budget) }
        do { return try await body() } catch let problem as OAuthProblem where problem.code == .invalidClient {
            _ = take(key)
            throw problem
        }
    }
}

extension TokenRequest {
    fileprivate init(_ form: TokenForm) {
        self.init(
            grantType: form.grantType, scope: form.scope, username: form.username, password: form.password,
            code: form.code, redirectURI: form.redirectUri, codeVerifier: form.codeVerifier,
            refreshToken: form.refreshToken, deviceCode: form.deviceCode)
    }
}

extension TokenAnswer {
    fileprivate init(_ tokens: IssuedTokens) {
        self.init(
            accessToken: tokens.accessToken.reveal(), expiresIn: tokens.expiresIn,
            refreshToken: tokens.refreshToken?.reveal(), scope: tokens.scopes.text,
            createdAt: tokens.createdAt.milliseconds / 1000)
    }
}

extension IntrospectionAnswer {
    fileprivate init(_ token: LiveToken) {
        self.init(
            scope: token.scopes.text, clientID: token.applicationUID, subject: token.userID.map { "user:\($0)" },
            exp: token.expiresAt.milliseconds / 1000, iat: token.createdAt.milliseconds / 1000)
    }
}

extension SelfAssessmentView.Line {
    fileprivate init(_ line: Recommendation) {
        self.init(
            id: line.id, reference: line.reference, recommendation: line.what, holds: line.holds,
            finding: line.finding, advice: line.advice)
    }
}

extension TokenInfoView {
    fileprivate init(_ token: LiveToken, at now: Moment) {
        self.init(
            resourceOwnerID: token.userID, scope: token.scopes.names,
            expiresIn: (token.expiresAt.milliseconds - now.milliseconds) / 1000, uid: token.applicationUID,
            createdAt: token.createdAt.milliseconds / 1000)
    }
}
