import Basics
package import SQL
import Synchronization

import struct GRDB.Configuration
import struct GRDB.DatabaseError
import class GRDB.DatabaseQueue

/// A database in one SQLite file, in WAL mode.
///
/// Reads run on the calling thread, on read-only connections of which there are as many as threads read at once.
/// Writes go through ``SQLiteWriter``. Memory: a page cache of 2 MB for the writer and 1 MB for each reader; readers
/// map up to 16 MB of the file, which the kernel may take back.
package final class SQLiteDatabase: Database {
    /// Whether others may serve from the same file.
    package enum Lock: Sendable {
        /// For the server: the only one on this file.
        case exclusive
        /// For commands that run beside a server.
        case shared
    }

    /// Readers kept open when nobody reads.
    private static let idleReadersMax = 8
    private struct Readers {
        var idle: [Reader] = []
        var isClosed = false
    }

    /// Used by one thread at a time: whoever took it from the stack.
    private struct Reader: @unchecked Sendable {
        let queue: DatabaseQueue
        let connection: SQLiteConnection
    }

    private let path: String
    private let lock: ServerLock?
    private let writerQueue: DatabaseQueue
    private let writer: SQLiteWriter
    private let readers = Mutex(Readers())
    private let hub = WakeHub()
    private let counter: StatementCounter?

    package var dialect: Dialect { .sqlite }

    /// Opens the file at `path` and creates it when it is not there.
    /// - Parameters:
    ///   - lock: `.exclusive` throws a ``Fault`` when a server is running on the file.
    ///   - busyTimeout: how long a transaction waits for another process that writes.
    ///   - counter: counts statements, for tests.
    ///   - onFatal: called when the disk failed in a way after which nobody knows what was stored. The database
    ///     accepts no further transaction; the process should end and be started again.
    package init(
        path: String, lock: Lock = .shared, busyTimeout: Duration = .seconds(5), counter: StatementCounter? = nil,
        onFatal: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.path = path
        self.counter = counter
        self.lock = lock == .exclusive ? try ServerLock(databasePath: path) : nil
        do {
            var settings = Configuration()
            settings.busyMode = .timeout(busyTimeout / .seconds(1))
            settings.label = "berth.sqlite.writer"
            settings.allowsUnsafeTransactions = true
            settings.prepareDatabase { connection in
                try connection.execute(
                    sql: """
                        PRAGMA journal_mode = WAL;
                        PRAGMA synchronous = FULL;
                        PRAGMA foreign_keys = ON;
                        PRAGMA cache_size = -2000;
                        PRAGMA journal_size_limit = 16777216;
                        PRAGMA temp_store = MEMORY;
                        """)
            }
            writerQueue = try DatabaseQueue(path: path, configuration: settings)
            // Touching the schema makes the -wal file, without which a read-only connection cannot open.
            let connection = try writerQueue.unsafeRead { database in
                let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode")
                guard mode == "wal" else { throw DatabaseError(message: "the file system does not support WAL mode") }
                _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master")
                return try Self.connection(database.sqliteConnection, counter)
            }
            writer = SQLiteWriter(queue: writerQueue, connection: connection, hub: hub, onFatal: onFatal)
        } catch let error as DatabaseError {
            throw Fault(
                .unavailable, "Cannot open the SQLite database \(path): \(error.message ?? "\(error.resultCode)").",
                cause: SQLiteFailure(error).problem())
        }
    }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        let reader = try takeReader()
        defer { giveBack(reader) }
        return try run(body, on: reader)
    }

    @discardableResult
    package func transaction<T: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        try await writer.transaction(body)
    }

    /// How many commits there were; fewer than transactions when many came at once. For metrics and tests.
    package var commits: Int { writer.commits }

    package func wakeUps(_ channel: WakeChannel) -> AsyncStream<Void> { hub.listen(channel) }
    package func wakeCount(_ channel: WakeChannel) -> UInt64 { hub.count(channel) }

    package func close() async {
        await writer.close()
        let idle = readers.withLock { readers in
            readers.isClosed = true
            defer { readers.idle = [] }
            return readers.idle
        }
        for reader in idle { close(reader) }
        hub.close()
        try? writerQueue.close()
        lock?.release()
    }

    /// Not `async`, so that GRDB's blocking variant is taken: the hop to another thread costs more than the read.
    private func run<T>(_ body: (any Connection) throws -> T, on reader: Reader) throws -> T {
        try reader.queue.unsafeRead { _ in try reader.connection.snapshot { try body(reader.connection) } }
    }

    private func takeReader() throws -> Reader {
        let (reader, isClosed) = readers.withLock { ($0.idle.popLast(), $0.isClosed) }
        if let reader { return reader }
        guard !isClosed else { throw DatabaseProblem.unavailable(detail: "The database is closed.") }
        return try openReader()
    }

    private func giveBack(_ reader: Reader) {
        let isKept = readers.withLock { readers in
            guard !readers.isClosed, readers.idle.count < Self.idleReadersMax else { return false }
            readers.idle.append(reader)
            return true
        }
        if !isKept { close(reader) }
    }

    private func openReader() throws -> Reader {
        do {
            var settings = Configuration()
            settings.readonly = true
            // Only recovery after a crash of another process makes a reader wait.
            settings.busyMode = .timeout(1)
            settings.label = "berth.sqlite.reader"
            settings.prepareDatabase { connection in
                try connection.execute(
                    sql: "PRAGMA cache_size = -1000; PRAGMA mmap_size = 16777216; PRAGMA temp_store = MEMORY")
            }
            let queue = try DatabaseQueue(path: path, configuration: settings)
            let connection = try queue.unsafeRead { try Self.connection($0.sqliteConnection, counter) }
            return Reader(queue: queue, connection: connection)
        } catch let error as DatabaseError {
            throw SQLiteFailure(error).problem()
        }
    }

    private func close(_ reader: Reader) {
        reader.queue.unsafeRead { _ in reader.connection.forgetStatements() }
        try? reader.queue.close()
    }

    private static func connection(_ handle: OpaquePointer?, _ counter: StatementCounter?) throws -> SQLiteConnection {
        guard let handle else { throw DatabaseError(message: "the connection is closed") }
        return SQLiteConnection(handle, counter: counter)
    }
}
