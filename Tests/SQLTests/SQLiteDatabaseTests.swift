import Basics
import Foundation
import SQL
import SQLiteDriver
import Synchronization
import TestKit
import Testing

/// What is particular to a database in one file.
@Suite struct SQLiteDatabaseTests {
    private func withDirectory(_ body: (URL) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "berth-sqlite-\(Random.token(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory)
    }

    @Test func aSecondServerOnTheFileIsRefusedAndACommandIsNot() async throws {
        try await withDirectory { directory in
            let path = directory.appending(path: "berth.sqlite").path
            let server = try SQLiteDatabase(path: path, lock: .exclusive)
            let fault = #expect(throws: Fault.self) { try SQLiteDatabase(path: path, lock: .exclusive) }
            #expect(fault?.code == .conflict)
            #expect(fault?.sentences.first?.contains("Another `berth serve` is running on \(path)") == true)
            let command = try SQLiteDatabase(path: path, lock: .shared)
            try await command.transaction { try $0.run("CREATE TABLE notes (id BIGINT)") }
            let count = try await server.read { try $0.int("SELECT count(*) FROM notes") }
            #expect(count == 0)
            await command.close()
            await server.close()
            let next = try SQLiteDatabase(path: path, lock: .exclusive)
            await next.close()
        }
    }

    @Test func aFileThatCannotBeOpenedIsASentence() throws {
        let fault = #expect(throws: Fault.self) { try SQLiteDatabase(path: "/nowhere/at/all.sqlite") }
        #expect(fault?.code == .unavailable)
        #expect(fault?.sentences.first?.hasPrefix("Cannot open the SQLite database /nowhere/at/all.sqlite") == true)
    }

    @Test func anotherProcessThatWritesForLongMakesUsUnavailableNotBroken() async throws {
        try await withDirectory { directory in
            let path = directory.appending(path: "berth.sqlite").path
            let db = try SQLiteDatabase(path: path, busyTimeout: .milliseconds(200))
            try await db.transaction { try $0.run("CREATE TABLE notes (id BIGINT)") }
            let (started, isStarted) = AsyncStream.makeStream(of: Void.self)
            let release = DispatchSemaphore(value: 0)
            let other = try SQLiteDatabase(path: path)
            let holder = Task {
                try await other.transaction { tx in
                    try tx.run("INSERT INTO notes (id) VALUES (1)")
                    isStarted.finish()
                    release.wait()
                }
            }
            for await _ in started {}
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            try await db.transaction { try $0.run("INSERT INTO notes (id) VALUES (2)") }
                            return false
                        } catch DatabaseProblem.unavailable { return true } catch { return false }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.allSatisfy { $0 })
            let count = try await db.read { try $0.int("SELECT count(*) FROM notes") }
            #expect(count == 0)
            release.signal()
            try await holder.value
            try await db.transaction { try $0.run("INSERT INTO notes (id) VALUES (3)") }
            let after = try await db.read { try $0.rows("SELECT id FROM notes ORDER BY id") { $0.int(0) } }
            #expect(after == [1, 3])
            await other.close()
            await db.close()
        }
    }

    @Test func aFullDiskRefusesTransactionsAndNothingElse() async throws {
        try await withDirectory { directory in
            try run("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", directory.path])
            defer { try? run("umount", ["--lazy", directory.path]) }
            let died = Mutex<String?>(nil)
            let db = try SQLiteDatabase(path: directory.appending(path: "berth.sqlite").path) { why in
                died.withLock { $0 = why }
            }
            try await db.transaction { try $0.run("CREATE TABLE notes (id BIGINT, body TEXT)") }
            try await db.transaction { try $0.run("INSERT INTO notes (id, body) VALUES (1, 'first')") }
            let ballast = directory.appending(path: "ballast")
            try? run("dd", ["if=/dev/zero", "of=\(ballast.path)", "bs=4k"])
            let text = String(repeating: "x", count: 50_000)
            for _ in 0..<5 {
                await #expect(throws: DatabaseProblem.self) {
                    try await db.transaction { try $0.run("INSERT INTO notes (id, body) VALUES (2, \(text))") }
                }
                let body = try await db.read { try $0.first("SELECT body FROM notes WHERE id = 1") { $0.text(0) } }
                #expect(body == "first")
            }
            do {
                try await db.transaction { try $0.run("INSERT INTO notes (id, body) VALUES (2, \(text))") }
            } catch DatabaseProblem.unavailable {}
            try FileManager.default.removeItem(at: ballast)
            try await db.transaction { try $0.run("INSERT INTO notes (id, body) VALUES (3, \(text))") }
            let ids = try await db.read { try $0.rows("SELECT id FROM notes ORDER BY id") { $0.int(0) } }
            #expect(ids == [1, 3])
            let why = died.withLock { $0 }
            #expect(why == nil)
            await db.close()
        }
    }

    /// The group is what makes many durable writes cheap: 500 transactions at once need far fewer commits.
    @Test func transactionsShareCommits() async throws {
        try await withDirectory { directory in
            let db = try SQLiteDatabase(path: directory.appending(path: "berth.sqlite").path)
            try await db.transaction { try $0.run("CREATE TABLE notes (id BIGINT)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 0..<500 {
                    group.addTask {
                        try await db.transaction { _ = try $0.run("INSERT INTO notes (id) VALUES (\(id))") }
                    }
                }
                try await group.waitForAll()
            }
            let commits = db.commits
            #expect(commits < 250, "500 transactions took \(commits) commits")
            await db.close()
        }
    }

    private func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = Pipe()
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Unexpected("\(program) ended with \(process.terminationStatus)")
        }
    }
}
