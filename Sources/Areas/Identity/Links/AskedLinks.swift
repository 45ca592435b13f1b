package import Basics
package import Operations
package import SQL

/// Links that somebody asks for who has said no more than an e-mail address.
///
/// To ask is to leave a message; whether there is such an account is looked up by a worker later. So the answer, and
/// the time it takes, cannot tell.
package struct AskedLinks: OutboxDeliverer {
    static let kind = "account.link"
    /// Requests that wait. More, and somebody is at work who is not a customer.
    private static let waitingMax: Int64 = 1000

    /// What is asked for.
    package enum Wish: String, Sendable, Codable {
        /// To choose a new password.
        case reset
        /// To confirm the address of an account that was made a moment ago, or was to be made and is there already.
        case welcome
    }

    struct Ask: Sendable, Codable {
        let wish: Wish
        let email: String
    }

    package var kind: String { Self.kind }
    private let database: any Database
    private let mail: MailQueue
    private let clock: any WallClock

    package init(database: any Database, mail: MailQueue, clock: any WallClock) {
        self.database = database
        self.mail = mail
        self.clock = clock
    }

    /// Leaves the message. Throws `.invalid` for what is no address, `.throttled` when too many wait.
    package static func ask(_ wish: Wish, for email: String, at now: Moment, in tx: any Transaction) throws {
        guard let address = EmailAddress.parse(email), !address.utf8.contains(0) else {
            throw Fault(.invalid, EmailAddress.problem)
        }
        let waiting = try tx.int(
            """
            SELECT COUNT(*) FROM (SELECT 1 FROM outbox WHERE kind = \(kind) AND state = 'waiting' LIMIT \(waitingMax)) w
            """)
        if waiting ?? 0 >= waitingMax {
            throw Fault(.throttled, "Too many people ask for this at the moment. Try again in a few minutes.")
        }
        try Outbox.enqueue(kind, Ask(wish: wish, email: address), in: tx, now: now)
    }

    package func deliver(_ message: OutboxMessage) async throws {
        let (ask, now, mail) = (try message.decode(Ask.self), clock.now(), mail)
        try await database.transaction { tx in
            let found = try tx.first(
                """
                SELECT id, first_name, CASE WHEN confirmed_at IS NULL THEN 0 ELSE 1 END
                FROM users WHERE email = \(ask.email) AND active = 1
                """
            ) { (id: $0.int(0), name: $0.text(1), isConfirmed: $0.bool(2)) }
            guard let found else { return }
            let purpose: AccountLinks.Purpose = ask.wish == .welcome && !found.isConfirmed ? .confirm : .reset
            let link = try AccountLinks.issue(
                purpose, userID: found.id, email: ask.email, cause: message.id, publicURL: mail.publicURL, at: now,
                in: tx)
            guard let link else { return }
            let letter =
                switch (ask.wish, purpose) {
                case (.welcome, .confirm): AccountLetters.confirm(to: ask.email, name: found.name, link: link)
                case (.welcome, _): AccountLetters.known(to: ask.email, name: found.name, link: link)
                case (.reset, _): AccountLetters.reset(to: ask.email, name: found.name, link: link)
                }
            try mail.put(letter, at: now, in: tx)
        }
    }
}
