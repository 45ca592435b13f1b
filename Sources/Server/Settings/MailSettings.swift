import Basics
import Identity
import MailSender

/// `BERTH_SMTP_URL`: a mail server, or none.
struct MailServerSetting: SettingValue {
    let server: SMTPServer?

    private static let problem = SettingProblem(
        "must be off, or look like smtp://USER:PASSWORD@HOST:587?tls=starttls (or tls=optional, implicit, none)")

    init(parsing text: String) throws(SettingProblem) {
        if text == "off" {
            server = nil
            return
        }
        let isImplicit = text.hasPrefix("smtps://")
        guard isImplicit || text.hasPrefix("smtp://") else { throw Self.problem }
        let rest = text.dropFirst(isImplicit ? 8 : 7)
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let base = parts.first.map { $0.hasSuffix("/") ? $0.dropLast() : $0 } ?? ""
        let at = base.lastIndex(of: "@")
        let authority = at.map { base[base.index(after: $0)...] } ?? base
        var (tls, authorities) = (isImplicit ? SMTPServer.TLSMode.implicit : .starttls, String?.none)
        for pair in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let value = try Self.decoded(pair.drop { $0 != "=" }.dropFirst())
            switch pair.prefix(while: { $0 != "=" }) {
            case "tls":
                guard let mode = SMTPServer.TLSMode(rawValue: value) else { throw Self.problem }
                tls = mode
            case "ca": authorities = value
            default: throw SettingProblem("has a parameter that is neither tls nor ca")
            }
        }
        if isImplicit, tls != .implicit { throw SettingProblem("says smtps:// and another tls= than implicit") }
        let (host, port) = try Self.place(authority, port: tls == .implicit ? 465 : 587)
        server = SMTPServer(
            host: host, port: port, tls: tls,
            credentials: try at.map { index throws(SettingProblem) in
                try Self.credentials(base[..<index])
            }, authorities: authorities)
        if let server, server.credentials != nil, server.tls == .none, !server.isLoopback {
            throw SettingProblem("would send the password in the clear: use tls=starttls or tls=implicit")
        }
    }

    var shown: String {
        guard let server else { return "off" }
        let user = server.credentials.map { "\(FormText.encode($0.user)):•••@" } ?? ""
        let host = server.host.contains(":") ? "[\(server.host)]" : server.host
        let ca = server.authorities.map { "&ca=\(FormText.encode($0))" } ?? ""
        return "smtp://\(user)\(host):\(server.port)?tls=\(server.tls.rawValue)\(ca)"
    }

    private static func place(
        _ authority: Substring, port fallback: Int
    ) throws(SettingProblem) -> (host: String, port: Int) {
        let hasPort = authority.hasPrefix("[") ? !authority.hasSuffix("]") : authority.contains(":")
        guard let address = try? ListenAddress(parsing: hasPort ? String(authority) : "\(authority):\(fallback)"),
            address.port > 0
        else { throw problem }
        return (address.host, address.port)
    }

    private static func credentials(_ text: Substring) throws(SettingProblem) -> SMTPServer.Credentials {
        guard let colon = text.firstIndex(of: ":") else { throw problem }
        let (user, password) = (try decoded(text[..<colon]), try decoded(text[text.index(after: colon)...]))
        guard !user.isEmpty else { throw problem }
        return SMTPServer.Credentials(user: user, password: Secret(password))
    }

    /// Percent-decoding as in URLs, where a plus is a plus.
    private static func decoded(_ text: Substring) throws(SettingProblem) -> String {
        let exact = text.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%2B")
        guard let value = FormText.decode(exact[...]), !value.utf8.contains(0) else {
            throw SettingProblem("has a % that is not followed by two digits; write a % as %25")
        }
        return value
    }
}

extension MailSenderName: SettingValue {
    var shown: String { text }

    static func setting(_ text: String) throws(SettingProblem) -> MailSenderName {
        guard let name = MailSenderName(parsing: text) else {
            throw SettingProblem("must be an address, perhaps with a name: Berth <berth@example.com>")
        }
        return name
    }

    /// When nobody said anything: our own host, as far as it can stand in an address.
    static func fallback(publicURL: String) -> String {
        let host = publicURL.drop { $0 != "/" }.dropFirst(2).prefix { $0 != ":" }
        return MailAddress("berth@\(host)").map(\.text) ?? "berth@localhost"
    }
}
