import Basics
import Operations
import SQL
import TestKit
import Testing

/// F24: whichever write of an operation gets no answer to its `COMMIT`, whether it took place or not, everything
/// happens exactly once.
@Suite struct LostCommitTests {
    private static let fencedWrite = "UPDATE operations SET updated_at"

    @Test(.timeLimit(.minutes(2)), arguments: CommitCutter.Cut.allCases, [false, true])
    func everyStepHappensOnce(cut: CommitCutter.Cut, fails: Bool) async throws {
        try await withDatabase(.postgres) { database in
            try await CommitCutter.run(to: database) { cutter in
                let through = cutter.open()
                var reached = 0
                repeat {
                    reached += 1
                    let bench = Bench(database)
                    if fails { bench.world.fail("+attach-x", [Fault(.invalid, "No.")]) }
                    cutter.cut(cut, nth: reached, ofTransactionsWith: Self.fencedWrite)
                    let id = try await bench.build()
                    try await bench.finish(bench.worker([BuildWorkflow(world: bench.world)], on: through))
                    try await expectOnce(bench, id, fails: fails)
                    try await bench.clear()
                } while cutter.wasReached
                // A write for each begun step, the recorded one, and the end; more when they are undone.
                #expect(reached > (fails ? 10 : 5))
                await through.close()
            }
        }
    }

    private func expectOnce(_ bench: Bench, _ id: Int64, fails: Bool) async throws {
        let operation = try await bench.operation(id)
        #expect(operation.state == (fails ? .failed : .completed))
        #expect(operation.attention == nil)
        let (world, effects) = (bench.world, ["address", "volume", "container", "attach"])
        #expect(world.things == (fails ? [] : Set(effects.map { "\($0)-x" })))
        #expect(Array(world.log.prefix(4)) == effects.map { "+\($0)-x" })
        #expect(world.log.count == (fails ? 8 : 4), "\(world.log)")
        #expect(try await bench.count("SELECT COUNT(*) FROM outbox WHERE kind = 'reserve-x'") == (fails ? 0 : 1))
        #expect(try await bench.count("SELECT COUNT(*) FROM outbox WHERE kind LIKE 'ended-%'") == 1)
        #expect(operation.steps.allSatisfy { $0.attempt == 1 }, "\(operation.steps)")
    }
}
