package import Basics
package import SQL

/// Messages to the outside (webhooks, mail), stored in the transaction of the change that causes them and delivered
/// at least once by ``OutboxSender``.
package enum Outbox {
    /// Stores a message; `payload` becomes JSON. Answers its id, which stays the same over all tries of delivery.
    @discardableResult
    package static func enqueue(
        _ kind: String, _ payload: any Encodable, in tx: any Transaction, now: Moment, runAfter: Moment? = nil,
        afterOperation operation: Int64? = nil
    ) throws -> Int64 {
        let text = try JSONText.encode(payload)
        let id = try tx.first(
            """
            INSERT INTO outbox (kind, payload, state, run_after, after_operation, created_at)
            VALUES (\(kind), \(text), 'waiting', \(runAfter ?? now), \(operation), \(now))
            RETURNING id
            """
        ) { $0.int(0) }
        guard let id else { throw Fault(.bug, "The message could not be stored.") }
        try tx.wake(.outbox)
        return id
    }

    /// Lets go what waits for the end of an operation.
    static func release(after operation: Int64, in tx: any Transaction, now: Moment) throws {
        let count = try tx.run(
            "UPDATE outbox SET run_after = \(now) WHERE after_operation = \(operation) AND state = 'waiting'")
        if count > 0 { try tx.wake(.outbox) }
    }

    /// Tries a dead message again from the start. Answers false when there is no such dead message.
    package static func revive(_ id: Int64, in tx: any Transaction, now: Moment) throws -> Bool {
        let changed = try tx.run(
            """
            UPDATE outbox SET state = 'waiting', attempt = 0, run_after = \(now)
            WHERE id = \(id) AND state = 'dead'
            """)
        if changed > 0 { try tx.wake(.outbox) }
        return changed > 0
    }

    /// How long messages that are delivered or given up can be looked at, and sent again.
    private static let keptSeconds: Int64 = 30 * 86_400

    /// Removes messages of some kinds that were written a month ago and are delivered or given up, with their tries:
    /// they hold addresses and what was said. Answers how many.
    package static func removeEnded(_ kinds: [String], now: Moment, in tx: any Transaction) throws -> Int {
        let end = now.advanced(by: .seconds(-keptSeconds))
        return try ExpiredRows.remove(
            from: "outbox", where: "kind IN (\(list: kinds)) AND state <> 'waiting' AND created_at < \(end)", in: tx)
    }
}

/// A message that tells of the end of an operation. It waits for that.
package struct OperationNotice: Codable, Sendable {
    /// Of the messages in the outbox.
    package static let kind = "operation.ended"
    /// Later than any clock says.
    package static let never = Moment(milliseconds: 9_000_000_000_000_000)

    package let operationID: Int64
    package let notice: EndNotice
}

/// A message in the hands of its deliverer.
package struct OutboxMessage: Sendable, Hashable {
    package let id: Int64
    package let kind: String
    /// JSON.
    package let payload: String
    /// Tries before this one.
    package let attempt: Int
    package let createdAt: Moment

    /// The payload as a value.
    package func decode<T: Decodable>(_ type: T.Type) throws -> T { try JSONText.decode(type, payload) }
}

/// Delivers the messages of one kind.
package protocol OutboxDeliverer: Sendable {
    var kind: String { get }
    /// When to try again and when to give up.
    var schedule: OutboxSchedule { get }
    /// Hands the message over. A transient or unknown error is tried again later, a permanent one makes it dead.
    func deliver(_ message: OutboxMessage) async throws
}

extension OutboxDeliverer {
    package var schedule: OutboxSchedule { .standard }
}

/// Pauses between the tries of one message.
package struct OutboxSchedule: Sendable, Hashable {
    /// Each ± 10 %; after the last one the message is dead.
    package var pauses: [Duration]
    /// A delivery that takes longer counts as failed.
    package var timeMax: Duration

    package init(pauses: [Duration], timeMax: Duration = .seconds(30)) {
        self.pauses = pauses
        self.timeMax = timeMax
    }

    /// Eight tries over a day.
    package static let standard = OutboxSchedule(
        pauses: [
            .seconds(5), .seconds(30), .seconds(300), .seconds(1800), .seconds(7200), .seconds(18000), .seconds(61200),
        ])
}
