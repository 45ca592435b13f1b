import Basics
import Logging
import Operations
import SQL
import Synchronization
import TestKit
import Testing

/// Opens once; whoever waits before waits for it.
final class Gate: Sendable {
    private let (stream, continuation) = AsyncStream<Void>.makeStream()

    func open() { continuation.finish() }
    func pass() async { for await _ in stream {} }
}

/// One step that says when it is inside and leaves when it may.
struct GateWorkflow: Workflow {
    struct Input: Codable, Sendable { var name: String }

    static let kind = WorkflowKind("test.gate", eventCode: "0000000000000002", title: "Waiting.")

    let world: World
    let inside: Gate
    let leave: Gate

    func run(_ input: Input, _ run: OperationRun) async throws {
        let (world, inside, leave) = (world, inside, leave)
        try await run.step("first", undo: { try world.remove("first") }, { try world.ensure("first") })
        try await run.step(
            "wait", undo: { try world.remove("wait") },
            {
                world.enter(run.id)
                defer { world.leave(run.id) }
                try world.ensure("wait")
                inside.open()
                await leave.pass()
                try Task.checkCancellation()
            })
        try await run.record("last", undo: nil) { tx in
            try Outbox.enqueue("last", input.name, in: tx, now: Moment(milliseconds: 1))
        }
    }
}

/// The machine's clock, set wrong.
final class JumpingWallClock: WallClock {
    private let offset = Mutex<Duration>(.zero)

    func now() -> Moment { SystemWallClock().now().advanced(by: offset.withLock { $0 }) }
    func jump(by duration: Duration) { offset.withLock { $0 += duration } }
}

struct OwnershipTests {
    private func enqueue(_ bench: Bench) async throws -> Int64 {
        try await bench.enqueue(
            NewOperation(
                GateWorkflow.kind, input: GateWorkflow.Input(name: "x"), subjects: [OperationSubject("gate", 7)],
                requestID: "test"))
    }

