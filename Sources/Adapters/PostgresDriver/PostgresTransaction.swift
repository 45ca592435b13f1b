import CLibPQ
import Foundation
import SQL
import Synchronization

/// A connection between `BEGIN` and `COMMIT`.
final class PostgresTransaction: Transaction {
    private let connection: PostgresConnection
    private var wakes: Set<WakeChannel> = []

    private init(_ connection: PostgresConnection) { self.connection = connection }

    var dialect: Dialect { .postgres }
    func each(_ sql: SQL, _ body: (any Row) throws -> Void) throws { try connection.each(sql, body) }
    func run(_ sql: SQL) throws -> Int { try connection.run(sql) }
    func wake(_ channel: WakeChannel) { wakes.insert(channel) }

    /// Runs `body` in one transaction; answers what it answered and who is to be woken.
    static func run<T>(
        on connection: PostgresConnection, _ cancellation: PostgresCancellation,
        _ body: (any Transaction) throws -> T
    ) throws -> (T, Set<WakeChannel>) {
        do throws(PostgresFailure) { try connection.control("BEGIN") } catch { throw error.problem() }
        let transaction = PostgresTransaction(connection)
        let result: T
        do {
            result = try body(transaction)
        } catch {
            cancellation.end(connection)
            do throws(PostgresFailure) { try connection.control("ROLLBACK") } catch { connection.retire() }
            throw error
        }
        // From here on a cancelled task gets its answer: the commit may have happened.
        cancellation.end(connection)
        try transaction.commit()
        return (result, transaction.wakes)
    }

    /// The detail of the problem when a connection was lost in the middle of a commit.
    private static let outcomeUnknown =
        "PostgreSQL: the connection was lost during COMMIT; whether the transaction took place is not known"

    static func isOutcomeUnknown(_ error: any Error) -> Bool {
        error as? DatabaseProblem == .unavailable(detail: outcomeUnknown)
    }

    private func commit() throws {
        let notifications = wakes.map { "NOTIFY \(PostgresListener.name($0)); " }.sorted().joined()
        do throws(PostgresFailure) {
            let tag = try connection.control(notifications + "COMMIT")
            // What the server answers when a statement was refused and the error was swallowed.
            guard tag == "COMMIT" else { throw PostgresFailure(state: "25P02", message: "rolled back") }
        } catch {
            if error.state == nil || error.state?.hasPrefix("57P") == true {
                throw DatabaseProblem.unavailable(detail: Self.outcomeUnknown)
            }
            do throws(PostgresFailure) { try connection.control("ROLLBACK") } catch { connection.retire() }
            throw error.problem("COMMIT")
        }
    }
}

/// What a cancelled task does to the statement that runs for it.
final class PostgresCancellation: Sendable {
    private struct Handle: @unchecked Sendable { let pointer: OpaquePointer }
    private struct State {
        var isCancelled = false
        /// Of the connection that works for the task.
        var handle: Handle?
        var wasSent = false
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// `connection` works for the task from now on. Throws when the task was cancelled while it waited.
    func begin(_ connection: PostgresConnection) throws {
        let handle = connection.cancelHandle.map(Handle.init)
        try state.withLock { state in
            guard !state.isCancelled else { throw CancellationError() }
            state.handle = handle
        }
    }

    /// `connection` does not work for the task any more.
    func end(_ connection: PostgresConnection) {
        let wasSent = state.withLock { state in
            defer { state.handle = nil }
            return state.wasSent
        }
        // A request that arrives late would hit the next statement.
        if wasSent { connection.retire() }
    }

    /// Asks the server to end what is running. Does not wait: the request is a connection of its own that may take as
    /// long as the network does, and whoever cancels is on one of the few threads that all tasks share.
    func cancel() {
        let isRunning = state.withLock { state in
            state.isCancelled = true
            return state.handle != nil
        }
        guard isRunning else { return }
        let thread = Thread { [self] in sendRequest() }
        thread.name = "berth.postgres.cancel"
        thread.stackSize = 512 * 1024
        thread.start()
    }

    /// The lock is held meanwhile, so that the connection stays with us.
    private func sendRequest() {
        state.withLock { state in
            guard let handle = state.handle else { return }
            state.wasSent = true
            var message = [CChar](repeating: 0, count: 256)
            PQcancel(handle.pointer, &message, Int32(message.count))
        }
    }
}
