import GRDBSQLite
import SQL

/// Our statements on one GRDB connection: prepared once, stepped with the C functions, so that a row costs no
/// object and a column's bytes can be handed out as they are. Only used on the connection's own queue.
final class SQLiteConnection: Connection {
    /// More texts than this (lists of many lengths, say) and the cache is emptied.
    private static let cachedStatementsMax = 160

    private let handle: OpaquePointer
    private let counter: StatementCounter?
    private var cache: [String: SQLiteStatement] = [:]
    /// The last failure that leaves the disk in doubt; the writer looks at it.
    private(set) var fatal: SQLiteFailure?

    init(_ handle: OpaquePointer, counter: StatementCounter?) {
        self.handle = handle
        self.counter = counter
    }

    deinit { forgetStatements() }

    var dialect: Dialect { .sqlite }

    /// False when SQLite has rolled everything back by itself, as it does when the disk is full.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    func each(_ sql: SQL, _ body: (any Row) throws -> Void) throws {
        counter?.record(sql.text)
        try with(sql) { statement in
            let row = SQLiteRow(statement.pointer)
            while try step(statement.pointer, sql.text) { try body(row) }
        }
    }

    @discardableResult
    func run(_ sql: SQL) throws -> Int {
        counter?.record(sql.text)
        return try with(sql) { statement in
            while try step(statement.pointer, sql.text) {}
            return sqlite3_stmt_readonly(statement.pointer) != 0 ? 0 : Int(sqlite3_changes(handle))
        }
    }

    /// Runs a statement without values that callers never see, like `COMMIT`.
    func control(_ text: String) throws(SQLiteFailure) {
        guard sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK else { throw note(SQLiteFailure(handle)) }
    }

    /// Runs `body` in one read transaction: what it reads is of one moment, and the locks of the -wal file are taken
    /// once and not once per statement, which is a good part of what a small statement costs.
    func snapshot<T>(_ body: () throws -> T) throws -> T {
        try once("BEGIN")
        do {
            let result = try body()
            try once("COMMIT")
            return result
        } catch {
            // Nothing was written, so there is nothing to roll back; the first error is the one that matters.
            try? once("COMMIT")
            throw error
        }
    }

    /// A statement without values and rows, prepared and kept but not counted.
    private func once(_ text: String) throws {
        try with(SQL(stringLiteral: text)) { _ = try step($0.pointer, text) }
    }

    /// Finalizes all statements. Needed before the connection is closed.
    func forgetStatements() {
        for statement in cache.values where !statement.isBusy { sqlite3_finalize(statement.pointer) }
        cache = [:]
    }

    private func step(_ statement: OpaquePointer, _ text: String) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw note(SQLiteFailure(handle)).problem(text)
        }
    }

    private func note(_ failure: SQLiteFailure) -> SQLiteFailure {
        if failure.isFatal { fatal = failure }
        return failure
    }

    /// Hands over the bound statement and makes it ready for the next use.
    private func with<T>(_ sql: SQL, _ body: (SQLiteStatement) throws -> T) throws -> T {
        let statement = try statement(sql.text)
        statement.isBusy = true
        defer {
            sqlite3_reset(statement.pointer)
            sqlite3_clear_bindings(statement.pointer)
            statement.isBusy = false
            if !statement.isCached { sqlite3_finalize(statement.pointer) }
        }
        try bind(sql, to: statement.pointer)
        return try body(statement)
    }

    private func statement(_ text: String) throws -> SQLiteStatement {
        let cached = cache[text]
        if let cached, !cached.isBusy { return cached }
        if cache.count >= Self.cachedStatementsMax {
            for (text, statement) in cache where !statement.isBusy {
                sqlite3_finalize(statement.pointer)
                cache[text] = nil
            }
        }
        let statement = SQLiteStatement(try prepare(text))
        // The same text is running further up the stack: this copy lives for this call only.
        if cached == nil {
            statement.isCached = true
            cache[text] = statement
        }
        return statement
    }

    private func prepare(_ text: String) throws -> OpaquePointer {
        var pointer: OpaquePointer?
        var spelled = Dialect.sqlite.spell(text)
        let (result, rest) = spelled.withUTF8 { bytes -> (Int32, Int) in
            let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var tail: UnsafePointer<CChar>?
            let result = sqlite3_prepare_v3(
                handle, start, Int32(bytes.count), UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, &tail)
            guard let start, let tail else { return (result, 0) }
            return (result, bytes.dropFirst(tail - start).count { $0 > 0x20 })
        }
        guard result == SQLITE_OK else { throw note(SQLiteFailure(handle)).problem(text) }
        guard let pointer, rest == 0 else {
            sqlite3_finalize(pointer)
            throw DatabaseProblem.mistake(detail: "not exactly one statement: \(text)")
        }
        return pointer
    }

    private func bind(_ sql: SQL, to statement: OpaquePointer) throws {
        guard sqlite3_bind_parameter_count(statement) == Int32(sql.values.count) else {
            throw DatabaseProblem.mistake(detail: "\(sql.values.count) values do not fit: \(sql.text)")
        }
        for (index, value) in sql.values.enumerated() {
            let position = Int32(index + 1)
            let result =
                switch value {
                case .null: sqlite3_bind_null(statement, position)
                case .int(let number): sqlite3_bind_int64(statement, position, number)
                case .real(let number): sqlite3_bind_double(statement, position, number)
                case .text(var text): try bind(&text, to: statement, at: position)
                }
            guard result == SQLITE_OK else { throw note(SQLiteFailure(handle)).problem(sql.text) }
        }
    }

    private func bind(_ text: inout String, to statement: OpaquePointer, at position: Int32) throws -> Int32 {
        try text.withUTF8 { bytes in
            // PostgreSQL cannot store it, so it is refused on both.
            guard !bytes.contains(0) else {
                throw DatabaseProblem.notAllowed(detail: "A text may not contain the character U+0000.")
            }
            guard let start = bytes.baseAddress, !bytes.isEmpty else {
                return bindEmptyText(statement, position)
            }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                sqlite3_bind_text64(
                    statement, position, $0, UInt64(bytes.count), transient, UInt8(SQLITE_UTF8))
            }
        }
    }
}

/// "Make your own copy": `SQLITE_TRANSIENT`, a macro with a cast.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// A null pointer would bind NULL, so the empty text needs an address.
private func bindEmptyText(_ statement: OpaquePointer, _ position: Int32) -> Int32 {
    sqlite3_bind_text64(statement, position, "", 0, transient, UInt8(SQLITE_UTF8))
}

/// One prepared statement and whether it is being stepped.
private final class SQLiteStatement {
    let pointer: OpaquePointer
    var isBusy = false
    var isCached = false

    init(_ pointer: OpaquePointer) { self.pointer = pointer }
}

/// The row under a statement's cursor.
private final class SQLiteRow: Row {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) { self.statement = statement }

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }
    func int(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }
    func double(_ column: Int) -> Double { sqlite3_column_double(statement, Int32(column)) }

    func text(_ column: Int) -> String {
        String(decoding: bytes(column), as: UTF8.self)
    }

    func utf8(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) { body(bytes(column)) }

    private func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8> {
        // The text first: asking for it may convert a number, and the length is of the converted text.
        let start = sqlite3_column_text(statement, Int32(column))
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column))))
    }
}
