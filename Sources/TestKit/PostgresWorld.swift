import Basics
import Foundation
import PostgresDriver
import SQL

/// PostgreSQL databases for tests: one is migrated per process, and every test gets a copy of it.
enum PostgresWorld {
    private static let prefix = "berth_test_\(getpid())_\(Random.token(4).lowercased())"

    /// For what cannot be in a transaction: statements of a read stand alone.
    private static let admin = Task { PostgresDatabase(address: try adminAddress(), connections: 2) }

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

    static func make(_ isMigrated: Bool) async throws -> TestWorld {
        let template = try await template.value
        let address = try adminAddress()
        let name = "\(prefix)_\(Random.token(10).lowercased())"
        try await execute("CREATE DATABASE \(name) TEMPLATE \(isMigrated ? template : "template0")")
        let counter = StatementCounter(keepsTexts: true)
        let database = try TestDatabase(url: url(address, database: name), counter: counter) {
            PostgresDatabase(address: "\(address) dbname=\(name)", connections: 4, counter: counter)
        }
        return TestWorld(database: database) {
            try? await execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        }
    }

    private static func execute(_ statement: String) async throws {
        _ = try await admin.value.read { try $0.run(SQL(stringLiteral: statement)) }
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
}
