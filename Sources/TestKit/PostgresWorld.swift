import Basics
import Foundation
import PostgresDriver
import SQL

/// PostgreSQL databases for tests: one is migrated per process, and every test gets a copy of it.
enum PostgresWorld {
    private static let prefix = "berth_test_\(getpid())_\(Random.token(4).lowercased())"

    private static let template = Task { () -> String in
        let admin = try adminAddress()
        let name = "\(prefix)_template"
        try PostgresDatabase.execute(["CREATE DATABASE \(name)"], at: admin)
        atExit { try? PostgresDatabase.execute(["DROP DATABASE IF EXISTS \(name) WITH (FORCE)"], at: admin) }
        let database = PostgresDatabase(address: "\(admin) dbname=\(name)", connections: 1)
        try await Migrator.migrate(database)
        await database.close()
        // Copying waits until nobody is connected to the original.
        return name
    }

    static func make() async throws -> TestWorld {
        let template = try await template.value
        let admin = try adminAddress()
        let name = "\(prefix)_\(Random.token(10).lowercased())"
        try await execute(["CREATE DATABASE \(name) TEMPLATE \(template)"], at: admin)
        let counter = StatementCounter(keepsTexts: true)
        let database = TestDatabase(
            base: PostgresDatabase(address: "\(admin) dbname=\(name)", connections: 4, counter: counter),
            url: url(admin, database: name), counter: counter)
        return TestWorld(database: database) {
            try? await execute(["DROP DATABASE IF EXISTS \(name) WITH (FORCE)"], at: admin)
        }
    }

    private static func adminAddress() throws -> String {
        guard let admin = ProcessInfo.processInfo.environment["BERTH_TEST_POSTGRES"], !admin.isEmpty else {
            throw Fault(
                .unavailable,
                "BERTH_TEST_POSTGRES must hold the libpq conninfo of a PostgreSQL superuser; script/test sets it.")
        }
        return admin
    }

    /// `host=/tmp/pg user=postgres` → `postgres:///name?host=/tmp/pg&user=postgres`.
    private static func url(_ conninfo: String, database: String) -> String {
        let settings = conninfo.split(separator: " ").filter { !$0.hasPrefix("dbname=") }
        return "postgres:///\(database)?\(settings.joined(separator: "&"))"
    }

    /// Blocks a thread of its own rather than one of Swift's, of which there are few.
    private static func execute(_ statements: [String], at address: String) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try PostgresDatabase.execute(statements, at: address) })
            }
        }
    }
}
