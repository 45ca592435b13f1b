import Basics
import Foundation
import SQL
import SQLiteDriver

/// What the disk itself can do, measured beside what we make of it.
enum Disk {
    /// Appends of 4 KiB, each followed by `fdatasync`, per second.
    static func syncs(in folder: String, seconds: Double) throws -> Double {
        let path = "\(folder)/disk"
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw Fault(.unavailable, "Cannot write \(path).") }
        defer {
            close(file)
            unlink(path)
        }
        let block = [UInt8](repeating: 7, count: 4096)
        return try Rate.sequential(seconds: seconds) {
            guard write(file, block, block.count) == block.count, fdatasync(file) == 0 else {
                throw Fault(.unavailable, "Cannot write \(path).")
            }
        }
    }

    /// Transactions of one row by one caller, each with a commit of its own, per second.
    static func commits(_ database: any Database, seconds: Double) async throws -> Double {
        var number = 0
        let began = ContinuousClock.now
        while ContinuousClock.now - began < .seconds(seconds) {
            number += 1
            try await database.transaction { [number] tx in
                try tx.run("UPDATE lock_queues SET tickets = \(number) WHERE bucket = 0")
            }
        }
        return Double(number) / ((ContinuousClock.now - began) / .seconds(1))
    }
}

/// Counting what happens in a time.
enum Rate {
    static func sequential(seconds: Double, _ body: () throws -> Void) rethrows -> Double {
        var count = 0
        let began = ContinuousClock.now
        while ContinuousClock.now - began < .seconds(seconds) {
            try body()
            count += 1
        }
        return Double(count) / ((ContinuousClock.now - began) / .seconds(1))
    }

    /// `lanes` callers at once for a time.
    static func parallel(
        _ lanes: Int, seconds: Double, _ body: @escaping @Sendable (_ lane: Int) async throws -> Void
    ) async throws -> Double {
        let began = ContinuousClock.now
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var count = 0
                    while ContinuousClock.now - began < .seconds(seconds) {
                        try await body(lane)
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(count) / ((ContinuousClock.now - began) / .seconds(1))
    }

    /// `count` calls by `lanes` callers; answers how long they took.
    static func all(
        _ count: Int, lanes: Int, _ body: @escaping @Sendable (_ number: Int) async throws -> Void
    ) async throws -> Duration {
        try await ContinuousClock().measure {
            try await withThrowingTaskGroup { group in
                for lane in 0..<lanes {
                    group.addTask {
                        for number in stride(from: lane, to: count, by: lanes) { try await body(number) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
