import SQL
import Synchronization

import class GRDB.DatabaseQueue

/// The one connection that writes, with group commit: while one batch of transactions waits for the disk, the next
/// ones gather, and then share one `COMMIT`. Each transaction is a savepoint of the batch, so that one which throws
/// takes back only what it did itself. Nobody is answered before the `COMMIT` of the batch has returned.
final class SQLiteWriter: Sendable {
    /// Transactions that share one commit. More would make the first ones wait noticeably for the others' work.
    private static let batchMax = 64
    /// Transactions that may wait; more are refused at once.
    private static let waitingMax = 4096

    private struct State {
        var waiting: [any WriteJob] = []
        var commits = 0
        var isDraining = false
        /// Why no transaction is accepted any more.
        var refusal: String?
        var whenIdle: [CheckedContinuation<Void, Never>] = []
    }

    /// Only touched on `queue`'s own dispatch queue.
    private struct Confined: @unchecked Sendable { let connection: SQLiteConnection }

    private let queue: DatabaseQueue
    private let confined: Confined
    private let hub: WakeHub
    private let onFatal: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(
        queue: DatabaseQueue, connection: SQLiteConnection, hub: WakeHub, onFatal: @escaping @Sendable (String) -> Void
    ) {
        self.queue = queue
        self.confined = Confined(connection: connection)
        self.hub = hub
        self.onFatal = onFatal
    }

    /// How many batches were committed.
    var commits: Int { state.withLock { $0.commits } }

    func transaction<T: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            submit(TypedWriteJob(body: body, continuation: continuation))
        }
    }

    /// Accepts nothing more, finishes what waits, and forgets the statements.
    func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isIdle = state.withLock { state in
                state.refusal = state.refusal ?? "The database is closed."
                if state.isDraining { state.whenIdle.append(continuation) }
                return !state.isDraining
            }
            if isIdle { continuation.resume() }
        }
        forgetStatements()
    }

    private func forgetStatements() { queue.unsafeRead { _ in confined.connection.forgetStatements() } }

    private func submit(_ job: any WriteJob) {
        enum Next {
            case nothing, drain
            case refuse(String)
        }
        let next = state.withLock { state -> Next in
            if let refusal = state.refusal { return .refuse(refusal) }
            guard state.waiting.count < Self.waitingMax else { return .refuse("Too many transactions are waiting.") }
            state.waiting.append(job)
            defer { state.isDraining = true }
            return state.isDraining ? .nothing : .drain
        }
        switch next {
        case .nothing: break
        case .drain: queue.asyncWriteWithoutTransaction { [self] _ in drain() }
        case .refuse(let why): job.finish(failed: .unavailable(detail: why))
        }
    }

    private func drain() {
        while true {
            let (batch, idle) = state.withLock { state -> ([any WriteJob], [CheckedContinuation<Void, Never>]) in
                let batch = Array(state.waiting.prefix(Self.batchMax))
                state.waiting.removeFirst(batch.count)
                guard batch.isEmpty else { return (batch, []) }
                state.isDraining = false
                defer { state.whenIdle = [] }
                return ([], state.whenIdle)
            }
            for continuation in idle { continuation.resume() }
            guard !batch.isEmpty else { return }
            commit(batch)
        }
    }

    private func commit(_ batch: [any WriteJob]) {
        let connection = confined.connection
        var wakes: Set<WakeChannel> = []
        do throws(SQLiteFailure) {
            try connection.control("BEGIN IMMEDIATE")
            for job in batch {
                let transaction = SQLiteTransaction(connection)
                try connection.control("SAVEPOINT one_of_batch")
                let isDone = job.run(transaction)
                if let fatal = connection.fatal { throw fatal }
                guard connection.isInTransaction else {
                    throw SQLiteFailure(code: 13, message: "the disk is full or failed, all was rolled back")
                }
                if !isDone { try connection.control("ROLLBACK TO one_of_batch") }
                try connection.control("RELEASE one_of_batch")
                if isDone { wakes.formUnion(transaction.wakes) }
            }
            try connection.control("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.control("ROLLBACK") }
            giveUp(batch, error)
            return
        }
        state.withLock { $0.commits += 1 }
        // Before anybody is answered: see `Database.wakeCount`.
        hub.wake(wakes)
        for job in batch { job.finish(failed: nil) }
    }

    private func giveUp(_ batch: [any WriteJob], _ failure: SQLiteFailure) {
        let problem = failure.problem()
        var others: [any WriteJob] = []
        if let fatal = confined.connection.fatal {
            let detail = "SQLite: \(fatal.message) (\(fatal.code))"
            state.withLock { $0.refusal = detail }
            onFatal(detail)
        }
        // Whoever waited behind this batch has waited as long; a held lock must not add up to minutes.
        if failure.code & 0xFF == 5 || confined.connection.fatal != nil {
            others = state.withLock { state in
                defer { state.waiting = [] }
                return state.waiting
            }
        }
        for job in batch + others { job.finish(failed: problem) }
    }
}

/// A connection inside one savepoint of a batch.
private final class SQLiteTransaction: Transaction {
    private let connection: SQLiteConnection
    private(set) var wakes: Set<WakeChannel> = []

    init(_ connection: SQLiteConnection) { self.connection = connection }

    var dialect: Dialect { .sqlite }
    func each(_ sql: SQL, _ body: (any Row) throws -> Void) throws { try connection.each(sql, body) }
    func run(_ sql: SQL) throws -> Int { try connection.run(sql) }
    func wake(_ channel: WakeChannel) { wakes.insert(channel) }
}

/// A transaction that waits for the writer.
private protocol WriteJob: AnyObject, Sendable {
    /// Runs the body and keeps its outcome; false when it threw.
    func run(_ transaction: any Transaction) -> Bool
    /// Answers the caller with the outcome, or with the problem of the whole batch.
    func finish(failed problem: DatabaseProblem?)
}

/// Handed from the caller to the writer's queue and never used by both, hence unchecked.
private final class TypedWriteJob<T: Sendable>: WriteJob, @unchecked Sendable {
    private let body: @Sendable (any Transaction) throws -> T
    private let continuation: CheckedContinuation<T, any Error>
    private var outcome: Result<T, any Error>?

    init(
        body: @escaping @Sendable (any Transaction) throws -> T, continuation: CheckedContinuation<T, any Error>
    ) {
        self.body = body
        self.continuation = continuation
    }

    func run(_ transaction: any Transaction) -> Bool {
        let outcome = Result { try body(transaction) }
        self.outcome = outcome
        if case .success = outcome { return true }
        return false
    }

    func finish(failed problem: DatabaseProblem?) {
        if let problem {
            continuation.resume(throwing: problem)
        } else if let outcome {
            continuation.resume(with: outcome)
        } else {
            continuation.resume(throwing: DatabaseProblem.unavailable(detail: "The transaction did not run."))
        }
    }
}
