import Basics
import Crypto
import FoundationEssentials
import Identity
import SQL

extension Grants {
    private struct Code: Sendable {
        let grant: Int64
        let applicationID: Int64
        let scopes: ScopeSet
        let redirectURI: String
        let challenge: String?
        let expiresAt: Moment
        let isUsed: Bool
        let isOver: Bool
        let grantedAt: Moment
    }

    /// RFC 6749 §4.1.3 with RFC 7636. A code is good once; whoever comes second, or with the wrong verifier, ends
    /// everything the code gave, because one of the two is a thief.
    func authorizationCode(_ request: TokenRequest, _ application: OAuthApplication) async throws -> Outcome {
        guard let code = request.code, let redirectURI = request.redirectURI else {
            throw OAuthProblem(.invalidRequest, "code and redirect_uri are needed.")
        }
        if let verifier = request.codeVerifier, !ApplicationLimits.verifierCharacters.contains(verifier.utf8.count) {
            throw OAuthProblem(.invalidRequest, "code_verifier must have 43 to 128 characters.")
        }
        let now = clock.now()
        let digest = IssuedSecret.digest(of: code)
        return try await database.transaction { tx in
            guard let found = try Self.code(digest, at: now, in: tx), found.applicationID == application.id else {
                return .refused(.invalidGrant("The code is not one of this client."))
            }
            if found.isOver { return .refused(.invalidGrant("The code was used already, or withdrawn.")) }
            let isRight =
                !found.isUsed && found.redirectURI == redirectURI
                && Self.proves(request.codeVerifier, found.challenge)
            guard isRight else {
                try TokenRevocation.revokeGrant(found.grant, at: now, in: tx)
                return .refused(
                    .invalidGrant("The code was used already, or redirect_uri or code_verifier is another one."))
            }
            guard found.expiresAt > now else { return .refused(.invalidGrant("The code has expired.")) }
            try tx.run("UPDATE oauth_codes SET used_at = \(now) WHERE code_sha256 = \(digest)")
            let end = found.grantedAt.advanced(by: .seconds(OAuthLimits.refreshTokenSeconds))
            return .issued(
                try TokenIssuing.issueRefreshable(
                    application, grant: found.grant, scopes: found.scopes, until: end, at: now, in: tx))
        }
    }

    private static func code(_ digest: String, at now: Moment, in tx: any Transaction) throws -> Code? {
        // Two requests with one code must not both find it unused.
        guard
            try tx.first("SELECT 1 FROM oauth_codes WHERE code_sha256 = \(digest) \(.forUpdate)", { $0.int(0) }) != nil
        else { return nil }
        return try tx.first(
            """
            SELECT g.id, g.application_id, g.scopes, c.redirect_uri, c.challenge, c.expires_at, c.used_at,
                g.revoked_at, g.created_at
            FROM oauth_codes c JOIN oauth_grants g ON g.id = c.grant_id JOIN users u ON u.id = g.user_id
            WHERE c.code_sha256 = \(digest) AND \(Principal.mayAct(at: now))
            """
        ) {
            Code(
                grant: $0.int(0), applicationID: $0.int(1), scopes: ScopeSet(stored: $0.text(2)),
                redirectURI: $0.text(3), challenge: $0.textOrNil(4), expiresAt: $0.moment(5),
                isUsed: $0.intOrNil(6) != nil, isOver: $0.intOrNil(7) != nil, grantedAt: $0.moment(8))
        }
    }

    /// `S256` only (RFC 7636 §4.6). A verifier without a challenge is a downgrade (RFC 9700 §2.1.1).
    private static func proves(_ verifier: String?, _ challenge: String?) -> Bool {
        guard let challenge else { return verifier == nil }
        guard let verifier else { return false }
        return IssuedSecret.equal(PKCE.challenge(of: verifier), challenge)
    }
}

/// Proof Key for Code Exchange (RFC 7636).
package enum PKCE {
    /// BASE64URL(SHA256(verifier)), without padding.
    package static func challenge(of verifier: String) -> String {
        let text = Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
        return String(text.compactMap { $0 == "=" ? nil : $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }

    /// Whether `text` can be a challenge: 43 characters of base64url.
    package static func isChallenge(_ text: String) -> Bool {
        text.utf8.count == 43
            && text.utf8.allSatisfy {
                switch $0 {
                case 48...57, 65...90, 97...122, 45, 95: true
                default: false
                }
            }
    }
}
