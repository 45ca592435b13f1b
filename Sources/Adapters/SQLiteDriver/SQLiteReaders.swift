import GRDBSQLite
import SQL
import Synchronization

/// The read-only connections of a database: as many as threads read at once, a few kept open when nobody reads.
///
/// Whoever reads has its connection to itself and runs on its own thread. A queue per connection, as the writer has,
/// would say the same and cost 2 µs per read.
final class SQLiteReaders: Sendable {
    private static let idleMax = 8
    /// Only recovery after a crash of another process makes a reader wait.
    private static let busyMilliseconds: Int32 = 1000

    private struct State {
        var idle: [Reader] = []
        var isClosed = false
    }

    /// Used by one thread at a time: whoever took it from the stack.
    private final class Reader: @unchecked Sendable {
        let connection: SQLiteConnection
        private let handle: OpaquePointer

        init(_ handle: OpaquePointer, _ counter: StatementCounter?) {
            self.handle = handle
            connection = SQLiteConnection(handle, counter: counter)
        }

        deinit {
            connection.forgetStatements()
            sqlite3_close(handle)
        }
    }

    private let path: String
    private let counter: StatementCounter?
    private let state = Mutex(State())

    /// The file must be there, with its -wal file.
    init(path: String, counter: StatementCounter?) {
        self.path = path
        self.counter = counter
    }

    /// Runs `body` on the calling thread. What it reads is of one moment.
    func read<T>(_ body: (any Connection) throws -> T) throws -> T {
        let reader = try take()
        defer { giveBack(reader) }
        return try reader.connection.snapshot { try body(reader.connection) }
    }

    /// The first row of one statement, which needs no transaction around it.
    func first<T>(_ sql: SQL, _ map: (any Row) throws -> T) throws -> T? {
        let reader = try take()
        defer { giveBack(reader) }
        return try reader.connection.first(sql, map)
    }

    /// Closes all connections: those in use when they are given back.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.idle = []
        }
    }

    private func take() throws -> Reader {
        let (reader, isClosed) = state.withLock { ($0.idle.popLast(), $0.isClosed) }
        if let reader { return reader }
        guard !isClosed else { throw DatabaseProblem.unavailable(detail: "The database is closed.") }
        return try open()
    }

    private func giveBack(_ reader: Reader) {
        state.withLock { state in
            if !state.isClosed, state.idle.count < Self.idleMax { state.idle.append(reader) }
        }
    }

    private func open() throws -> Reader {
        var handle: OpaquePointer?
        let result = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        guard let handle else { throw DatabaseProblem.unavailable(detail: "SQLite: no memory for a connection.") }
        guard result == SQLITE_OK else {
            defer { sqlite3_close(handle) }
            throw SQLiteFailure(handle).problem()
        }
        sqlite3_busy_timeout(handle, Self.busyMilliseconds)
        let reader = Reader(handle, counter)
        do throws(SQLiteFailure) {
            try reader.connection.control(
                "PRAGMA cache_size = -1000; PRAGMA mmap_size = 16777216; PRAGMA temp_store = MEMORY")
        } catch { throw error.problem() }
        return reader
    }
}
