import CLibPQ
import SQL

/// One blocking libpq connection with its prepared statements. Used by one thread at a time.
final class PostgresConnection: Connection {
    /// More texts than this (lists of many lengths, say) and the statements are prepared anew.
    private static let preparedMax = 200

    private struct StatementKey: Hashable {
        let text: String
        let types: [Oid]
    }

    private let handle: OpaquePointer
    private let counter: StatementCounter?
    private var prepared: [StatementKey: String] = [:]
    private var namesGiven = 0
    /// Ends the statement that is running; may be used from any thread while the connection lives.
    let cancelHandle: OpaquePointer?
    /// The server's process that works for this connection.
    let processID: Int32
    /// The last failure after which the same work could succeed on this or another connection.
    private(set) var retryable: PostgresFailure?
    /// False when the connection must not be used again.
    private(set) var isUsable = true

    /// Connects; blocks for at most the connect time-out of `settings`.
    init(_ settings: PostgresSettings, counter: StatementCounter?) throws(PostgresFailure) {
        self.counter = counter
        guard let handle = settings.connect() else { throw PostgresFailure(state: nil, message: "out of memory") }
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { PQfinish(handle) }
            throw PostgresFailure(nil, handle)
        }
        self.handle = handle
        // The default prints notices to stderr.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        cancelHandle = PQgetCancel(handle)
        processID = PQbackendPID(handle)
        try control(settings.sessionStatements)
    }

    deinit {
        PQfreeCancel(cancelHandle)
        PQfinish(handle)
    }

    var dialect: Dialect { .postgres }
    var socket: Int32 { PQsocket(handle) }

    func each(_ sql: SQL, _ body: (any Row) throws -> Void) throws {
        let result = try execute(sql)
        defer { PQclear(result) }
        let row = PostgresRow(result)
        for index in 0..<PQntuples(result) {
            row.index = index
            try body(row)
        }
    }

    @discardableResult
    func run(_ sql: SQL) throws -> Int {
        let result = try execute(sql)
        defer { PQclear(result) }
        guard !String(cString: PQcmdStatus(result)).hasPrefix("SELECT") else { return 0 }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// Runs statements without values that callers never see; answers the tag of the last one, like `COMMIT`.
    @discardableResult
    func control(_ text: String) throws(PostgresFailure) -> String {
        let result = try check(PQexec(handle, text))
        defer { PQclear(result) }
        return String(cString: PQcmdStatus(result))
    }

    /// Must be called before the connection is used for something new.
    func forgetFailure() { retryable = nil }

    /// Says that this connection must not be used again, because a late cancel request could hit the next statement.
    func retire() { isUsable = false }

    /// Whether the server is still there, as far as one can tell without asking it.
    func isAlive() -> Bool {
        var poller = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        if poll(&poller, 1, 0) != 0 { PQconsumeInput(handle) }
        return isUsable && PQstatus(handle) == CONNECTION_OK
    }

    /// The next notification that has arrived, if any: its channel and the process that sent it.
    func notification() -> (channel: String, processID: Int32)? {
        guard let notification = PQnotifies(handle) else { return nil }
        defer { PQfreemem(notification) }
        return (String(cString: notification.pointee.relname), notification.pointee.be_pid)
    }

    private func execute(_ sql: SQL) throws -> OpaquePointer {
        counter?.record(sql.text)
        let parameters = try PostgresParameters(sql.values)
        let count = Int32(sql.values.count)
        do throws(PostgresFailure) {
            guard Self.isWorthPreparing(sql.text) else {
                let text = Dialect.postgres.spell(sql.text)
                return try check(
                    parameters.withPointers { PQexecParams(handle, text, count, parameters.types, $0, nil, nil, 0) })
            }
            let name = try prepare(sql.text, parameters.types)
            return try check(parameters.withPointers { PQexecPrepared(handle, name, count, $0, nil, nil, 0) })
        } catch {
            throw error.problem(sql.text)
        }
    }

    private func prepare(_ text: String, _ types: [Oid]) throws(PostgresFailure) -> String {
        let key = StatementKey(text: text, types: types)
        if let name = prepared[key] { return name }
        if prepared.count >= Self.preparedMax {
            try control("DEALLOCATE ALL")
            prepared = [:]
        }
        namesGiven += 1
        let name = "s\(namesGiven)"
        PQclear(try check(PQprepare(handle, name, Dialect.postgres.spell(text), Int32(types.count), types)))
        prepared[key] = name
        return name
    }

    private func check(_ result: OpaquePointer?) throws(PostgresFailure) -> OpaquePointer {
        if let result, [PGRES_TUPLES_OK, PGRES_COMMAND_OK].contains(PQresultStatus(result)) { return result }
        let failure = PostgresFailure(result, handle)
        PQclear(result)
        if failure.wantsNewConnection || PQstatus(handle) != CONNECTION_OK { isUsable = false }
        if failure.isStaleStatement, !prepared.isEmpty {
            prepared = [:]
            // Their names stay with the server until the connection ends, so it ends now.
            isUsable = false
            retryable = failure
        }
        if failure.isSerialization || !isUsable { retryable = failure }
        throw failure
    }

    /// Changes of the schema and the like run once.
    private static func isWorthPreparing(_ text: String) -> Bool {
        let word = text.utf8.drop { $0 <= 0x20 }.prefix(6).map { $0 & 0xDF }
        return ["SELECT", "INSERT", "UPDATE", "DELETE"].contains { $0.utf8.elementsEqual(word) }
            || word.starts(with: "WITH".utf8)
    }
}
