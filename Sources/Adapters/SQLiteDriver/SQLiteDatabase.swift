import Basics
package import SQL

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

    private let lock: ServerLock?
    private let writerQueue: DatabaseQueue
    private let writer: SQLiteWriter
    private let readers: SQLiteReaders
    private let hub = WakeHub()

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
        readers = SQLiteReaders(path: path, counter: counter)
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
                guard let handle = database.sqliteConnection else {
                    throw DatabaseError(message: "the connection is closed")
                }
                return SQLiteConnection(handle, counter: counter)
            }
            writer = SQLiteWriter(queue: writerQueue, connection: connection, hub: hub, onFatal: onFatal)
        } catch let error as DatabaseError {
            throw Fault(
                .unavailable, "Cannot open the SQLite database \(path): \(error.message ?? "\(error.resultCode)").",
                cause: SQLiteFailure(error).problem())
        }
    }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try readers.read(body)
    }

    package func first<T: Sendable>(
        _ sql: SQL, _ map: @escaping @Sendable (any Row) throws -> T
    ) async throws -> T? {
        try readers.first(sql, map)
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
        readers.close()
        hub.close()
        try? writerQueue.close()
        lock?.release()
    }
}
