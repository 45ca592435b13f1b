package import Basics
package import Operations

/// What carries mail out of the house.
package protocol MailTransport: Sendable {
    /// Hands one message over. Returns when the other side has taken it. Throws a transient fault when the same may
    /// work later, and a permanent one when it never will.
    func send(_ mail: RenderedMail) async throws
}

/// A message as it goes over the wire.
package struct RenderedMail: Sendable, Hashable {
    /// Its number in the queue; the same over all tries.
    package let number: Int64
    package let from: MailAddress
    package let to: MailAddress
    /// RFC 5322, lines end with CRLF.
    package let text: String
}

/// Takes letters from the queue, writes them out and hands them to the transport.
///
/// A letter is delivered at least once: who dies between the server's answer and our record sends it again, with the
/// same `Message-ID` and the same bytes, so that a mailbox can tell.
package struct MailDeliverer: OutboxDeliverer {
    static let kind = "mail"

    package var kind: String { Self.kind }
    /// A day, then it is dead. A conversation with a slow server takes a while (RFC 5321 §4.5.3.2 has minutes).
    package let schedule = OutboxSchedule(pauses: OutboxSchedule.standard.pauses, timeMax: .seconds(120))

    private let transport: any MailTransport
    private let vault: Vault
    private let from: MailSenderName
    /// The installation's code, a part of each `Message-ID`.
    private let installation: String

    package init(transport: any MailTransport, vault: Vault, from: MailSenderName, installation: String) {
        self.transport = transport
        self.vault = vault
        self.from = from
        self.installation = installation
    }

    package func deliver(_ message: OutboxMessage) async throws {
        let stored = try message.decode(StoredLetter.self)
        let text = try vault.open(stored.text, from: StoredLetter.place(stored.seal)).reveal()
        try await transport.send(
            Self.rendered(
                Letter(to: stored.to, subject: stored.subject, text: text), from: from, number: message.id,
                installation: installation, at: message.createdAt))
    }

    /// The message of a letter. Throws a permanent fault when nothing can be sent to its address.
    package static func rendered(
        _ letter: Letter, from: MailSenderName, number: Int64, installation: String, at written: Moment
    ) throws -> RenderedMail {
        guard let to = MailAddress(letter.to) else {
            throw Fault(.invalid, "Mail cannot be sent to an address like \(MailText.oneLine(letter.to)).")
        }
        let id = "\(number).\(installation)@\(from.address.domain)"
        return RenderedMail(
            number: number, from: from.address, to: to,
            text: MailText.render(letter, from: from, to: to, id: id, at: written))
    }
}
