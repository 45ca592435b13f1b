import Basics
import CLibPQ
import NIOPosix
package import SQL
import Synchronization

/// A PostgreSQL database over libpq.
///
/// Everything blocks on the threads of an own pool, one thread per connection. Work is repeated when it surely has no
/// effect yet: the connection was gone before `COMMIT` was sent, or the server asks for it (deadlock, serialization).
/// A connection that is lost after `COMMIT` was sent is an ``DatabaseProblem/unavailable(detail:)`` that says that the
/// outcome is unknown.
///
/// Pipeline mode, which is faster for single-statement reads, would need another shape of `read`: there a closure
/// sees each answer before it asks the next question.
package final class PostgresDatabase: Database {
    /// How often one piece of work is tried.
    private static let attemptsMax = 6
    /// Callers that may wait for a thread; more are refused at once.
    private static let waitingMax = 4096

    private let settings: PostgresSettings
    private let pool: PostgresPool
    private let threads: NIOThreadPool
    private let hub = WakeHub()
    private let listener = Mutex<PostgresListener?>(nil)
    private let waiting = Mutex(0)

    package var dialect: Dialect { .postgres }

    /// Connects when it is first used.
    /// - Parameters:
    ///   - address: `postgres://…` or `key=value …`, as libpq understands it.
    ///   - connections: how many statements run at once.
    ///   - statementTimeout: after this a statement is ended by the server; the caller sees `.unavailable`.
    ///   - lockTimeout: how long a statement waits for a lock.
    ///   - counter: counts statements, for tests.
    package init(
        address: String, connections: Int = 8, statementTimeout: Duration = .seconds(30),
        lockTimeout: Duration = .seconds(5), counter: StatementCounter? = nil
    ) {
        settings = PostgresSettings(
            address: address, statementTimeoutMilliseconds: statementTimeout.milliseconds,
            lockTimeoutMilliseconds: lockTimeout.milliseconds)
        pool = PostgresPool(settings, counter: counter)
        threads = NIOThreadPool(numberOfThreads: connections)
        threads.start()
    }

    /// Whoever forgot to close leaks nothing.
    deinit {
        listener.withLock { $0 }?.stop()
        threads.shutdownGracefully { _ in }
    }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await onThread { cancellation in
            try self.repeated(cancellation) { connection in try body(connection) }
        }
    }

    @discardableResult
    package func transaction<T: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        try await onThread { cancellation in
            let (result, wakes) = try self.repeated(cancellation) { connection in
                try PostgresTransaction.run(on: connection, cancellation, body)
            }
            self.hub.wake(wakes)
            return result
        }
    }

    package func wakeUps(_ channel: WakeChannel) -> AsyncStream<Void> {
        let stream = hub.listen(channel)
        listener.withLock { listener in
            if listener == nil { listener = PostgresListener(settings, pool: pool, hub: hub) }
        }
        return stream
    }

    package func wakeCount(_ channel: WakeChannel) -> UInt64 { hub.count(channel) }

    package func close() async {
        listener.withLock { $0 }?.stop()
        try? await threads.shutdownGracefully()
        pool.close()
        hub.close()
    }

    /// Runs statements outside a transaction on a connection of their own, for what cannot be in one, such as
    /// `CREATE DATABASE`. Blocks.
    package static func execute(_ statements: [String], at address: String) throws {
        let settings = PostgresSettings(
            address: address, statementTimeoutMilliseconds: 60_000, lockTimeoutMilliseconds: 60_000)
        do throws(PostgresFailure) {
            let connection = try PostgresConnection(settings, counter: nil)
            for statement in statements { try connection.control(statement) }
        } catch {
            throw error.problem(statements.joined(separator: "; "))
        }
    }

    private func onThread<T: Sendable>(
        _ work: @escaping @Sendable (PostgresCancellation) throws -> T
    ) async throws -> T {
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < Self.waitingMax else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else { throw DatabaseProblem.unavailable(detail: "Too many statements are waiting.") }
        defer { waiting.withLock { $0 -= 1 } }
        let cancellation = PostgresCancellation()
        // Whoever is cancelled already and comes nevertheless is cleaning up, and may.
        guard !Task.isCancelled else { return try await submit { try work(cancellation) } }
        return try await withTaskCancellationHandler {
            try await submit { try work(cancellation) }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Not `runIfActive`, which does not run anything for a cancelled task.
    private func submit<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            threads.submit { state in
                switch state {
                case .active: continuation.resume(with: Result(catching: work))
                case .cancelled:
                    continuation.resume(throwing: DatabaseProblem.unavailable(detail: "The database is closed."))
                }
            }
        }
    }

    /// Runs `body` on a connection, again and again while that makes sense.
    private func repeated<T>(
        _ cancellation: PostgresCancellation, _ body: (PostgresConnection) throws -> T
    ) throws -> T {
        var attempt = 1
        while true {
            let connection = try pool.take()
            defer { pool.giveBack(connection) }
            do {
                try cancellation.begin(connection)
                defer { cancellation.end(connection) }
                return try body(connection)
            } catch {
                if cancellation.isCancelled { throw CancellationError() }
                guard attempt < Self.attemptsMax, let failure = connection.retryable,
                    !PostgresTransaction.isOutcomeUnknown(error)
                else { throw error }
                // Two that met once should not meet again. A lost connection is
                // replaced at once, and after that the server is given a little time.
                if failure.isSerialization || attempt > 1 {
                    pauseThread(.milliseconds(Int64.random(in: 1...(8 << attempt))))
                }
                attempt += 1
            }
        }
    }
}