    /// A worker whose own clocks stand still, as when the process is stopped.
    @Test(arguments: TestDialect.allCases)
    func aWorkerThatSleptPastItsLeaseCannotWrite(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let (inside, leave) = (Gate(), Gate())
            var options = Worker.Options()
            options.poll = .milliseconds(5)
            let zombie = Worker(
                database: database, workflows: [GateWorkflow(world: bench.world, inside: inside, leave: leave)],
                options: options, clock: ManualWallClock(), monotonic: { .seconds(1) }, name: "zombie",
                failpoints: .none, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let id = try await enqueue(bench)
            let task = Task { await zombie.run() }
            await inside.pass()
            bench.clock.advance(by: .seconds(20))
            let open = Gate()
            open.open()
            let successor = bench.worker([GateWorkflow(world: bench.world, inside: Gate(), leave: open)])
            try await bench.finish(successor)
            #expect(try await bench.operation(id).state == .completed)
            leave.open()
            let deadline = ContinuousClock.now + .seconds(10)
            while zombie.counters.running > 0, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            task.cancel()
            await task.value
            #expect(zombie.counters.refusedWrites == 1)
            #expect(zombie.counters.completed == 0)
            #expect(try await bench.count("SELECT COUNT(*) FROM outbox WHERE kind = 'last'") == 1)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aWorkerThatStopsGivesItsWorkBackAtOnce(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let (inside, leave) = (Gate(), Gate())
            let worker = bench.worker([GateWorkflow(world: bench.world, inside: inside, leave: leave)])
            let id = try await enqueue(bench)
            let task = Task { await worker.run() }
            await inside.pass()
            task.cancel()
            await task.value
            #expect(worker.counters.released == 1)
            #expect(try await bench.operation(id).state == .running)
            #expect(try await bench.operation(id).steps.first?.state == .done)
            let open = Gate()
            open.open()
            let before = bench.clock.now()
            try await bench.run(
                bench.worker([GateWorkflow(world: bench.world, inside: Gate(), leave: open)]), step: .zero
            ) { try await bench.live() == 0 }
            #expect(bench.clock.now() == before)
            #expect(try await bench.operation(id).state == .completed)
            #expect(bench.world.log == ["+first", "+wait", "+wait"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func operationsOnOneResourceRunOneByOneInTheirOrder(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            for number in 0..<12 {
                _ = try await bench.build("\(number)", locks: ["a:\(number % 2)", "b:\(number % 3)"])
            }
            let workflow = BuildWorkflow(world: bench.world)
            let other = bench.worker([workflow], concurrency: 8, name: "other")
            let task = Task { await other.run() }
            try await bench.finish(bench.worker([workflow], concurrency: 8))
            task.cancel()
            await task.value
            // Numbers 0, 6 share both resources, 1 and 3 one of them, 2 and 3 none.
            let ends = bench.world.log.filter { $0.hasPrefix("+attach-") }.compactMap { Int($0.dropFirst(8)) }
            let starts = bench.world.log.enumerated().filter { $0.element.hasPrefix("+address-") }
            #expect(ends.count == 12)
            for (index, start) in starts {
                let number = Int(start.dropFirst(9)) ?? 0
                let ended = Set(
                    bench.world.log[..<index].filter { $0.hasPrefix("+attach-") }.compactMap { Int($0.dropFirst(8)) })
                for earlier in 0..<number where earlier % 2 == number % 2 || earlier % 3 == number % 3 {
                    #expect(ended.contains(earlier), "\(number) started before \(earlier) had ended")
                }
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aWallClockThatJumpsTakesNothingFromTheLiving(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let (inside, leave) = (Gate(), Gate())
            let clock = JumpingWallClock()
            var options = Worker.Options()
            (options.poll, options.lease) = (.milliseconds(5), .seconds(3))
            func worker(_ name: String) -> Worker {
                Worker(
                    database: database, workflows: [GateWorkflow(world: bench.world, inside: inside, leave: leave)],
                    options: options, clock: clock, name: name, failpoints: .none,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            }
            let (first, second) = (worker("first"), worker("second"))
            let id = try await enqueue(bench)
            let tasks = [first, second].map { worker in Task { await worker.run() } }
            await inside.pass()
            for jump in [Duration.seconds(86_400), .seconds(-2 * 86_400)] {
                clock.jump(by: jump)
                // Long enough for a renewal, too short for the lease to end.
                try await Task.sleep(for: .milliseconds(1500))
            }
            leave.open()
            let deadline = ContinuousClock.now + .seconds(10)
            while try await bench.live() > 0, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            for task in tasks {
                task.cancel()
                await task.value
            }
            #expect(try await bench.operation(id).state == .completed)
            #expect(first.counters.claimed + second.counters.claimed == 1)
            #expect(bench.world.overlaps == 0)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whatNobodyStartedIsCancelledWithoutRunning(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let id = try await bench.build()
            let now = bench.clock.now()
            let asked = try await database.transaction {
                try Operations.requestCancel(of: OperationSubject("thing", 1), in: $0, now: now)
            }
            #expect(asked == 1)
            try await bench.finish(bench.worker([BuildWorkflow(world: bench.world)]))
            #expect(try await bench.operation(id).state == .cancelled)
            #expect(try await bench.operation(id).error == nil)
            #expect(bench.world.log.isEmpty)
            #expect(try await bench.count("SELECT COUNT(*) FROM outbox WHERE kind = 'ended-cancelled'") == 1)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whatRunsIsCancelledWhereItAsksAndUndone(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            let id = try await bench.build(locks: ["thing:1"])
            let now = bench.clock.now()
            let points = Failpoints { point in
                guard point == "test.build.container.after_effect" else { return }
                _ = try await database.transaction { try Operations.requestCancel(lock: "thing:1", in: $0, now: now) }
            }
            try await bench.finish(bench.worker([BuildWorkflow(world: bench.world)], failpoints: points))
            #expect(try await bench.operation(id).state == .cancelled)
            #expect(bench.world.things.isEmpty)
            #expect(bench.world.log.last == "-address-x")
            #expect(!bench.world.log.contains("+attach-x"))
            #expect(try await bench.count("SELECT COUNT(*) FROM resource_locks") == 0)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func cancellingEndsTheWaitForTheNextTry(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            bench.world.fail("+attach-x", Array(repeating: Fault(.unavailable, "Down."), count: 100))
            let id = try await bench.build()
            let worker = bench.worker([BuildWorkflow(world: bench.world)])
            try await bench.run(worker) { worker.counters.retries >= 3 }
            let now = bench.clock.now()
            #expect(try await database.transaction { try Operations.requestCancel(id: id, in: $0, now: now) })
            try await bench.finish(bench.worker([BuildWorkflow(world: bench.world)]))
            #expect(try await bench.operation(id).state == .cancelled)
            #expect(bench.world.things.isEmpty)
        }
    }
}
