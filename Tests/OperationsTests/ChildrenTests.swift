import Basics
import Operations
import SQL
import Synchronization
import TestKit
import Testing

/// Builds several things as children.
struct FleetWorkflow: Workflow {
    struct Input: Codable, Sendable {
        var names: [String]
        /// Fails after the children were started, without waiting for them.
        var failsAtOnce = false
        var locks = ["fleet:1"]
    }

    static let kind = WorkflowKind("test.fleet", eventCode: "0000000000000003", title: "Building a fleet.")

    let world: World

    func run(_ input: Input, _ run: OperationRun) async throws {
        let world = world
        try await run.step("begin", undo: { try world.remove("begin") }, { try world.ensure("begin") })
        for name in input.names {
            _ = try await run.child(
                "start \(name)",
                NewOperation(
                    BuildWorkflow.kind, input: BuildWorkflow.Input(name: name), locks: input.locks, requestID: "test"),
                undo: { _ in try world.note("child \(name) undone") })
        }
        if input.failsAtOnce { throw Fault(.conflict, "No fleet today.") }
        try await run.waitForChildren("wait")
        try await run.step("end", undo: nil) { try world.ensure("end") }
    }
}

struct ChildrenTests {
    private func enqueue(_ bench: Bench, _ input: FleetWorkflow.Input, locks: [String] = ["fleet:1"]) async throws
        -> Int64
    {
        try await bench.enqueue(NewOperation(FleetWorkflow.kind, input: input, locks: locks, requestID: "test"))
    }

    @Test(arguments: TestDialect.allCases)
    func aParentWaitsWithoutOccupyingTheWorker(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let parent = try await enqueue(bench, FleetWorkflow.Input(names: ["a", "b", "c"]))
            let stranger = try await bench.build("stranger", locks: ["fleet:1"])
            let worker = bench.worker(
                [FleetWorkflow(world: bench.world), BuildWorkflow(world: bench.world)], concurrency: 1)
            try await bench.run(worker, step: .milliseconds(10)) { try await bench.live() == 0 }
            #expect(try await bench.operation(parent).state == .completed)
            #expect(try await bench.operation(stranger).state == .completed)
            #expect(bench.world.things.isSuperset(of: ["begin", "attach-a", "attach-b", "attach-c", "end"]))
            // Children work inside the parent's lock, one after the other, before whoever waits for it.
            let order = bench.world.log.filter { $0.hasPrefix("+address") || $0 == "+end" }
            #expect(order == ["+address-a", "+address-b", "+address-c", "+end", "+address-stranger"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aChildThatFailsMakesTheParentFail(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            bench.world.fail("+volume-b", [Fault(.invalid, "No disk.")])
            let parent = try await enqueue(bench, FleetWorkflow.Input(names: ["a", "b"]))
            try await bench.finish(
                bench.worker([FleetWorkflow(world: bench.world), BuildWorkflow(world: bench.world)]))
            let operation = try await bench.operation(parent)
            #expect(operation.state == .failed)
            #expect(operation.error == "No disk.")
            // What a completed child made is the business of its undo closure.
            #expect(bench.world.log.suffix(3) == ["child b undone", "child a undone", "-begin"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aParentThatFailsEndsItsChildrenFirst(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let parent = try await enqueue(bench, FleetWorkflow.Input(names: ["a", "b", "c"], failsAtOnce: true))
            let worker = bench.worker(
                [FleetWorkflow(world: bench.world), BuildWorkflow(world: bench.world)], concurrency: 1)
            try await bench.finish(worker)
            #expect(try await bench.operation(parent).state == .failed)
            #expect(
                try await bench.count(
                    "SELECT COUNT(*) FROM operations WHERE state = 'cancelled' AND parent_id IS NOT NULL")
                    == 3)
            #expect(bench.world.things.isEmpty)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aChildMayNotLockWhatNoAncestorHas(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let parent = try await enqueue(
                bench, FleetWorkflow.Input(names: ["a"], locks: ["other:1"]))
            try await bench.finish(
                bench.worker([FleetWorkflow(world: bench.world), BuildWorkflow(world: bench.world)]))
            #expect(try await bench.operation(parent).state == .failed)
            #expect(bench.world.things.isEmpty)
        }
    }

    /// The process dies at every point of the parent and of its only child.
    @Test(arguments: TestDialect.allCases)
    func deathAnywhereStartsEachChildOnce(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let passed = Mutex<[String]>([])
            let all = Failpoints { point in passed.withLock { $0.append(point) } }
            try await perform(database, all)
            let points = passed.withLock { $0 }
            #expect(points.count > 20)
            for index in points.indices {
                let count = Mutex(0)
                try await perform(
                    database,
                    Failpoints { _ in
                        let here = count.withLock { count in
                            count += 1
                            return count - 1
                        }
                        if here == index { throw Failpoints.Crash() }
                    })
            }
        }
    }

    private func perform(_ database: TestDatabase, _ points: Failpoints) async throws {
        let bench = Bench(database)
        try await bench.clear()
        let parent = try await enqueue(bench, FleetWorkflow.Input(names: ["a"]))
        let worker = bench.worker(
            [FleetWorkflow(world: bench.world), BuildWorkflow(world: bench.world)], failpoints: points, concurrency: 1)
        try await bench.run(worker, step: .seconds(4)) {
            try await bench.live() == 0 && worker.counters.running == 0
        }
        #expect(try await bench.operation(parent).state == .completed)
        #expect(try await bench.count("SELECT COUNT(*) FROM operations") == 2)
        #expect(bench.world.things.count == 6)
    }
}
