/// Lifetimes and bounds of the authorization server.
package enum OAuthLimits {
    /// v60 clients count on two hours.
    package static let accessTokenSeconds: Int64 = 7200
    /// RFC 9700 and ASVS 10.4.3 ask for a short life; a redirect takes seconds.
    package static let codeSeconds: Int64 = 60
    /// A grant that nobody renewed for so long is over, whatever was refreshed in between (ASVS 10.4.8).
    package static let refreshTokenSeconds: Int64 = 90 * 86_400
    /// The same client may present a used refresh token again for so long: its answer may have been lost.
    package static let refreshGraceSeconds: Int64 = 30
    /// Tokens and codes are removed so long after they ended; until then reuse is recognised as such.
    package static let keptSeconds: Int64 = 7 * 86_400
    package static let nameCharactersMax = 100
    package static let redirectURIsMax = 20
    package static let redirectURIBytesMax = 2000
    /// RFC 7636 §4.1.
    package static let verifierCharacters = 43...128
}
