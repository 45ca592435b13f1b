import Basics
import Operations
import SQL
import Synchronization
import TestKit
import Testing

/// What happens when the process dies: the run is dropped at a failpoint without writing anything more, and another
/// worker takes over when the lease is past.
struct CrashTests {
    /// All points that a run of the workflow passes, in order.
    private func points(
        _ database: TestDatabase, _ prepare: @Sendable (World) -> Void
    ) async throws -> [String] {
        let bench = Bench(database)
        prepare(bench.world)
        let passed = Mutex<[String]>([])
        let trace = Failpoints { point in passed.withLock { $0.append(point) } }
        _ = try await bench.build()
        try await bench.finish(bench.worker([BuildWorkflow(world: bench.world)], failpoints: trace))
        return passed.withLock { $0 }
    }

    private struct End {
        let state: OperationState
        let things: Set<String>
        let reserved: Int64
        let ended: Int64
        let overlaps: Int
    }

    private func crash(
        _ database: TestDatabase, at point: String, _ prepare: @Sendable (World) -> Void
    ) async throws -> End {
        let bench = Bench(database)
        try await bench.clear()
        prepare(bench.world)
        let reached = Mutex(false)
        let deadly = Failpoints { passed in
            let first = reached.withLock { reached in
                defer { reached = reached || passed == point }
                return !reached && passed == point
            }
            if first { throw Failpoints.Crash() }
        }
        let id = try await bench.build()
        let worker = bench.worker([BuildWorkflow(world: bench.world)], failpoints: deadly)
        try await bench.run(worker, step: .seconds(4)) {
            try await bench.live() == 0 && worker.counters.running == 0
        }
        #expect(reached.withLock { $0 }, "\(point) was not reached")
        return End(
            state: try await bench.operation(id).state, things: bench.world.things,
            reserved: try await bench.count("SELECT COUNT(*) FROM outbox WHERE kind LIKE 'reserve%'"),
            ended: try await bench.count("SELECT COUNT(*) FROM outbox WHERE kind LIKE 'ended%'"),
            overlaps: bench.world.overlaps)
    }

    @Test(arguments: TestDialect.allCases)
    func deathAtAnyPointIsFollowedByCompletion(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let points = try await points(database) { _ in }
            #expect(points.count == 14)
            for point in points {
                let end = try await crash(database, at: point) { _ in }
                #expect(end.state == .completed, "\(point)")
                #expect(end.things == WorkflowTests.whole, "\(point)")
                #expect(end.reserved == 1, "\(point)")
                #expect(end.ended == 1, "\(point)")
                #expect(end.overlaps == 0)
            }
        }
    }

    @Test(arguments: TestDialect.allCases, ["volume", "container", "attach"])
    func deathAtAnyPointOfUndoingIsFollowedByACleanSlate(_ dialect: TestDialect, _ failing: String) async throws {
        let prepare: @Sendable (World) -> Void = { world in
            world.fail("+\(failing)-x", Array(repeating: Fault(.invalid, "No."), count: 5))
        }
        try await withDatabase(dialect) { database in
            let points = try await points(database, prepare)
            #expect(points.contains { $0.contains("undo:") })
            for point in points {
                let end = try await crash(database, at: point, prepare)
                #expect(end.state == .failed, "\(point)")
                #expect(end.things.isEmpty, "\(point)")
                #expect(end.reserved == 0, "\(point)")
                #expect(end.ended == 1, "\(point)")
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aStepThatKillsTheProcessIsGivenUp(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let deaths = Mutex(0)
            let deadly = Failpoints { point in
                guard point == "test.build.container.after_effect" else { return }
                deaths.withLock { $0 += 1 }
                throw Failpoints.Crash()
            }
            let id = try await bench.build()
            try await bench.finish(bench.worker([BuildWorkflow(world: bench.world)], failpoints: deadly))
            let operation = try await bench.operation(id)
            #expect(operation.state == .failed)
            #expect(
                operation.error
                    == "Our process stopped 5 times during the step “container”, so it was given up.")
            #expect(deaths.withLock { $0 } == 5)
            #expect(bench.world.things.isEmpty)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func anUndoThatKillsTheProcessIsShownAndTriedSlowly(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            bench.world.fail("+attach-x", [Fault(.invalid, "No.")])
            let deadly = Mutex(true)
            let points = Failpoints { point in
                if deadly.withLock({ $0 }), point == "test.build.undo:container.before" { throw Failpoints.Crash() }
            }
            let id = try await bench.build()
            let worker = bench.worker([BuildWorkflow(world: bench.world)], failpoints: points)
            try await bench.run(worker) { try await bench.operation(id).attention != nil }
            #expect(try await bench.operation(id).state == .undoing)
            deadly.withLock { $0 = false }
            try await bench.finish(bench.worker([BuildWorkflow(world: bench.world)], failpoints: points))
            #expect(try await bench.operation(id).state == .failed)
            #expect(bench.world.things.isEmpty)
        }
    }

    /// 200 operations, three workers, and death at one point in twenty.
    @Test(arguments: TestDialect.allCases)
    func whateverDiesEverythingEndsAndNothingRunsTwiceAtOnce(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let deaths = Mutex(0)
            let deadly = Failpoints { point in
                // An operation that dies five times in one step is given up, which is not what is tested here.
                guard !point.contains("undo"), Int.random(in: 0..<20) == 0 else { return }
                deaths.withLock { $0 += 1 }
                throw Failpoints.Crash()
            }
            for number in 0..<200 { _ = try await bench.build("\(number)", locks: ["thing:\(number % 50)"]) }
            let workflow = BuildWorkflow(world: bench.world)
            let workers = (0..<3).map { bench.worker([workflow], failpoints: deadly, concurrency: 8, name: "w\($0)") }
            let others = workers.dropFirst().map { worker in Task { await worker.run() } }
            let first = workers[0]
            try await bench.run(first, limit: .seconds(60)) { try await bench.live() == 0 }
            for other in others {
                other.cancel()
                await other.value
            }
            #expect(try await bench.count("SELECT COUNT(*) FROM operations WHERE state = 'completed'") >= 195)
            #expect(try await bench.count("SELECT COUNT(*) FROM resource_locks") == 0)
            #expect(bench.world.overlaps == 0)
            #expect(deaths.withLock { $0 } > 20)
            let completed = try await bench.count("SELECT COUNT(*) FROM operations WHERE state = 'completed'")
            #expect(Int64(bench.world.things.count) == completed * 4)
            #expect(try await bench.count("SELECT COUNT(*) FROM outbox WHERE kind LIKE 'ended%'") == 200)
        }
    }
}
