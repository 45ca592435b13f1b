package import Identity
package import Logging
package import MailSender

/// Mail as the settings want it delivered.
package enum MailPost {
    /// Where mail goes without a server, below the working directory.
    package static let folder = "var/mail"

    /// Sends through a server. It is told the name that mail comes from; RFC 5321 wants ASCII there.
    package static func sender(_ server: SMTPServer, _ settings: Settings) -> SMTPSender {
        let from = settings.mailFrom.address
        return SMTPSender(server: server, ownName: from.isInternational ? "localhost" : from.domain)
    }

    /// The server of the settings; without one, the folder.
    package static func transport(_ settings: Settings, logger: Logger) -> any MailTransport {
        if let server = settings.mailServer {
            return sender(server, settings)
        }
        logger.notice(
            "BERTH_SMTP_URL names no mail server: mail is written to files.", metadata: ["folder": .string(folder)])
        return MailFolder(folder: folder, logger: logger)
    }
}
