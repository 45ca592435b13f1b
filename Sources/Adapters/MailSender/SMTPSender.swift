import Basics
import FoundationEssentials
package import Identity
import NIOCore
import Synchronization

/// Hands mail to a server over SMTP (RFC 5321), one connection for each message: a relay takes thousands a minute that
/// way, and nothing is left over from one message to the next.
///
/// What the server says about *us* – greeting, TLS, password, sender – may be put right without touching the message,
/// so it is tried again. What it says about the *message* – its recipient, its text – is final when it begins with 5.
package struct SMTPSender: MailTransport {
    private let server: SMTPServer
    /// What we call ourselves.
    private let ownName: String

    /// `ownName` is a host name, or an address in brackets.
    package init(server: SMTPServer, ownName: String) {
        self.server = server
        self.ownName = ownName
    }

    package func send(_ mail: RenderedMail) async throws {
        _ = try await deliver(mail)
    }

    /// The same; answers what the server said last.
    package func deliver(_ mail: RenderedMail) async throws -> String {
        let connection = try await SMTPConnection.open(server)
        let isDeciding = Mutex(false)
        return try await withTaskCancellationHandler {
            defer { connection.quit() }
            let abilities = try await introduce(connection)
            let isInternational = mail.to.isInternational || mail.from.isInternational
            if isInternational, abilities["SMTPUTF8"] == nil {
                throw Fault(.invalid, "The mail server \(server.name) takes ASCII addresses only.")
            }
            try await ours(
                connection.command("MAIL FROM:<\(mail.from.text)>\(isInternational ? " SMTPUTF8" : "")"),
                "does not take mail from \(mail.from.text)")
            try await its(connection.command("RCPT TO:<\(mail.to.text)>"), "refused the recipient")
            try await its(connection.command("DATA"), "refused the message")
            isDeciding.withLock { $0 = true }
            let last = try await connection.content(mail.text)
            try await its(last, "refused the message")
            return last.reason
        } onCancel: {
            // Whether it has been taken is being decided now: a moment more saves a second copy.
            connection.close(after: isDeciding.withLock { $0 } ? .seconds(SMTPLimits.graceSeconds) : .zero)
        }
    }

    /// Greeting, EHLO, TLS, password. Answers what the server is able to, by keyword.
    private func introduce(_ connection: SMTPConnection) async throws -> [String: String] {
        try await ours(connection.greeting(), "does not want to speak with us")
        if server.tls == .implicit { try await connection.requireName() }
        var abilities = try await hello(connection)
        var isProtected = server.tls == .implicit || server.isLoopback
        if server.tls == .starttls || server.tls == .optional && abilities["STARTTLS"] != nil {
            guard abilities["STARTTLS"] != nil else {
                throw Fault(.unavailable, "The mail server \(server.name) does not offer STARTTLS, which is required.")
            }
            try await ours(connection.command("STARTTLS"), "offers STARTTLS and does not do it")
            try await connection.startTLS()
            abilities = try await hello(connection)
            try await connection.requireName()
            isProtected = true
        }
        if let credentials = server.credentials {
            guard isProtected else {
                throw Fault(
                    .unavailable, "The mail server \(server.name) wants the password without TLS, and does not get it.")
            }
            try await authenticate(credentials, abilities, connection)
        }
        return abilities
    }

    private func hello(_ connection: SMTPConnection) async throws -> [String: String] {
        let reply = try await connection.command("EHLO \(ownName)")
        if reply.code == 500 || reply.code == 502 {
            try await ours(connection.command("HELO \(ownName)"), "did not take our greeting")
            return [:]
        }
        try await ours(reply, "did not take our greeting")
        var abilities: [String: String] = [:]
        for line in reply.lines.dropFirst() {
            let word = line.prefix { $0 != " " && $0 != "=" }
            abilities[word.uppercased()] = line.dropFirst(word.count + 1).uppercased()
        }
        return abilities
    }

    private func authenticate(
        _ credentials: SMTPServer.Credentials, _ abilities: [String: String], _ connection: SMTPConnection
    ) async throws {
        func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
        let ways = Set((abilities["AUTH"] ?? "").split(separator: " ").map(String.init))
        let refusal = "does not accept the user name and password"
        if ways.contains("PLAIN") {
            let message = base64("\0\(credentials.user)\0\(credentials.password.reveal())")
            return try await ours(connection.command("AUTH PLAIN \(message)"), refusal)
        }
        guard ways.contains("LOGIN") else {
            throw Fault(.unavailable, "The mail server \(server.name) takes passwords neither by PLAIN nor by LOGIN.")
        }
        try await ours(connection.command("AUTH LOGIN"), refusal)
        try await ours(connection.command(base64(credentials.user)), refusal)
        try await ours(connection.command(base64(credentials.password.reveal())), refusal)
    }

    /// About the connection between us and the server: whatever is wrong, the message is not to blame.
    private func ours(_ reply: SMTPReply, _ what: String) async throws {
        guard !reply.isGood else { return }
        throw Fault(.unavailable, "The mail server \(server.name) \(what): \(reply.reason)")
    }

    /// About the message: 4xx passes, 5xx does not, but that we must sign in first (530) is ours.
    private func its(_ reply: SMTPReply, _ what: String) async throws {
        guard !reply.isGood else { return }
        let isPermanent = reply.code >= 500 && reply.code != 530
        throw Fault(
            isPermanent ? .invalid : .unavailable, "The mail server \(server.name) \(what): \(reply.reason)")
    }
}
