import Basics
import Operations
import SQL
import TestKit
import Testing

/// The one row per subject says what its whole history says.
struct SubjectWorkTests {
    private static let thing = OperationSubject("thing", 1)

    @Test(arguments: TestDialect.allCases)
    func aSubjectIsActiveFromTheFirstOperationToTheEndOfTheLast(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            #expect(try await Self.work(bench) == nil)
            _ = try await bench.build("x")
            _ = try await bench.build("y")
            #expect(try await Self.work(bench)?.isActive == true)
            try await bench.finish(bench.worker([BuildWorkflow(world: bench.world)]))
            #expect(try await Self.work(bench) == SubjectWork())
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aFailureIsShownUntilTheNextOperationCompletes(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            try await Self.run(bench, LoudWorkflow.kind, failing: false)
            try await Self.run(bench, QuietWorkflow.kind, failing: true)
            #expect(try await Self.work(bench)?.lastFailed == true)
            #expect(try await Self.work(bench)?.lastingFailed == false)
            try await Self.run(bench, QuietWorkflow.kind, failing: false)
            #expect(try await Self.work(bench) == SubjectWork())
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aLastingFailureIsShownUntilItsOwnKindCompletes(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            try await Self.run(bench, LoudWorkflow.kind, failing: true)
            try await Self.run(bench, QuietWorkflow.kind, failing: false)
            #expect(try await Self.work(bench)?.lastFailed == false)
            #expect(try await Self.work(bench)?.lastingFailed == true)
            try await Self.run(bench, LoudWorkflow.kind, failing: false)
            #expect(try await Self.work(bench) == SubjectWork())
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whatWasCancelledChangesNothing(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let bench = Bench(database)
            try await Self.run(bench, LoudWorkflow.kind, failing: true)
            let before = try await Self.work(bench)
            let id = try await bench.enqueue(
                NewOperation(
                    LoudWorkflow.kind, input: Ending(failing: false), subjects: [Self.thing], requestID: "test"))
            try await bench.database.transaction { tx in
                _ = try Operations.requestCancel(id: id, in: tx, now: bench.clock.now())
            }
            try await bench.finish(bench.worker([LoudWorkflow(), QuietWorkflow()]))
            #expect(try await bench.operation(id).state == .cancelled)
            #expect(try await Self.work(bench) == before)
        }
    }

    private static func run(_ bench: Bench, _ kind: WorkflowKind, failing: Bool) async throws {
        _ = try await bench.enqueue(
            NewOperation(kind, input: Ending(failing: failing), subjects: [thing], requestID: "test"))
        try await bench.finish(bench.worker([LoudWorkflow(), QuietWorkflow()]))
    }

    private static func work(_ bench: Bench) async throws -> SubjectWork? {
        try await bench.database.read { try SubjectWork.load(thing.noun, [thing.id, 2], in: $0)[thing.id] }
    }
}

/// How an operation is to end.
private struct Ending: Codable, Sendable {
    let failing: Bool

    func happen() throws {
        if failing { throw Fault(.invalid, "It was to fail.") }
    }
}

private struct QuietWorkflow: Workflow {
    static let kind = WorkflowKind("test.quiet", eventCode: "00000000000000a1", title: "Failing for a while.")

    func run(_ input: Ending, _ run: OperationRun) async throws { try input.happen() }
}

private struct LoudWorkflow: Workflow {
    static let kind = WorkflowKind(
        "test.loud", eventCode: "00000000000000a2", title: "Failing for long.", failureLasts: true)

    func run(_ input: Ending, _ run: OperationRun) async throws { try input.happen() }
}
