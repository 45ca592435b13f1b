package import Basics

/// Where to listen: `127.0.0.1:8080`, `[::1]:8080`, `0.0.0.0:80`. Port 0 takes any free port.
package struct ListenAddress: Sendable, Hashable, SettingValue {
    package let host: String
    /// 0…65535
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init(parsing text: String) throws(SettingProblem) {
        let problem = SettingProblem("must be an address and a port such as 127.0.0.1:8080 or [::1]:8080")
        guard let colon = text.lastIndex(of: ":") else { throw problem }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let port = UInt16(digits) else { throw problem }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { throw problem }
        } else if host.contains(":") {
            throw problem
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
            throw problem
        }
        self.init(host: String(host), port: Int(port))
    }

    /// As it is written in settings and URLs.
    package var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    package var shown: String { text }
}

/// Where the data is.
package enum DatabaseURL: Sendable, SettingValue {
    /// The path of a SQLite file.
    case sqlite(path: String)
    /// A libpq URI; it may hold a password.
    case postgres(Secret<String>)

    init(parsing text: String) throws(SettingProblem) {
        if text.hasPrefix("sqlite:") {
            let path = String(text.dropFirst("sqlite:".count))
            guard !path.isEmpty, !path.hasPrefix(":"), !path.hasSuffix("/"), !path.contains("\0") else {
                throw SettingProblem("must name a file after sqlite:, such as sqlite:var/berth.sqlite")
            }
            self = .sqlite(path: path)
        } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
                throw SettingProblem("must hold no spaces; write them as %20")
            }
            self = .postgres(Secret(text))
        } else {
            throw SettingProblem("must be sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE")
        }
    }

    package var shown: String {
        switch self {
        case .sqlite(let path): "sqlite:\(path)"
        case .postgres(let url): Self.masked(url.reveal())
        }
    }

    /// The URL with its passwords – in the authority and in the query – replaced by `•••`.
    static func masked(_ url: String) -> String {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var base = String(parts.first ?? "")
        // Up to the last @ of the whole, so that a password with a forgotten escape is masked too.
        if let scheme = base.firstRange(of: "://"), let at = base.lastIndex(of: "@"), scheme.upperBound <= at,
            let colon = base[scheme.upperBound..<at].firstIndex(of: ":")
        {
            base.replaceSubrange(base.index(after: colon)..<at, with: "•••")
        }
        guard parts.count == 2 else { return base }
        let query = parts[1].split(separator: "&", omittingEmptySubsequences: false).map { pair in
            let name = pair.prefix { $0 != "=" }
            return name == "password" || name == "sslpassword" ? "\(name)=•••" : String(pair)
        }
        return base + "?" + query.joined(separator: "&")
    }
}

/// The address clients use.
enum PublicURL {
    /// Answers the URL without a slash at its end.
    static func parse(_ text: String) throws(SettingProblem) -> String {
        let problem = SettingProblem(
            "must be http:// or https:// with a host and nothing behind, such as https://my.example")
        let text = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { throw problem }
        let rest = text.dropFirst(scheme.count)
        let allowed: (UInt8) -> Bool = { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"),
                UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
        guard !rest.isEmpty, rest.first != ":", rest.utf8.allSatisfy(allowed) else { throw problem }
        return text
    }
}
