import Basics

/// Where the browser may be sent with a code. RFC 9700 §2.1: compared as text; only the port of a loopback address may
/// differ (RFC 8252 §7.3).
package enum RedirectURI {
    /// The page of ours that shows the code, for programs without an address.
    package static let outOfBand = "urn:ietf:wg:oauth:2.0:oob"

    /// Why a URI cannot be registered.
    package enum Problem: Error, Sendable, Hashable {
        case tooLong, notAbsolute, hasFragment, plainHTTP, dangerousScheme, hasUser

        package var sentence: String {
            switch self {
            case .tooLong:
                "A redirect URI is too long; at most \(ApplicationLimits.redirectURIBytesMax) bytes are allowed."
            case .notAbsolute: "A redirect URI must be absolute, such as https://app.example/callback."
            case .hasFragment: "A redirect URI must not have a fragment (#)."
            case .plainHTTP: "A redirect URI must be https; plain http is for loopback addresses (127.0.0.1, [::1])."
            case .dangerousScheme: "A redirect URI of this scheme would run in the browser itself."
            case .hasUser: "A redirect URI must not contain a user name or a backslash."
            }
        }
    }

    /// What is wrong with a URI somebody wants to register; nil when nothing is.
    package static func problem(with uri: String) -> Problem? {
        if uri == outOfBand { return nil }
        if uri.utf8.count > ApplicationLimits.redirectURIBytesMax { return .tooLong }
        if uri.contains("#") { return .hasFragment }
        guard uri.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), let scheme = scheme(of: uri) else { return .notAbsolute }
        if ["javascript", "data", "vbscript", "file", "about", "blob", "localhost"].contains(scheme) {
            return .dangerousScheme
        }
        guard scheme == "http" || scheme == "https" else { return nil }
        guard let parts = Parts(uri) else { return .notAbsolute }
        if parts.authority.contains("@") || uri.contains("\\") { return .hasUser }
        if parts.host.isEmpty { return .notAbsolute }
        return scheme == "http" && !parts.isLoopback ? .plainHTTP : nil
    }

    /// Whether `asked` is one of the `registered`.
    package static func matches(_ asked: String, _ registered: [String]) -> Bool {
        registered.contains { known in
            if known == asked { return true }
            guard let a = Parts(asked), let b = Parts(known), a.isLoopback, b.isLoopback else { return false }
            return a.scheme == b.scheme && a.host == b.host && a.rest == b.rest && a.hasPlainPort
        }
    }

    private static func scheme(of uri: String) -> String? {
        guard let colon = uri.firstIndex(of: ":") else { return nil }
        let scheme = uri[..<colon].lowercased()
        guard let first = scheme.utf8.first, (97...122).contains(first), uri.index(after: colon) < uri.endIndex,
            scheme.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || [43, 45, 46].contains($0) })
        else { return nil }
        return scheme
    }

    /// An http or https URI taken apart just as far as the comparison needs.
    private struct Parts {
        let scheme: String
        let authority: Substring
        let host: String
        let port: Substring
        /// Path and query, as they stand.
        let rest: Substring

        init?(_ uri: String) {
            guard let found = RedirectURI.scheme(of: uri), found == "http" || found == "https",
                uri.dropFirst(found.count).hasPrefix("://")
            else { return nil }
            scheme = found
            let after = uri.dropFirst(found.count + 3)
            authority = after.prefix { $0 != "/" && $0 != "?" && $0 != "\\" }
            rest = after.dropFirst(authority.count)
            let isIPv6 = authority.hasPrefix("[")
            let name = isIPv6 ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
            host = name.lowercased()
            port = authority.dropFirst(name.count)
        }

        var isLoopback: Bool { host == "127.0.0.1" || host == "[::1]" }
        var hasPlainPort: Bool {
            if port.isEmpty { return true }
            return port.hasPrefix(":") && port.utf8.count > 1
                && port.dropFirst().utf8.allSatisfy { (48...57).contains($0) }
        }
    }
}
