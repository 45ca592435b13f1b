import Basics
package import SQL

/// What a transaction writes beside its change, so that the change is known to have been made for a request.
package struct IdempotencyMark: Sendable, Hashable {
    let holder: String
    let name: String
    /// Tells this attempt from one that took over after its lease had ended.
    let attempt: String

    /// The mark of the request that is being worked on.
    @TaskLocal package static var current: IdempotencyMark?

    /// Throws `.conflict`, which takes the change back, when another attempt has taken over.
    func write(in tx: any Transaction) throws {
        let count = try tx.run(
            """
            UPDATE idempotency_keys SET state = 'applied'
            WHERE holder = \(holder) AND name = \(name) AND attempt = \(attempt) AND state IN ('running', 'applied')
            """)
        if count == 0 {
            throw Fault(.conflict, "This request took too long, and the same one was sent again meanwhile.")
        }
    }
}

/// A database whose transactions mark the request they are made for. Handlers and areas know nothing of it.
package struct MarkingDatabase: Database {
    private let base: any Database

    package init(_ base: any Database) { self.base = base }

    package var dialect: Dialect { base.dialect }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await base.read(body)
    }

    package func first<T: Sendable>(
        _ sql: SQL, _ map: @escaping @Sendable (any Row) throws -> T
    ) async throws -> T? {
        try await base.first(sql, map)
    }

    @discardableResult
    package func transaction<T: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        guard let mark = IdempotencyMark.current else { return try await base.transaction(body) }
        return try await base.transaction { tx in
            let result = try body(tx)
            try mark.write(in: tx)
            return result
        }
    }

    package func wakeUps(_ channel: WakeChannel) -> AsyncStream<Void> { base.wakeUps(channel) }
    package func wakeCount(_ channel: WakeChannel) -> UInt64 { base.wakeCount(channel) }
    package func close() async { await base.close() }
}
