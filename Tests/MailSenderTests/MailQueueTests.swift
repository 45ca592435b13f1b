import Basics
import Foundation
import Identity
import Logging
import MailSender
import Operations
import SQL
import TestKit
import Testing

/// Letters from the transaction that writes them to the server that takes them.
@Suite struct MailQueueTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private struct Changed: Error {}

    private struct Post: Sendable {
        let database: TestDatabase
        let server: MailServer
        let vault: Vault
        let clock = ManualWallClock()

        var queue: MailQueue { MailQueue(vault: vault, publicURL: "https://berth.test") }

        func put(_ to: String, _ text: String = "the secret link") async throws {
            let (queue, now) = (queue, clock.now())
            let letter = Letter(to: to, subject: "Subject", text: text)
            try await database.transaction { _ = try queue.put(letter, at: now, in: $0) }
        }

        /// Delivers until `done`; the clock moves with every look.
        func deliver(step: Duration = .seconds(1), until done: @Sendable ([MailListing.Entry]) -> Bool) async throws {
            guard let from = MailSenderName(parsing: "berth@provider.test") else { throw Changed() }
            let deliverer = MailDeliverer(
                transport: SMTPSender(
                    server: SMTPServer(host: "127.0.0.1", port: server.port, tls: .none), ownName: "provider.test"),
                vault: vault, from: from, installation: "abc")
            let sender = OutboxSender(
                database: database, deliverers: [deliverer], poll: .milliseconds(5), clock: clock,
                logger: MailQueueTests.logger)
            let task = Task { await sender.run() }
            let deadline = ContinuousClock.now + .seconds(20)
            while try await !done(list()) {
                guard ContinuousClock.now < deadline else { throw Fault(.unavailable, "It did not happen in time.") }
                try await Task.sleep(for: .milliseconds(20))
                clock.advance(by: step)
            }
            task.cancel()
            await task.value
        }

        func list(_ state: String? = nil) async throws -> [MailListing.Entry] {
            try await database.read { try MailListing.list(state: state, limit: 50, by: .shell, on: $0) }
        }
    }

    private static func with(_ dialect: TestDialect, _ body: (Post) async throws -> Void) async throws {
        let server = try MailServer()
        defer { server.stop() }
        try await withDatabase(dialect) { try await body(Post(database: $0, server: server, vault: .ephemeral())) }
    }

    @Test(arguments: TestDialect.allCases)
    func aLetterIsSentOnceWhenItsChangeIsKept(dialect: TestDialect) async throws {
        try await Self.with(dialect) { post in
            let (queue, now) = (post.queue, post.clock.now())
            await #expect(throws: Changed.self) {
                try await post.database.transaction { tx in
                    try queue.put(Letter(to: "a@b.test", subject: "No", text: "no"), at: now, in: tx)
                    throw Changed()
                }
            }
            try await post.put("ada@example.test")
            // What may let somebody in is not readable in the database.
            let payloads = try await post.database.read { try $0.rows("SELECT payload FROM outbox") { $0.text(0) } }
            #expect(payloads.count == 1)
            #expect(payloads.allSatisfy { !$0.contains("secret link") })
            try await post.deliver { $0.allSatisfy { $0.state == "delivered" } }
            let kept = try post.server.accepted()
            #expect(kept.map(\.to) == ["ada@example.test"])
            #expect(kept.map(\.text) == ["the secret link\n"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func refusalsAreRecordedAndRetriedByThePerson(dialect: TestDialect) async throws {
        try await Self.with(dialect) { post in
            for to in ["reject@example.test", "later@example.test", "not an address"] { try await post.put(to) }
            try await post.deliver(step: .seconds(900)) { letters in
                letters.filter { $0.state == "dead" }.count == 3
            }
            let letters = try await post.list("dead").sorted { $0.id < $1.id }
            #expect(letters.map(\.attempts) == [1, 8, 1])
            #expect(letters[0].lastError?.contains("550 5.1.1 Nobody") == true)
            #expect(letters[1].lastError?.contains("451 4.7.1") == true)
            #expect(letters[2].lastError?.contains("an address like not an address") == true)
            // Whoever has put things right tries again; what was delivered or is not there cannot be.
            let (id, now) = (letters[0].id, post.clock.now())
            try await post.database.transaction { tx in
                try tx.run("UPDATE outbox SET payload = replace(payload, 'reject@', 'accept@')")
                try MailListing.retry(id, by: .shell, at: now, in: tx)
            }
            try await post.deliver { $0.contains { $0.state == "delivered" } }
            #expect(try post.server.accepted().map(\.to) == ["accept@example.test"])
            for wrong in [id, 9999] {
                await #expect(throws: Fault.self) {
                    try await post.database.transaction { try MailListing.retry(wrong, by: .shell, at: now, in: $0) }
                }
            }
            post.clock.advance(by: .seconds(31 * 86_400))
            let sweep = MailSweep(database: post.database, clock: post.clock)
            #expect(try await sweep.activate(logger: Self.logger).letters == 3)
            #expect(try await sweep.activate(logger: Self.logger).letters == 0)
        }
    }

    /// The server had taken it; we died before that was on record.
    @Test(arguments: TestDialect.allCases)
    func aSecondCopyIsTheSameToTheByte(dialect: TestDialect) async throws {
        try await Self.with(dialect) { post in
            try await post.put("ada@example.test")
            try await post.deliver { $0.allSatisfy { $0.state == "delivered" } }
            try await post.database.transaction {
                try $0.run("UPDATE outbox SET state = 'waiting', delivered_at = NULL, attempt = 0")
            }
            try await post.deliver { $0.allSatisfy { $0.state == "delivered" } }
            let kept = try post.server.accepted()
            #expect(kept.count == 2)
            #expect(Set(kept.map(\.messageID)).count == 1)
            #expect(Set(kept.map(\.data)).count == 1)
        }
    }
}
