package import Identity
package import Logging
import MailSender

/// Mail as the settings want it delivered.
package enum MailPost {
    /// Where mail goes without a server, below the working directory.
    package static let folder = "var/mail"

    /// The server of the settings; without one, the folder.
    package static func transport(_ settings: Settings, logger: Logger) -> any MailTransport {
        if let server = settings.mailServer {
            return SMTPSender(server: server, ownName: settings.mailFrom.address.domain)
        }
        logger.notice(
            "BERTH_SMTP_URL names no mail server: mail is written to files.", metadata: ["folder": .string(folder)])
        return MailFolder(folder: folder, logger: logger)
    }
}
