import Basics

/// Builds the addresses that browsers are sent to.
enum Address {
    /// `uri`, which has no fragment, with parameters added to what its query has (RFC 6749 §3.1.2).
    static func adding(_ parameters: [String: String?], to uri: String) -> String {
        let text = parameters.compactMap { name, value in value.map { "\(name)=\(FormText.encode($0))" } }.sorted()
        return uri + (uri.contains("?") ? "&" : "?") + text.joined(separator: "&")
    }

    /// Puts a session's name in the place that the registered URI keeps for it, as the panels of integrators need it:
    /// `https://panel.example/:token/callback`. Throws for a value that could be anything but such a name.
    static func replacing(token: String, in uri: String) throws -> String {
        let isPlain = token.utf8.allSatisfy {
            switch $0 {
            case 48...57, 65...90, 97...122, 45: true
            default: false
            }
        }
        guard isPlain, (1...128).contains(token.utf8.count), uri.contains("/:token") else {
            throw Fault(
                .malformed,
                "token_replace must be 1 to 128 letters, digits or hyphens, and the address must keep a place for it.")
        }
        return uri.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0 == ":token" ? token : String($0) }.joined(separator: "/")
    }

    /// What a Content-Security-Policy calls the target of a redirect: its origin, or its scheme.
    static func formTarget(of uri: String) -> String? {
        if uri == "urn:ietf:wg:oauth:2.0:oob" { return nil }
        let parts = uri.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        if uri.hasPrefix("http"), parts.count >= 3 {
            let authority = parts[2].prefix { $0 != "?" }
            return "\(parts[0])//\(authority)"
        }
        return uri.firstIndex(of: ":").map { String(uri[...$0]) }
    }

    /// The same for people: the host, or the scheme of an application on their device.
    static func site(of uri: String) -> String {
        let target = formTarget(of: uri) ?? uri
        return target.split(separator: "/").last.map(String.init) ?? target
    }
}
