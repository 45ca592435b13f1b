import ArgumentParser
import Basics
import Identity
import Operations
import SQL

/// `berth operation …`: durable work, what became of it, and what a person has to do about it.
struct OperationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operation",
        abstract: "Durable work: what runs, what failed, what needs attention.",
        discussion: """
            Everything that changes containers is an operation of recorded steps. What needs attention is work that
            could not be undone or ended; Berth goes on trying, and the operation says what stands in its way.

            EXAMPLES
              berth operation list --attention
              berth operation list --state failed --limit 50
              berth operation show 17
              berth operation cancel 17
            """,
        subcommands: [List.self, Show.self, Cancel.self])

    struct List: AsyncParsableCommand {
        /// More are not read by eye; programs ask for one state at a time.
        static let limitMax = 1000

        static let configuration = CommandConfiguration(
            abstract: "List operations, newest first.",
            discussion: """
                EXAMPLES
                  berth operation list
                  berth operation list --attention --json
                  berth operation list --state pending --state running
                """)

        @Flag(help: "Only those a person has to look at.") var attention = false
        @Option(help: "Only those in this state; may be given several times.") var state: [OperationState] = []
        @Option(help: "How many at most, up to 1000.") var limit = 25
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (1...Self.limitMax).contains(limit) else {
                throw ValidationError("--limit must be 1 to \(Self.limitMax).")
            }
        }

        func run() async throws {
            let (states, attention, limit) = (state, attention, limit)
            let operations = try await Session.open { session in
                try await session.database.read { connection in
                    try Operations.recent(
                        states: states.isEmpty ? nil : states, needingAttention: attention, limit: limit,
                        in: connection)
                }
            }
            guard output.json else {
                Output.table(
                    ["ID", "KIND", "STATE", "STEPS", "CREATED", "ENDED", ""],
                    operations.map { operation in
                        [
                            String(operation.id), operation.kind, operation.state.rawValue,
                            OperationText.progress(operation), operation.createdAt.rfc3339,
                            operation.finishedAt?.rfc3339 ?? "-", OperationText.remark(operation),
                        ]
                    })
                return
            }
            Output.json { json in
                json.key("operations")
                json.array { json in
                    for operation in operations { json.object { OperationText.write(operation, to: &$0) } }
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one operation with its steps, and what to do about it.",
            discussion: """
                EXAMPLES
                  berth operation show 17
                  berth operation show 17 --json
                """)

        @Argument(help: "The operation's number.") var id: Int64
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let id = id
            let (operation, standing) = try await Session.open { session in
                try await session.database.read { connection in
                    (try OperationCommand.find(id, on: connection), try Operations.standing(id, in: connection))
                }
            }
            let advice = OperationText.advice(operation, standing, now: SystemWallClock().now())
            guard output.json else {
                for line in OperationText.lines(operation, standing, advice: advice) { Output.line(line) }
                return
            }
            Output.json { json in
                OperationText.write(operation, to: &json)
                OperationText.write(standing, to: &json)
                json.key("advice")
                json.value(advice)
                json.key("steps")
                json.array { json in
                    for step in operation.steps { json.object { OperationText.write(step, to: &$0) } }
                }
            }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask an operation to stop; what it did is undone.",
            discussion: """
                It stops before its next step, not in the middle of one. Whoever waits for it sees it as cancelled.

                EXAMPLES
                  berth operation cancel 17
                """)

        @Argument(help: "The operation's number.") var id: Int64
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let id = id
            try await Session.open { session in
                let now = SystemWallClock().now()
                try await session.database.transaction { tx in
                    let operation = try OperationCommand.find(id, on: tx)
                    guard try Operations.requestCancel(id: id, in: tx, now: now) else {
                        throw Fault(.conflict, OperationText.whyNotCancelled(operation))
                    }
                    try Audit.write(.shell, "cancel", noun: "operation", id: id, operation: id, at: now, in: tx)
                }
            }
            guard output.json else { return Output.line("Operation \(id) is asked to stop.") }
            Output.json { json in
                json.key("id")
                json.value(id)
                json.key("cancel_requested")
                json.value(true)
            }
        }
    }

    private static func find(_ id: Int64, on connection: any Connection) throws -> Operations.Record {
        guard let operation = try Operations.fetch(id, in: connection) else {
            throw Fault(.notFound, "There is no operation \(id). List them: berth operation list.")
        }
        return operation
    }
}

extension OperationState: ExpressibleByArgument {}
