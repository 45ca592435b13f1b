import Basics
import Crypto
import Foundation

/// The cookies of the panel.
///
/// Over https their names begin with `__Host-`, which no other host and no plain http can set (RFC 6265bis §4.1.3.2).
struct Cookies: Sendable {
    /// The session's token, when the browser sent one.
    let session: String?
    /// A random value that ties the sign-in form to the browser it was shown in.
    let visitor: String?
    /// The token of a sign-in that waits for the second factor.
    let pending: String?
    private let isSecure: Bool

    init(_ header: String, isSecure: Bool) {
        var found: [Substring: Substring] = [:]
        for part in header.split(separator: ";") {
            let pair = part.drop { $0 == " " }
            let name = pair.prefix { $0 != "=" }
            if found[name] == nil { found[name] = pair.dropFirst(name.count + 1) }
        }
        session = found[Self.name("berth-session", isSecure)[...]].map(String.init)
        visitor = found[Self.name("berth-visitor", isSecure)[...]].map(String.init)
        pending = found[Self.name("berth-pending", isSecure)[...]].map(String.init)
        self.isSecure = isSecure
    }

    /// A `Set-Cookie` value that keeps the session until the browser closes.
    func setting(session token: Secret<String>) -> String {
        "\(Self.name("berth-session", isSecure))=\(token.reveal())\(attributes)"
    }

    /// The same for the visitor.
    func setting(visitor value: String) -> String {
        "\(Self.name("berth-visitor", isSecure))=\(value)\(attributes)"
    }

    /// The same for a sign-in that waits.
    func setting(pending token: Secret<String>) -> String {
        "\(Self.name("berth-pending", isSecure))=\(token.reveal())\(attributes)"
    }

    /// Takes that away.
    var withoutPending: String { "\(Self.name("berth-pending", isSecure))=\(attributes); Max-Age=0" }

    /// Takes the session's away.
    var withoutSession: String { "\(Self.name("berth-session", isSecure))=\(attributes); Max-Age=0" }

    private var attributes: String { "; Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "") }

    private static func name(_ base: String, _ isSecure: Bool) -> String { isSecure ? "__Host-" + base : base }
}

/// The token that shows that a form was made by us for this browser.
enum FormToken {
    /// Of a secret that only this browser has.
    static func of(_ secret: String) -> String {
        let key = SymmetricKey(data: Data(secret.utf8))
        return Data(HMAC<SHA256>.authenticationCode(for: Data("berth form".utf8), using: key))
            .base64EncodedString()
    }
}
