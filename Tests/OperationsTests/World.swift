import Basics
import Logging
import Operations
import SQL
import Synchronization
import TestKit

/// What the effects of the workflows under test change: a set of things, and a log of what was done.
final class World: Sendable {
    struct State {
        var things: Set<String> = []
        var log: [String] = []
        /// Operations that are inside an effect now, and whether one was ever there twice.
        var inside: Set<Int64> = []
        var overlaps = 0
        var errors: [String: [any Error]] = [:]
    }

    private let state = Mutex(State())

    var things: Set<String> { state.withLock { $0.things } }
    var log: [String] { state.withLock { $0.log } }
    var overlaps: Int { state.withLock { $0.overlaps } }

    func clearLog() { state.withLock { $0.log = [] } }

    /// The next calls of `name` throw these, one after the other.
    func fail(_ name: String, _ errors: [any Error]) { state.withLock { $0.errors[name] = errors } }

    func ensure(_ thing: String) throws {
        try note("+\(thing)")
        state.withLock { _ = $0.things.insert(thing) }
    }

    func remove(_ thing: String) throws {
        try note("-\(thing)")
        state.withLock { _ = $0.things.remove(thing) }
    }

    func note(_ text: String) throws {
        let error = state.withLock { state -> (any Error)? in
            state.log.append(text)
            guard var errors = state.errors[text], !errors.isEmpty else { return nil }
            defer { state.errors[text] = errors }
            return errors.removeFirst()
        }
        if let error { throw error }
    }

    func enter(_ operation: Int64) {
        state.withLock { if !$0.inside.insert(operation).inserted { $0.overlaps += 1 } }
    }

    func leave(_ operation: Int64) { state.withLock { _ = $0.inside.remove(operation) } }
}

/// Reserves, makes, starts and attaches something: four steps, of which `reserve` is one of the database.
struct BuildWorkflow: Workflow {
    struct Input: Codable, Sendable { var name: String }

    static let kind = WorkflowKind("test.build", eventCode: "0000000000000001", title: "Building something.")
    static let steps = ["address", "reserve", "volume", "container", "attach"]

    let world: World
    /// Every effect and every undo is done twice, which must be the same as once.
    var doubled = false

    func run(_ input: Input, _ run: OperationRun) async throws {
        try await make("address", input, run)
        try await run.record(
            "reserve",
            undo: { (tx: any Transaction, key: String) in
                try tx.run("DELETE FROM outbox WHERE kind = \(key)")
            },
            { tx in
                try Outbox.enqueue("reserve-\(input.name)", ["a": 1], in: tx, now: Moment(milliseconds: 1))
                return "reserve-\(input.name)"
            })
        try await run.checkCancelled()
        try await make("volume", input, run)
        try await make("container", input, run)
        try await run.checkCancelled()
        try await make("attach", input, run)
    }

    private func make(_ part: String, _ input: Input, _ run: OperationRun) async throws {
        let thing = "\(part)-\(input.name)"
        let (world, doubled) = (world, doubled)
        let made = try await run.step(
            part,
            undo: { (made: String?) in
                precondition(made == nil || made == thing)
                try world.remove(thing)
                if doubled { try world.remove(thing) }
            },
            {
                world.enter(run.id)
                defer { world.leave(run.id) }
                try world.ensure(thing)
                if doubled { try world.ensure(thing) }
                await Task.yield()
                return thing
            })
        precondition(made == thing)
    }

    func ended(_ input: Input, _ ending: OperationEnding, in tx: any Transaction) throws {
        try Outbox.enqueue("ended-\(ending.state.rawValue)", ending.operationID, in: tx, now: Moment(milliseconds: 1))
    }
}

/// A worker over `database` on a clock that the test moves.
struct Bench: Sendable {
    let database: TestDatabase
    let clock = ManualWallClock()
    let world = World()

    init(_ database: TestDatabase) { self.database = database }

    func worker(
        _ workflows: [any Workflow], failpoints: Failpoints = .none, concurrency: Int = 4, name: String = "test",
        on other: (any Database)? = nil
    ) -> Worker {
        var options = Worker.Options()
        options.concurrency = concurrency
        options.poll = .milliseconds(5)
        let clock = clock
        return Worker(
            database: other ?? database, workflows: workflows, options: options, clock: clock,
            monotonic: { .milliseconds(clock.now().milliseconds) }, name: name, failpoints: failpoints,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func enqueue(_ new: NewOperation) async throws -> Int64 {
        let now = clock.now()
        return try await database.transaction { try Operations.enqueue(new, in: $0, now: now) }
    }

    func build(_ name: String = "x", locks: [String] = []) async throws -> Int64 {
        try await enqueue(
            NewOperation(
                BuildWorkflow.kind, input: BuildWorkflow.Input(name: name), subjects: [OperationSubject("thing", 1)],
                locks: locks, requestID: "test"))
    }

    func operation(_ id: Int64) async throws -> Operations.Found {
        let found = try await database.read { try Operations.fetch(id, in: $0) }
        guard let found else { throw Fault(.notFound, "There is no operation \(id).") }
        return found
    }

    /// Runs `worker` until `done`; moves the clock on while nothing happens, so that pauses do not take time.
    func run(
        _ worker: Worker, step: Duration = .milliseconds(500), limit: Duration = .seconds(20),
        until done: @Sendable () async throws -> Bool
    ) async throws {
        let task = Task { await worker.run() }
        let deadline = ContinuousClock.now + limit
        while try await !done() {
            guard ContinuousClock.now < deadline else {
                task.cancel()
                throw Fault(.unavailable, "The operations did not end in time.")
            }
            try await Task.sleep(for: .milliseconds(5))
            if worker.counters.running == 0 { clock.advance(by: step) }
        }
        task.cancel()
        await task.value
    }

    /// Runs `worker` until nothing is left to do.
    func finish(_ worker: Worker, limit: Duration = .seconds(20)) async throws {
        try await run(worker, limit: limit) { try await live() == 0 && worker.counters.running == 0 }
    }

    /// Forgets all operations and messages.
    func clear() async throws {
        try await database.transaction { tx in
            try tx.run("DELETE FROM operations")
            try tx.run("DELETE FROM outbox")
        }
    }

    func live() async throws -> Int64 {
        try await database.read {
            try $0.int("SELECT COUNT(*) FROM operations WHERE state IN ('pending', 'running', 'undoing')") ?? 0
        }
    }

    func count(_ sql: SQL) async throws -> Int64 { try await database.read { try $0.int(sql) ?? 0 } }
}

extension Operations {
    typealias Found = Operation
}
