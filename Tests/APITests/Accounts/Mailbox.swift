import Basics
import Identity
import Logging
import Operations
import SQL
import Synchronization
import TestKit

/// Everybody's mailbox in a world.
final class Mailbox: MailTransport {
    struct Mail: Sendable {
        let number: Int64
        let to: String
        let subject: String
        let text: String

        /// Path and query of the link in it.
        var link: String {
            let line = text.split(separator: "\r\n").first { $0.hasPrefix("https://berth.test/") } ?? ""
            return String(line.dropFirst("https://berth.test".count))
        }
    }

    private let received = Mutex<[Mail]>([])
    private let world: APIWorld

    init(_ world: APIWorld) { self.world = world }

    func send(_ mail: RenderedMail) async throws {
        let subject = mail.text.split(separator: "\r\n").first { $0.hasPrefix("Subject: ") }?.dropFirst(9) ?? ""
        let taken = Mail(number: mail.number, to: mail.to.text, subject: String(subject), text: mail.text)
        received.withLock { $0.append(taken) }
    }

    /// What asks for links, and letters, worked off by the real worker. In the order in which they were written: the
    /// worker carries several at once, and none has to wait for another.
    func deliver() async throws -> [Mail] {
        guard let from = MailSenderName(parsing: "berth@berth.test") else { return [] }
        let clock = SystemWallClock()
        let sender = OutboxSender(
            database: world.database,
            deliverers: [
                MailDeliverer(transport: self, vault: world.vault, from: from, installation: "test"),
                AskedLinks(
                    database: world.database, mail: MailQueue(vault: world.vault, publicURL: "https://berth.test"),
                    clock: clock),
            ], poll: .milliseconds(5), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let task = Task { await sender.run() }
        let deadline = ContinuousClock.now + .seconds(20)
        while try await world.database.read({ try $0.int("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'") }) != 0
        {
            guard ContinuousClock.now < deadline else { throw Fault(.unavailable, "Mail was not delivered in time.") }
            try await Task.sleep(for: .milliseconds(5))
        }
        task.cancel()
        await task.value
        return received.withLock { all in
            defer { all = [] }
            return all.sorted { $0.number < $1.number }
        }
    }
}

extension APIWorld {
    /// A world with the customer's password set, a browser, and the mailboxes.
    static func withPeople(
        _ dialect: TestDialect, registration: Bool = true,
        _ body: @escaping @Sendable (APIWorld, Browser, Mailbox) async throws -> Void
    ) async throws {
        try await with(dialect, registration: registration) { world in
            let (hash, owner) = (try Passwords.hash(Secret(password), cost: .least), world.shop.customer.userID ?? 0)
            try await world.database.transaction {
                try Passwords.store(hash, forUser: owner, at: SystemWallClock().now(), in: $0)
            }
            try await body(world, Browser(world), Mailbox(world))
        }
    }

    static let password = "correct horse battery"
    static let customer = "customer@example.test"

    /// Moves what is stored about links, sessions and locks into the past, in place of waiting.
    func age(seconds: Int64) async throws {
        let ms = seconds * 1000
        try await database.transaction { tx in
            try tx.run("UPDATE account_links SET expires_at = expires_at - \(ms), created_at = created_at - \(ms)")
            try tx.run(
                """
                UPDATE sessions SET expires_at = expires_at - \(ms), created_at = created_at - \(ms),
                    seen_at = seen_at - \(ms)
                """)
        }
    }

    /// Events of the audit trail about accounts, oldest first.
    func events() async throws -> [String] {
        try await database.read {
            try $0.rows("SELECT event FROM audits WHERE noun = 'user' AND ip_addr <> '' ORDER BY id") { $0.text(0) }
        }
    }
}

extension Browser {
    /// Signs in on a page of its own; answers the last reply.
    @discardableResult
    func signIn(_ email: String = APIWorld.customer, _ password: String = APIWorld.password) async throws
        -> APIWorld.Reply
    {
        try await get("/login")
        return try await submit("/login", [("email", email), ("password", password)])
    }

    /// Whether it is signed in.
    func isSignedIn() async throws -> Bool { try await get("/account").status == 200 }
}
