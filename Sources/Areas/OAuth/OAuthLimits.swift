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
    /// A person has to find a browser, sign in and read.
    package static let deviceCodeSeconds: Int64 = 600
    /// Between two questions of a device (RFC 8628 §3.2), and by how much it grows each time one comes early (§3.5).
    package static let pollSeconds: Int64 = 5
    /// It grows no further: a device that asks once a minute costs nothing.
    package static let pollSecondsMax: Int64 = 60
    /// A question that comes early by no more than this was on time: clocks and networks are not exact.
    static let pollSlackMilliseconds: Int64 = 500
    /// Of one application. With so many, one guess in five million finds one.
    package static let pendingDeviceCodesMax: Int64 = 5000
    /// Of one application from one address: nobody alone keeps its other users out.
    package static let pendingDeviceCodesPerAddressMax: Int64 = 500
    /// Wrong user codes that one account may enter in ``guessSeconds`` (RFC 8628 §5.1).
    package static let guessesMax: Int64 = 10
    package static let guessSeconds: Int64 = 600
    /// A device is told that its code has expired for so long; after that the code is unknown.
    static let deviceCodeKeptSeconds: Int64 = 3600
    /// One for each program a customer writes; nobody keeps track of more.
    package static let applicationsPerAccountMax: Int64 = 50
}
