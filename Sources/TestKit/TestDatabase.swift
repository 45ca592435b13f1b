import Basics
import Foundation
package import SQL
import SQLiteDriver

/// The databases that every query test runs on: `@Test(arguments: TestDialect.allCases)`.
package enum TestDialect: String, Sendable, CaseIterable {
    case sqlite
    case postgres

}

/// A migrated database that belongs to one test, with what tests want to know about it.
package final class TestDatabase: Database {
    package let base: any Database
    /// What `BERTH_DATABASE_URL` must say for a Berth that is to use this database.
    package let url: String
    /// Counts the statements that run on ``base``.
    package let counter: StatementCounter

    private let open: @Sendable () throws -> any Database

    init(url: String, counter: StatementCounter, open: @escaping @Sendable () throws -> any Database) throws {
        self.base = try open()
        self.open = open
        self.url = url
        self.counter = counter
    }

    /// The same database once more, as another process would open it. The caller closes it.
    package func another() throws -> any Database { try open() }

    package var dialect: Dialect { base.dialect }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await base.read(body)
    }

    package func first<T: Sendable>(
        _ sql: SQL, _ map: @escaping @Sendable (any Row) throws -> T
    ) async throws -> T? {
        try await base.first(sql, map)
    }

    @discardableResult
    package func transaction<T: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        try await base.transaction(body)
    }

    package func wakeUps(_ channel: WakeChannel) -> AsyncStream<Void> { base.wakeUps(channel) }
    package func wakeCount(_ channel: WakeChannel) -> UInt64 { base.wakeCount(channel) }
    package func close() async { await base.close() }
}

/// Runs `body` with a fresh, migrated database, and removes it afterwards. Each has its own installation code.
/// With `isMigrated: false` the database is empty. `.postgres` needs `BERTH_TEST_POSTGRES` and throws without it.
package func withDatabase<T>(
    _ dialect: TestDialect, isMigrated: Bool = true, _ body: (TestDatabase) async throws -> T
) async throws -> T {
    let world =
        switch dialect {
        case .sqlite: try await SQLiteWorld.make(isMigrated)
        case .postgres: try await PostgresWorld.make(isMigrated)
        }
    let result: Result<T, any Error>
    do {
        if isMigrated {
            try await world.database.transaction { transaction in
                try transaction.run("UPDATE installation SET code = \(Installation.newCode()) WHERE id = 1")
            }
        }
        result = .success(try await body(world.database))
    } catch {
        result = .failure(error)
    }
    await world.database.close()
    await world.remove()
    return try result.get()
}

/// A database and how to get rid of it after it was closed.
struct TestWorld {
    let database: TestDatabase
    let remove: () async -> Void
}
