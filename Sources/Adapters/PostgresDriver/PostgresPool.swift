import SQL
import Synchronization

/// The connections that nobody uses at the moment, and what we know about whether the server can be reached.
final class PostgresPool: Sendable {
    /// How long callers wait for a server that is away (a restart, a fail-over) before they are refused at once.
    private static let patience = Duration.seconds(3)
    private static let pauseMin = Duration.milliseconds(50)
    private static let pauseMax = Duration.seconds(2)

    /// Used by one thread at a time: whoever took it.
    private struct Idle: @unchecked Sendable { let connection: PostgresConnection }

    private struct State {
        var idle: [Idle] = []
        var processIDs: Set<Int32> = []
        var isClosed = false
        /// When connecting began to fail, until it succeeds.
        var failingSince: ContinuousClock.Instant?
        var nextTry = ContinuousClock.now
        var pause = PostgresPool.pauseMin
        var lastFailure = ""
    }

    private let settings: PostgresSettings
    private let counter: StatementCounter?
    private let state = Mutex(State())

    init(_ settings: PostgresSettings, counter: StatementCounter?) {
        self.settings = settings
        self.counter = counter
    }

    /// A living connection. Blocks while one is being made; throws ``DatabaseProblem/unavailable(detail:)`` when the
    /// server has been away for longer than ``patience``.
    func take() throws -> PostgresConnection {
        while let idle = state.withLock({ $0.idle.popLast() }) {
            if idle.connection.isAlive() {
                idle.connection.forgetFailure()
                return idle.connection
            }
            forget(idle.connection)
        }
        while true {
            try waitForTurn()
            do throws(PostgresFailure) {
                let connection = try PostgresConnection(settings, counter: counter)
                state.withLock { state in
                    state.failingSince = nil
                    state.pause = Self.pauseMin
                    state.processIDs.insert(connection.processID)
                }
                return connection
            } catch {
                noteFailure(error.message)
            }
        }
    }

    /// Gives `connection` back, or lets go of it when it is not usable any more.
    func giveBack(_ connection: PostgresConnection) {
        let idle = Idle(connection: connection)
        let isKept = state.withLock { state in
            guard idle.connection.isUsable, !state.isClosed else { return false }
            state.idle.append(idle)
            return true
        }
        if !isKept { forget(connection) }
    }

    /// Whether `processID` is the server's end of one of these connections.
    func owns(processID: Int32) -> Bool { state.withLock { $0.processIDs.contains(processID) } }

    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for idle in idle { forget(idle.connection) }
    }

    private func forget(_ connection: PostgresConnection) {
        state.withLock { _ = $0.processIDs.remove(connection.processID) }
    }

    /// Returns when this thread may try to connect.
    private func waitForTurn() throws {
        enum Turn {
            case now
            case after(Duration)
            case refused(String)
        }
        while true {
            let now = ContinuousClock.now
            let turn = state.withLock { state -> Turn in
                guard !state.isClosed else { return .refused("The database is closed.") }
                guard let since = state.failingSince, now < state.nextTry else {
                    // The next one who comes waits for the outcome of this try.
                    state.nextTry = now + state.pause
                    return .now
                }
                guard now - since < Self.patience else { return .refused(state.lastFailure) }
                return .after(state.nextTry - now)
            }
            switch turn {
            case .now: return
            case .after(let duration): pauseThread(duration)
            case .refused(let why): throw DatabaseProblem.unavailable(detail: why)
            }
        }
    }

    private func noteFailure(_ message: String) {
        let now = ContinuousClock.now
        state.withLock { state in
            if state.failingSince == nil { state.failingSince = now }
            state.lastFailure = "PostgreSQL: \(message)"
            state.nextTry = now + state.pause * Double.random(in: 0.7...1.3)
            state.pause = min(state.pause * 2, Self.pauseMax)
        }
    }
}
