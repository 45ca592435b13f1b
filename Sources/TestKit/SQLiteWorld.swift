import Basics
import Foundation
import SQL
import SQLiteDriver

/// SQLite files for tests: one is migrated per process, and every test gets a copy of it.
enum SQLiteWorld {
    /// In memory when the machine has such a directory: tests that need a disk make their own file.
    private static let root: URL = {
        let shared = "/dev/shm"
        let parent = FileManager.default.isWritableFile(atPath: shared) ? shared : NSTemporaryDirectory()
        return URL(fileURLWithPath: parent).appendingPathComponent("berth-tests-\(getpid())-\(Random.token(6))")
    }()

    private static let template = Task {
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        removeAtExit(root.path)
        let file = root.appendingPathComponent("template.sqlite")
        let database = try SQLiteDatabase(path: file.path)
        try await Migrator.migrate(database)
        // The last connection that closes moves everything from the -wal file into the database file.
        await database.close()
        return file
    }

    static func make(_ isMigrated: Bool) async throws -> TestWorld {
        let template = try await template.value
        let directory = root.appendingPathComponent(Random.token(10))
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let file = directory.appendingPathComponent("berth.sqlite")
        if isMigrated { try FileManager.default.copyItem(at: template, to: file) }
        let counter = StatementCounter(keepsTexts: true)
        let database = try TestDatabase(url: "sqlite:\(file.path)", counter: counter) {
            try SQLiteDatabase(path: file.path, counter: counter)
        }
        return TestWorld(database: database) { try? FileManager.default.removeItem(at: directory) }
    }
}
