package import Basics

/// One row under the cursor. Columns are numbered from 0 in the order of the SELECT list.
/// Reading a NULL as a number gives 0, as text "".
package protocol Row {
    func isNull(_ column: Int) -> Bool
    func int(_ column: Int) -> Int64
    func double(_ column: Int) -> Double
    func text(_ column: Int) -> String
    /// The UTF-8 bytes of a text column, without making a `String`. Valid inside `body` only.
    func utf8(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void)
}

extension Row {
    /// A number that is not 0.
    package func bool(_ column: Int) -> Bool { int(column) != 0 }
    /// A time stored as milliseconds.
    package func moment(_ column: Int) -> Moment { Moment(milliseconds: int(column)) }
    /// A number; nil for NULL.
    package func intOrNil(_ column: Int) -> Int64? { isNull(column) ? nil : int(column) }
    /// Text; nil for NULL.
    package func textOrNil(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    /// A time; nil for NULL.
    package func momentOrNil(_ column: Int) -> Moment? { isNull(column) ? nil : moment(column) }
}

/// A connection in the hands of one thread, for the length of one `read` or `transaction`.
package protocol Connection: AnyObject {
    var dialect: Dialect { get }

    /// Runs a statement and hands over its rows one by one.
    func each(_ sql: SQL, _ body: (any Row) throws -> Void) throws

    /// Runs a statement; answers the number of rows it changed.
    @discardableResult func run(_ sql: SQL) throws -> Int
}

extension Connection {
    /// All rows, mapped.
    package func rows<T>(_ sql: SQL, _ map: (any Row) throws -> T) throws -> [T] {
        var result: [T] = []
        try each(sql) { result.append(try map($0)) }
        return result
    }

    /// The first row, mapped; nil when there is none.
    package func first<T>(_ sql: SQL, _ map: (any Row) throws -> T) throws -> T? {
        var result: T?
        try each(sql) { if result == nil { result = try map($0) } }
        return result
    }

    /// The first column of the first row as a number; nil when there is no row or it is NULL.
    package func int(_ sql: SQL) throws -> Int64? {
        try first(sql) { $0.intOrNil(0) } ?? nil
    }
}

/// A connection inside a read-write transaction.
package protocol Transaction: Connection {
    /// After the commit, everybody who listens on `channel` – in this process and, on PostgreSQL, in all others –
    /// is woken. Nothing is sent when the transaction is rolled back. Wake-ups may be merged or lost; whoever
    /// listens also polls.
    func wake(_ channel: WakeChannel) throws
}

extension Transaction {
    /// Runs `body` in a savepoint: when it throws, what it did is undone and the transaction can go on. Without it a
    /// refused statement spoils the whole transaction on PostgreSQL (not on SQLite). `ON CONFLICT` is cheaper.
    @discardableResult
    package func attempt<T>(_ body: () throws -> T) throws -> T {
        try run("SAVEPOINT attempt")
        do {
            let result = try body()
            try run("RELEASE SAVEPOINT attempt")
            return result
        } catch {
            try run("ROLLBACK TO SAVEPOINT attempt")
            try run("RELEASE SAVEPOINT attempt")
            throw error
        }
    }
}

/// Throws when the row with this id is not any more what somebody takes it for. Called inside the transaction that is
/// to change it, when the row is locked.
package typealias Unchanged = @Sendable (_ id: Int64, _ connection: any Connection) throws -> Void

/// What one can be woken for.
package enum WakeChannel: String, Sendable, CaseIterable {
    /// There may be operations to claim.
    case operations
    /// There may be outbox rows to deliver.
    case outbox
    /// Something changed about who may do what; caches of keys must forget it.
    case identity
    /// The desired state of something in a zone changed.
    case fleet
}

/// SQLite or PostgreSQL; areas cannot tell which.
package protocol Database: Sendable {
    var dialect: Dialect { get }

    /// Runs short read statements. On SQLite they run on the calling thread, so keep them to index look-ups and
    /// one page of rows. There the statements of one `read` see one moment; on PostgreSQL each sees its own. `body` may
    /// run more than once.
    func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T

    /// The first row of one statement, mapped; nil when there is none. One statement sees one moment by itself: on
    /// SQLite there is no transaction around it, as there is around the statements of a ``read(_:)``.
    func first<T: Sendable>(_ sql: SQL, _ map: @escaping @Sendable (any Row) throws -> T) async throws -> T?

    /// Runs `body` in one read-write transaction and answers after it is durable: what is answered survives
    /// `kill -9` and a power cut. A throwing body is rolled back. `body` may run more than once (serialization
    /// failure, lost connection before the commit was sent), so it must not touch anything but the transaction.
    @discardableResult
    func transaction<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T

    /// Wake-ups as they come. The stream ends with the database.
    func wakeUps(_ channel: WakeChannel) -> AsyncStream<Void>

    /// How often `channel` was woken, counted before the transaction that woke it answers: whoever compares two counts
    /// knows at once what this process changed, and soon what another did.
    func wakeCount(_ channel: WakeChannel) -> UInt64

    /// Finishes what is running and closes all connections.
    func close() async
}

extension Database {
    package func first<T: Sendable>(
        _ sql: SQL, _ map: @escaping @Sendable (any Row) throws -> T
    ) async throws -> T? {
        try await read { try $0.first(sql, map) }
    }
}

/// What went wrong in the database, as far as callers care.
package enum DatabaseProblem: Error, Sendable, Equatable {
    /// A UNIQUE constraint. `constraint` holds `table.column[, table.column]` on both databases; for an index over an
    /// expression it is the name of the index.
    case notUnique(constraint: String)
    /// A FOREIGN KEY constraint.
    case missingReference(detail: String)
    /// A CHECK or NOT NULL constraint.
    case notAllowed(detail: String)
    /// The database is busy, full, read-only, or does not answer. Trying later makes sense.
    case unavailable(detail: String)
    /// A mistake in our SQL.
    case mistake(detail: String)
}
