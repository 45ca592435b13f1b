import Basics
import Foundation
import Operations
import SQL
import TestKit
import Testing

/// `berth operation`: what the operator sees of durable work, and how it is stopped.
@Suite struct OperationCommandTests {
    private static let time = Moment(milliseconds: 1_790_000_000_000)

    /// The ids of one operation of each sort.
    private struct Work {
        let failed: Int64
        let stuck: Int64
        let held: Int64
        let waiting: Int64
    }

    @Test(arguments: TestDialect.allCases)
    func operationsAreListedNewestFirst(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let (work, url) = (try await fill(database), database.url)
            let every = try await berth("operation", "list", "--json", url: url)
            #expect(try ids(every) == [work.waiting, work.held, work.stuck, work.failed])
            let two = try await berth("operation", "list", "--limit", "2", "--json", url: url)
            #expect(try ids(two) == [work.waiting, work.held])
            let attention = try await berth("operation", "list", "--attention", "--json", url: url)
            #expect(try ids(attention) == [work.stuck])
            let ended = try await berth(
                "operation", "list", "--state", "failed", "--state", "undoing", "--json", url: url)
            #expect(try ids(ended) == [work.stuck, work.failed])
            let table = try await berth("operation", "list", url: url)
            #expect(table.status == 0)
            let lines = table.output.split(separator: "\n")
            #expect(lines.count == 5)
            #expect(lines[0].split(separator: " ") == ["ID", "KIND", "STATE", "STEPS", "CREATED", "ENDED"])
            #expect(lines[3].contains("undoing") && lines[3].contains("ATTENTION: Undoing “create#7” failed"))
            #expect(lines[4].contains("0/2") && lines[4].hasSuffix("The image is not there."))
        }
    }

    @Test(arguments: TestDialect.allCases)
    func oneIsShownWithItsStepsAndWhatToDo(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let (work, url) = (try await fill(database), database.url)
            let failed = try await berth("operation", "show", "\(work.failed)", "--json", url: url).object()
            #expect(failed["error"] as? String == "The image is not there.")
            #expect((failed["advice"] as? String)?.hasPrefix("Nothing is left over.") == true)
            let steps = try #require(failed["steps"] as? [[String: Any]])
            #expect(steps.map { $0["name"] as? String } == ["network", "create#7", "undo:network"])
            #expect(steps.map { $0["state"] as? String } == ["undone", "failed", "done"])
            #expect(steps.map { $0["attempts"] as? Int } == [1, 4, 1])
            #expect(steps.map { $0["milliseconds"] as? Int } == [250, 250, 250])
            #expect(steps[1]["error"] as? String == "The image is not there.")

            let stuck = try await berth("operation", "show", "\(work.stuck)", url: url)
            #expect(stuck.status == 0)
            #expect(stuck.output.contains("Attention   Undoing “create#7” failed 9 times"))
            #expect(stuck.output.contains("What to do  Put right what stands in its way"))

            let waiting = try await berth("operation", "show", "\(work.waiting)", "--json", url: url).object()
            #expect(waiting["waits_for"] as? [Int64] == [work.held])
            #expect(
                waiting["advice"] as? String == "Wait for the operations before it on the same thing: \(work.held).")
            #expect((waiting["steps"] as? [Any])?.isEmpty == true)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func oneIsAskedToStopAndTheAuditSaysWho(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let (work, url) = (try await fill(database), database.url)
            let asked = try await berth("operation", "cancel", "\(work.waiting)", "--json", url: url)
            #expect(try asked.object()["cancel_requested"] as? Bool == true)
            let found = try await database.read { connection in
                (
                    try Operations.fetch(work.waiting, in: connection)?.cancelRequested,
                    try connection.rows("SELECT means, event, noun, subject_id FROM audits") {
                        "\($0.text(0)) \($0.text(1)) \($0.text(2)) \($0.int(3))"
                    }
                )
            }
            #expect(found.0 == true)
            #expect(found.1 == ["operatorShell cancel operation \(work.waiting)"])
            let ended = try await berth("operation", "cancel", "\(work.failed)", url: url)
            #expect(ended.status == 65)
            #expect(ended.errors.contains("has ended already: it is failed"))
            let undoing = try await berth("operation", "cancel", "\(work.stuck)", url: url)
            #expect(undoing.status == 65)
            #expect(undoing.errors.contains("is being undone already"))
        }
    }

    @Test func wrongUsageIs64AndUnknownNumbersAre65() async throws {
        try await withDatabase(.sqlite) { database in
            let url = database.url
            #expect(try await berth("operation", "list", "--state", "lost", url: url).status == 64)
            #expect(try await berth("operation", "list", "--limit", "0", url: url).status == 64)
            #expect(try await berth("operation", "show", "seven", url: url).status == 64)
            for verb in ["show", "cancel"] {
                let unknown = try await berth("operation", verb, "7", "--json", url: url)
                #expect(unknown.status == 65)
                #expect(unknown.output == "")
                #expect(unknown.errors.contains("berth operation list"))
                #expect(try await berth("operation", verb, "--help", url: url).output.contains("EXAMPLES"))
            }
            #expect(try await berth("operation", "list", "--json", url: url).output == "{\"operations\":[]}\n")
        }
    }

    private func ids(_ ended: Ended) throws -> [Int64] {
        try #require(try ended.object()["operations"] as? [[String: Any]]).compactMap { $0["id"] as? Int64 }
    }

    private func fill(_ database: TestDatabase) async throws -> Work {
        let kind = WorkflowKind("test.work", eventCode: "0000000000000001", title: "Working")
        return try await database.transaction { tx in
            func add(_ locks: [String]) throws -> Int64 {
                try Operations.enqueue(
                    NewOperation(kind, input: ["n": 1], locks: locks, requestID: "r"), in: tx, now: Self.time)
            }
            let work = Work(
                failed: try add([]), stuck: try add([]), held: try add(["project:1"]), waiting: try add(["project:1"]))
            let end = Self.time.advanced(by: .milliseconds(250))
            try tx.run(
                """
                UPDATE operations SET state = 'failed', error = 'The image is not there.', finished_at = \(end)
                WHERE id = \(work.failed)
                """)
            for (place, step) in [("network", "done", 1), ("create#7", "failed", 4), ("undo:network", "done", 1)]
                .enumerated()
            {
                let error = step.1 == "failed" ? "The image is not there." : nil
                try tx.run(
                    """
                    INSERT INTO operation_steps
                        (operation_id, name, position, state, fence, attempt, error, started_at, finished_at)
                    VALUES (\(work.failed), \(step.0), \(place), \(step.1), 1, \(step.2), \(error), \(Self.time),
                        \(end))
                    """)
            }
            try tx.run(
                """
                UPDATE operations SET state = 'undoing', error = 'No.',
                    attention = 'Undoing “create#7” failed 9 times: no answer. It is tried again by itself.'
                WHERE id = \(work.stuck)
                """)
            return work
        }
    }
}
