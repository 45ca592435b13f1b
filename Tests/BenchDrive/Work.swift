import Basics
import Edge
import Fleet
import Foundation
import Identity
import Logging
import Operations
import SQL
import SQLiteDriver
import TestKit
import Workloads

/// What is measured without HTTP: accepting orders, and working them off.
struct Work {
    let shop: Shop
    let options: Options
    private let lanes = 32
    private let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

    func run(_ report: inout Report) async throws {
        try await accept(&report)
        try await operations(&report)
        try await provision(&report)
    }

    /// Orders accepted durably, by 32 callers, between two looks at the disk.
    private func accept(_ report: inout Report) async throws {
        let database = try open("accept")
        let orders = Orders(database: database, vault: .ephemeral())
        let body = try JSONValue(parsing: shop.orderBody.utf8)
        let customer = shop.fixture.customer
        try await database.transaction { tx in
            try tx.run("DELETE FROM lock_queues WHERE bucket = 0")
            try tx.run("INSERT INTO lock_queues (bucket, tickets) VALUES (0, 0)")
        }
        var (syncs, commits, accepted, shares) = ([Double](), [Double](), [Double](), [Double]())
        for round in 0...options.rounds {
            let sync = try Disk.syncs(in: options.folder, seconds: 1)
            let commit = try await Disk.commits(database, seconds: 1)
            let rate = try await Rate.parallel(lanes, seconds: Double(options.seconds)) { _ in
                _ = try await orders.place(body, by: customer)
            }
            if round == 0 { continue }  // warm-up
            syncs.append(sync)
            commits.append(commit)
            accepted.append(rate)
            shares.append(rate / commit)
        }
        await database.close()
        report.add("Disk: 4 KiB appends with fdatasync", syncs.median, "/s")
        report.add("Disk: commits of one row, one caller", commits.median, "/s")
        report.add("Orders accepted durably, 32 callers", accepted.median, "/s", spread: accepted.spread)
        report.add("  ÷ single commits of the same minute", shares.median, "×", floor: .atLeast(4), goal: .atLeast(10))
    }

    /// The engine's own cost: operations that do nothing, next to what the store does for nothing.
    private func operations(_ report: inout Report) async throws {
        let database = try open("operations")
        let count = options.seconds == 1 ? 500 : 4000
        let raw = try await Rate.all(count, lanes: lanes) { number in
            try await database.transaction { tx in
                try tx.run("INSERT INTO lock_queues (bucket, tickets) VALUES (\(1_000_000 + number), 1)")
            }
            try await database.transaction { tx in
                try tx.run("DELETE FROM lock_queues WHERE bucket = \(1_000_000 + number)")
            }
        }
        let pairs = Double(count) / (raw / .seconds(1))
        report.add("Store: insert + delete, 32 callers", pairs, "/s")
        let bare = try await idle(database, count: count, steps: 0)
        report.add("Operations without steps", bare, "/s")
        report.add("  share of insert + delete", bare / pairs, "×", floor: .atLeast(0.3), goal: .atLeast(0.6))
        report.add("Operations of 4 recorded steps", try await idle(database, count: count, steps: 4), "/s")
        await database.close()
    }

    private func idle(_ database: any Database, count: Int, steps: Int) async throws -> Double {
        let worker = Worker(
            database: database, workflows: [IdleWorkflow()], name: "bench", failpoints: .none, logger: logger)
        let task = Task { await worker.run() }
        let began = ContinuousClock.now
        _ = try await Rate.all(count, lanes: lanes) { number in
            try await database.transaction { tx in
                _ = try Operations.enqueue(
                    NewOperation(IdleWorkflow.kind, input: IdleWorkflow.Input(steps: steps), requestID: "bench"),
                    in: tx, now: SystemWallClock().now())
            }
        }
        try await wait(for: worker, count)
        let took = (ContinuousClock.now - began) / .seconds(1)
        task.cancel()
        await task.value
        return Double(count) / took
    }

    /// The real workflow of an order, on 100 nodes that answer after 5 ms.
    private func provision(_ report: inout Report) async throws {
        let database = try open("provision")
        try await Shop.addNodes(database, shop.fixture)
        let count = options.seconds == 1 ? 200 : 3000
        let body = try JSONValue(parsing: shop.orderBody.utf8)
        let customer = shop.fixture.customer
        let vault = Vault.ephemeral()
        let orders = Orders(database: database, vault: vault)
        let placed = try await Rate.all(count, lanes: lanes) { _ in _ = try await orders.place(body, by: customer) }
        report.add("Orders accepted, placed on \(Shop.nodes) nodes", Double(count) / (placed / .seconds(1)), "/s")

        let fleet = FakeFleet()
        let ingress = ZoneIngress(database: database) { _ in FakeBalancer() }
        let site = Site(
            database: database, engines: fleet, ingress: ingress, vault: vault, clock: SystemWallClock(),
            installation: Installation(code: "bench1", apiEndpoint: "http://127.0.0.1/api"))
        let worker = Worker(
            database: database, workflows: WorkloadWorkflows.all(site: site), name: "bench", failpoints: .none,
            logger: logger)
        let (began, cpu) = (ContinuousClock.now, Usage.microseconds)
        let task = Task { await worker.run() }
        try await wait(for: worker, count)
        let took = (ContinuousClock.now - began) / .seconds(1)
        let used = (Usage.microseconds - cpu) / Double(count)
        task.cancel()
        await task.value
        await database.close()
        guard fleet.running == count else {
            throw Fault(.bug, "\(fleet.running) of \(count) ordered containers run; the workflow is broken.")
        }
        report.add(
            "Orders provisioned on \(Shop.nodes) nodes of 5 ms", Double(count) / took, "/s", floor: .atLeast(300),
            goal: .atLeast(1000))
        report.add("  CPU per order", used, "µs")
    }

    private func wait(for worker: Worker, _ count: Int) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(300))
        while worker.counters.completed < count {
            if worker.counters.failed > 0 || ContinuousClock.now > deadline {
                throw Fault(.bug, "Operations failed or hang: \(worker.counters).")
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    private func open(_ name: String) throws -> SQLiteDatabase {
        let path = "\(options.folder)/\(name).sqlite"
        try shop.copy(to: path)
        return try SQLiteDatabase(path: path)
    }
}

/// Records as many steps as it is told and does nothing else.
private struct IdleWorkflow: Workflow {
    struct Input: Codable, Sendable { var steps: Int }

    static let kind = WorkflowKind("bench.idle", eventCode: "00000000000000fe", title: "Doing nothing")

    func run(_ input: Input, _ run: OperationRun) async throws {
        for number in 0..<input.steps { try await run.step("step#\(number)", undo: nil) {} }
    }
}

/// What this process used.
enum Usage {
    /// User and system time in microseconds.
    static var microseconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }
}
