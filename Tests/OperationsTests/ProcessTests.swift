import Basics
import Foundation
import Operations
import SQL
import TestKit
import Testing

/// Workers in processes of their own on one PostgreSQL database, killed and stopped by signals.
struct ProcessTests {
    /// A line of the file that the probes write.
    private struct Effect {
        let time: Int64
        let worker: String
        let operation: Int64
        let step: String
        let isBegin: Bool
    }

    private final class Bench: Sendable {
        let database: TestDatabase
        let address: String
        let file: String

        init(_ database: TestDatabase) async throws {
            self.database = database
            file = FileManager.default.temporaryDirectory.appendingPathComponent("berth-probe-\(Random.token(8))").path
            let name = try await database.read { try $0.first("SELECT current_database()") { $0.text(0) } }
            let admin = ProcessInfo.processInfo.environment["BERTH_TEST_POSTGRES"] ?? ""
            address = "\(admin) dbname=\(name ?? "")"
            try await database.transaction { tx in
                try tx.run("CREATE TABLE probe (total BIGINT NOT NULL)")
                try tx.run("INSERT INTO probe (total) VALUES (0)")
            }
        }

        func start(_ name: String) throws -> Process {
            let binary = ProcessInfo.processInfo.environment["BERTH_TEST_BINARY"] ?? ".build/debug/berth"
            let process = Process()
            process.executableURL = URL(fileURLWithPath: binary).deletingLastPathComponent()
                .appendingPathComponent("OperationsProbe")
            process.arguments = [address, name, file]
            try process.run()
            return process
        }

        func enqueue(_ count: Int, effectTime: Int) async throws {
            let now = SystemWallClock().now()
            let kind = WorkflowKind("probe.run", eventCode: "00000000000000ff", title: "Probing.")
            try await database.transaction { tx in
                for number in 0..<count {
                    try Operations.enqueue(
                        NewOperation(
                            kind, input: ["number": number, "effectTime": effectTime],
                            locks: number % 4 == 0 ? ["probe:\(number % 20)"] : [], requestID: "test"),
                        in: tx, now: now)
                }
            }
        }

        func count(_ sql: SQL) async throws -> Int64 { try await database.read { try $0.int(sql) ?? 0 } }

        func live() async throws -> Int64 {
            try await count("SELECT COUNT(*) FROM operations WHERE state IN ('pending', 'running', 'undoing')")
        }

        func effects() -> [Effect] {
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap { line in
                let parts = line.split(separator: " ")
                guard parts.count == 6, let time = Int64(parts[0]), let operation = Int64(parts[2]) else { return nil }
                return Effect(
                    time: time, worker: String(parts[1]), operation: operation, step: String(parts[4]),
                    isBegin: parts[5] == "begin")
            }
        }

        func wait(_ seconds: Int, _ what: String, _ done: () async throws -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(seconds)
            while try await !done() {
                guard ContinuousClock.now < deadline else {
                    throw Fault(.unavailable, "\(what) did not happen in time.")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Effects of one operation that began while another process was inside one. A begin without an end is that of
    /// a process that was killed.
    private func overlaps(_ effects: [Effect]) -> Int {
        var count = 0
        for (_, list) in Dictionary(grouping: effects, by: \.operation) {
            let sorted = list.sorted { $0.time < $1.time }
            for (index, begin) in sorted.enumerated() where begin.isBegin {
                let rest = sorted[(index + 1)...]
                guard
                    let end = rest.firstIndex(where: {
                        !$0.isBegin && $0.worker == begin.worker && $0.step == begin.step
                    })
                else { continue }
                count += sorted[(index + 1)..<end].filter { $0.isBegin && $0.worker != begin.worker }.count
            }
        }
        return count
    }

    @Test func twoHundredOperationsSurviveTwentyKills() async throws {
        try await withDatabase(.postgres) { database in
            let bench = try await Bench(database)
            defer { try? FileManager.default.removeItem(atPath: bench.file) }
            try await bench.enqueue(200, effectTime: 60)
            try await withThrowingTaskGroup { group in
                for name in ["a", "b"] {
                    group.addTask {
                        for life in 0..<10 {
                            let process = try bench.start("\(name)\(life)")
                            try await Task.sleep(for: .milliseconds(.random(in: 150...900)))
                            kill(process.processIdentifier, SIGKILL)
                            process.waitUntilExit()
                        }
                    }
                }
                try await group.waitForAll()
            }
            let last = [try bench.start("last1"), try bench.start("last2")]
            defer { for process in last { process.terminate() } }
            try await bench.wait(60, "The end of all operations") { try await bench.live() == 0 }
            #expect(try await bench.count("SELECT COUNT(*) FROM operations WHERE state = 'completed'") == 160)
            #expect(try await bench.count("SELECT COUNT(*) FROM operations WHERE state = 'failed'") == 40)
            #expect(try await bench.count("SELECT total FROM probe") == 160)
            #expect(try await bench.count("SELECT COUNT(*) FROM resource_locks") == 0)
            let effects = bench.effects()
            #expect(overlaps(effects) == 0)
            #expect(Set(effects.map(\.worker)).count >= 10)
            #expect(effects.filter(\.isBegin).count > effects.filter { !$0.isBegin }.count, "No kill hit an effect.")
        }
    }

    @Test func aStoppedProcessThatWakesChangesNothing() async throws {
        try await withDatabase(.postgres) { database in
            let bench = try await Bench(database)
            defer { try? FileManager.default.removeItem(atPath: bench.file) }
            try await bench.enqueue(1, effectTime: 700)
            let zombie = try bench.start("zombie")
            defer { kill(zombie.processIdentifier, SIGKILL) }
            try await bench.wait(20, "The first effect") { bench.effects().contains { $0.step == "one" } }
            kill(zombie.processIdentifier, SIGSTOP)
            let successor = try bench.start("successor")
            defer { successor.terminate() }
            try await bench.wait(30, "The end of the operation") { try await bench.live() == 0 }
            let before = try await steps(database)
            #expect(before.count == 4)
            kill(zombie.processIdentifier, SIGCONT)
            try await bench.wait(10, "The zombie's awakening") {
                bench.effects().contains { $0.worker == "zombie" && !$0.isBegin }
            }
            // It may end the effect it was in, and does not begin another one.
            try await Task.sleep(for: .seconds(1))
            #expect(bench.effects().filter { $0.worker == "zombie" && $0.isBegin }.map(\.step) == ["one"])
            #expect(try await steps(database) == before)
            #expect(try await bench.count("SELECT total FROM probe") == 1)
            #expect(try await bench.count("SELECT fence FROM operations") == 2)
        }
    }

    private func steps(_ database: TestDatabase) async throws -> [String] {
        try await database.read { connection in
            try connection.rows("SELECT name, state, fence, finished_at FROM operation_steps ORDER BY position") {
                "\($0.text(0)) \($0.text(1)) \($0.int(2)) \($0.int(3))"
            }
        }
    }
}
