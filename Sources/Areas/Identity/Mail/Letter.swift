package import Basics
import Operations
package import SQL

/// A message to one person: plain text that a person likes to read.
package struct Letter: Sendable, Hashable {
    package let to: String
    package let subject: String
    /// Lines end with `\n`.
    package let text: String

    package init(to: String, subject: String, text: String) {
        self.to = to
        self.subject = subject
        self.text = text
    }
}

/// Where letters are put in the transaction of the change that causes them; ``MailDeliverer`` takes them from there.
///
/// The text is sealed: it may hold a link that lets somebody in, and of those only hashes lie in the database.
package struct MailQueue: Sendable {
    private let vault: Vault
    /// Where links begin: `https://berth.example`, without a slash at the end.
    package let publicURL: String

    package init(vault: Vault, publicURL: String) {
        self.vault = vault
        self.publicURL = publicURL
    }

    /// Puts a letter into the queue; answers its number there.
    @discardableResult
    package func put(_ letter: Letter, at now: Moment, in tx: any Transaction) throws -> Int64 {
        let seal = Random.token(22)
        return try Outbox.enqueue(
            MailDeliverer.kind,
            StoredLetter(
                to: letter.to, subject: letter.subject, seal: seal,
                text: try vault.seal(Secret(letter.text), for: StoredLetter.place(seal))), in: tx, now: now)
    }
}

/// A letter as it lies in the outbox.
struct StoredLetter: Codable, Sendable {
    let to: String
    let subject: String
    /// Names the row for the vault, before it has a number.
    let seal: String
    /// An envelope of the vault.
    let text: String

    static func place(_ seal: String) -> Vault.Place { Vault.Place(table: "outbox", row: seal, column: "payload") }
}
