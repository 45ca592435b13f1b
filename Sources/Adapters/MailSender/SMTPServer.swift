package import Basics

/// The server that takes our mail, and how to speak with it.
package struct SMTPServer: Sendable {
    /// When the connection is encrypted.
    package enum TLSMode: String, Sendable, CaseIterable {
        /// After STARTTLS (RFC 3207); a server that does not offer it gets nothing.
        case starttls
        /// After STARTTLS where it is offered, in the clear otherwise.
        case optional
        /// From the first byte (RFC 8314), usually on port 465.
        case implicit
        /// Never: for a server on this machine.
        case none
    }

    /// A user name and its password.
    package struct Credentials: Sendable {
        package let user: String
        package let password: Secret<String>

        package init(user: String, password: Secret<String>) {
            self.user = user
            self.password = password
        }
    }

    /// A name or an address, IPv6 without brackets.
    package let host: String
    /// 1…65535
    package let port: Int
    package let tls: TLSMode
    package let credentials: Credentials?
    /// A PEM file with the authorities to trust; nil for those of the system.
    package let authorities: String?

    package init(
        host: String, port: Int, tls: TLSMode, credentials: Credentials? = nil, authorities: String? = nil
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.credentials = credentials
        self.authorities = authorities
    }

    /// What is said to it never leaves this machine.
    package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    var name: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Bounds of a conversation.
enum SMTPLimits {
    static let connectSeconds: Int64 = 10
    /// RFC 5321 §4.5.3.2 has 5 minutes for most answers; a relay that takes longer than this is tried later.
    static let replySeconds: Int64 = 30
    /// For the answer to the last dot: giving up early is what makes duplicates (RFC 1047).
    static let acceptSeconds: Int64 = 60
    /// RFC 5321 §4.5.3.1.5 has 512.
    static let replyLineBytesMax = 2048
    static let replyLinesMax = 100
    /// Of a reply, as far as it is told to people.
    static let reasonCharactersMax = 300
    /// When we are stopped in the moment that the server decides, it has this long.
    static let graceSeconds: Int64 = 5
}
