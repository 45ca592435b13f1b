import Basics
import Foundation
import Operations
import SQL

/// Lines of a file that several processes append to.
struct Effects: Sendable {
    let path: String
    let worker: String

    func note(_ run: OperationRun, _ step: String, _ what: String) {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let line = "\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000) \(worker) \(run.id) \(run.fence) \(step) \(what)\n"
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        guard file >= 0 else { return }
        let bytes = Array(line.utf8)
        _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        close(file)
    }
}

/// Three steps of some milliseconds each; every fifth operation fails at the third and undoes the others.
struct ProbeWorkflow: Workflow {
    struct Input: Codable, Sendable {
        var number: Int
        /// Milliseconds that one effect takes.
        var effectTime: Int
    }

    static let kind = WorkflowKind("probe.run", eventCode: "00000000000000ff", title: "Probing.")

    let effects: Effects

    func run(_ input: Input, _ run: OperationRun) async throws {
        for name in ["one", "two"] {
            try await run.step(
                name, undo: { await effect("undo-\(name)", input, run) }, { await effect(name, input, run) })
        }
        try await run.record("count", undo: { tx in try Self.add(-1, tx) }, { tx in try Self.add(1, tx) })
        try await run.step("three", undo: nil) {
            await effect("three", input, run)
            if input.number % 5 == 4 { throw Fault(.conflict, "Every fifth fails.") }
        }
    }

    private func effect(_ name: String, _ input: Input, _ run: OperationRun) async {
        effects.note(run, name, "begin")
        try? await Task.sleep(for: .milliseconds(input.effectTime))
        effects.note(run, name, "end")
    }

    private static func add(_ number: Int64, _ tx: any Transaction) throws {
        try tx.run("UPDATE probe SET total = total + \(number)")
    }
}
