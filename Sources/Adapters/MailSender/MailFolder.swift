import Basics
package import Identity
package import Logging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where mail goes while no server is named: one `.eml` file for each, which mail programs open.
///
/// A file appears whole or not at all, is named after the letter's number, so that a second try writes the same one,
/// and is for its owner's eyes: it may hold a link that lets somebody in.
package struct MailFolder: MailTransport {
    private let folder: String
    private let logger: Logger

    /// `folder` is made when it is missing.
    package init(folder: String, logger: Logger) {
        self.folder = folder
        self.logger = logger
    }

    package func send(_ mail: RenderedMail) async throws {
        let path = "\(folder)/\(mail.number).eml"
        try write(Array(mail.text.utf8), to: path)
        logger.notice(
            "No mail server is named in BERTH_SMTP_URL; the mail was written to a file.",
            metadata: ["to": .string(mail.to.text), "file": .string(path)])
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        var made = ""
        for part in folder.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && !folder.hasPrefix("/") ? part : "/\(part)"
            if !part.isEmpty, mkdir(made, 0o700) != 0, errno != EEXIST { throw problem(path) }
        }
        let draft = "\(path).\(Random.token(8))"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw problem(path) }
        var rest = bytes[...]
        var isGood = true
        while !rest.isEmpty, isGood {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else { isGood = count < 0 && errno == EINTR }
        }
        isGood = isGood && fsync(file) == 0
        let fault = isGood ? nil : problem(path)
        close(file)
        if isGood, rename(draft, path) == 0 { return }
        let reason = fault ?? problem(path)
        unlink(draft)
        throw reason
    }

    private func problem(_ path: String) -> Fault {
        Fault(.unavailable, "The mail could not be written to \(path): \(String(cString: strerror(errno))).")
    }
}
