import Basics
import Crypto

/// This site, as browsers and authenticators know it.
package struct PasskeySite: Sendable, Hashable {
    /// `https://berth.example`: what a page of ours has as its origin.
    package let origin: String
    /// The host: what passkeys are made for.
    package let id: String

    /// Of `BERTH_PUBLIC_URL`; nil when browsers make no passkeys there: an address is no name, and without https only
    /// `localhost` will do.
    package init?(publicURL: String) {
        let url = publicURL.lowercased()
        let isSecure = url.hasPrefix("https://")
        guard isSecure || url.hasPrefix("http://") else { return nil }
        let authority = url.dropFirst(isSecure ? 8 : 7)
        let host = String(authority.prefix { $0 != ":" })
        let isName = host.split(separator: ".").last?.contains { $0.isLetter } ?? false
        guard isName, !host.hasPrefix("["), isSecure || host == "localhost" || host.hasSuffix(".localhost") else {
            return nil
        }
        id = host
        let usual = isSecure ? ":443" : ":80"
        origin = url.hasSuffix(usual) ? String(url.dropLast(usual.count)) : url
    }

    var hash: [UInt8] { Array(SHA256.hash(data: Array(id.utf8))) }
}

/// What a browser adds to an answer: for what, to which challenge, on which page (WebAuthn Level 2 §5.8.1).
struct ClientData: Sendable {
    let challenge: String
    let hash: [UInt8]

    /// nil when it is not of the kind `webauthn.create` or `webauthn.get`, or not of a page of `site` itself.
    init?(_ bytes: [UInt8], type: String, site: PasskeySite) {
        guard let text = String(validating: bytes, as: UTF8.self), let json = JSONValue(stored: text),
            json["type"]?.text == type, json["origin"]?.text == site.origin,
            json["crossOrigin"] == nil || json["crossOrigin"] == .bool(false), let challenge = json["challenge"]?.text
        else { return nil }
        self.challenge = challenge
        hash = Array(SHA256.hash(data: bytes))
    }
}
