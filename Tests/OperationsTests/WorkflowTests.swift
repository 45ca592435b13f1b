import Basics
import Operations
import SQL
import Synchronization
import TestKit
import Testing

struct WorkflowTests {
    static let whole: Set<String> = ["address-x", "volume-x", "container-x", "attach-x"]

    @Test(arguments: TestDialect.allCases)
    func anOperationRunsItsStepsOnceAndEnds(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let worker = bench.worker([BuildWorkflow(world: bench.world)])
            let id = try await bench.build(locks: ["thing:1"])
            #expect(try await bench.database.read { try Operations.hasActive(OperationSubject("thing", 1), in: $0) })
            #expect(try await bench.database.read { try Operations.hasActive(lock: "thing:1", in: $0) })
            try await bench.finish(worker)
            let operation = try await bench.operation(id)
            #expect(operation.state == .completed)
            #expect(operation.finishedAt != nil)
            #expect(operation.steps.map(\.name) == BuildWorkflow.steps)
            #expect(operation.steps.allSatisfy { $0.state == .done && $0.attempt == 1 })
            #expect(bench.world.log == ["+address-x", "+volume-x", "+container-x", "+attach-x"])
            #expect(try await bench.count("SELECT COUNT(*) FROM outbox WHERE kind = 'ended-completed'") == 1)
            #expect(try await bench.count("SELECT COUNT(*) FROM resource_locks") == 0)
            #expect(worker.counters.completed == 1)
            #expect(worker.counters.refusedWrites == 0)
            #expect(try await !bench.database.read { try Operations.hasActive(OperationSubject("thing", 1), in: $0) })
        }
    }

    @Test(arguments: TestDialect.allCases, BuildWorkflow.steps)
    func aStepThatFailsForGoodUndoesAllThatRan(_ dialect: TestDialect, _ step: String) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let failing = Failpoints { point in
                if point == "test.build.\(step).before" { throw Fault(.conflict, "No \(step) left.") }
            }
            let worker = bench.worker([BuildWorkflow(world: bench.world)], failpoints: failing)
            let id = try await bench.build()
            try await bench.finish(worker)
            let operation = try await bench.operation(id)
            #expect(operation.state == .failed)
            #expect(operation.error == "No \(step) left.")
            #expect(operation.attention == nil)
            #expect(bench.world.things.isEmpty)
            #expect(try await bench.count("SELECT COUNT(*) FROM outbox WHERE kind LIKE 'reserve%'") == 0)
            #expect(try await bench.count("SELECT COUNT(*) FROM outbox WHERE kind = 'ended-failed'") == 1)
            let index = try #require(BuildWorkflow.steps.firstIndex(of: step))
            // What may have happened is undone too, except that a transaction that failed did not happen.
            let ran = BuildWorkflow.steps[...index].filter { $0 != "reserve" }
            #expect(bench.world.log.filter { $0.hasPrefix("-") } == ran.reversed().map { "-\($0)-x" })
        }
    }

    @Test(arguments: TestDialect.allCases)
    func everythingDoneTwiceIsTheSameAsOnce(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let worker = bench.worker([BuildWorkflow(world: bench.world, doubled: true)])
            let good = try await bench.build()
            try await bench.finish(worker)
            #expect(try await bench.operation(good).state == .completed)
            #expect(bench.world.things == Self.whole)
            bench.world.fail("+attach-y", [Fault(.invalid, "No."), Fault(.invalid, "No.")])
            let bad = try await bench.build("y")
            try await bench.finish(worker)
            #expect(try await bench.operation(bad).state == .failed)
            #expect(bench.world.things == Self.whole)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func transientErrorsAreTriedAgainAndForgotten(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let worker = bench.worker([BuildWorkflow(world: bench.world)])
            let down = Fault(.unavailable, "The engine does not answer.")
            bench.world.fail("+volume-x", [down, DatabaseProblem.unavailable(detail: "x"), down, down, down, down])
            let begin = bench.clock.now()
            let id = try await bench.build()
            try await bench.finish(worker)
            let operation = try await bench.operation(id)
            #expect(operation.state == .completed)
            #expect(operation.steps.first { $0.name == "volume" }?.attempt == 7)
            #expect(operation.steps.first { $0.name == "address" }?.attempt == 1)
            #expect(worker.counters.retries == 6)
            let took = bench.clock.now().milliseconds - begin.milliseconds
            // 1 + 2 + 4 + 8 + 16 + 32 s, each ± 25 %, and the steps of the test's clock.
            #expect(took > 47_000 && took < 90_000)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func unknownErrorsAreTriedAFewTimes(_ dialect: TestDialect) async throws {
        struct Odd: Error {}
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let worker = bench.worker([BuildWorkflow(world: bench.world)])
            bench.world.fail("+container-x", Array(repeating: Odd(), count: 9))
            let id = try await bench.build()
            try await bench.finish(worker)
            let operation = try await bench.operation(id)
            #expect(operation.state == .failed)
            #expect(operation.error == "Something went wrong on our side.")
            #expect(operation.steps.first { $0.name == "container" }?.attempt == 4)
            #expect(bench.world.things.isEmpty)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whatCannotBeUndoneIsShownAndTriedUntilItCan(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let worker = bench.worker([BuildWorkflow(world: bench.world)])
            bench.world.fail("+attach-x", [Fault(.invalid, "No route.")])
            let stuck = Array(repeating: Fault(.unavailable, "The engine is gone."), count: 30)
            bench.world.fail("-volume-x", stuck)
            let id = try await bench.build(locks: ["thing:1"])
            try await bench.run(worker) { try await bench.operation(id).attention != nil }
            let operation = try await bench.operation(id)
            #expect(operation.state == .undoing)
            #expect(operation.error == "No route.")
            #expect(operation.attention?.contains("Undoing “volume” failed 3 times: The engine is gone.") == true)
            #expect(operation.attention?.contains("Still to be undone: address, reserve, volume.") == true)
            #expect(operation.steps.first { $0.name == "container" }?.state == .undone)
            #expect(try await database.read { try Operations.attention(in: $0).map(\.id) } == [id])
            #expect(try await bench.count("SELECT COUNT(*) FROM resource_locks") == 1)
            bench.world.fail("-volume-x", [])
            try await bench.finish(bench.worker([BuildWorkflow(world: bench.world)]))
            let ended = try await bench.operation(id)
            #expect(ended.state == .failed)
            #expect(ended.attention == nil)
            #expect(bench.world.things.isEmpty)
            #expect(try await bench.count("SELECT COUNT(*) FROM outbox WHERE kind LIKE 'reserve%'") == 0)
        }
    }
}
