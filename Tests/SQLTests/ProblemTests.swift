import Basics
import SQL
import TestKit
import Testing

/// What is refused, and how it is called.
@Suite struct ProblemTests {
    private func problem(
        _ dialect: TestDialect, _ statement: SQL
    ) async throws -> DatabaseProblem? {
        try await withDatabase(dialect) { db in
            try await db.transaction { tx in
                try tx.run("CREATE TABLE groups (id \(.identity), zone BIGINT, name TEXT, UNIQUE (zone, name))")
                try tx.run(
                    """
                    CREATE TABLE people (
                        id \(.identity), group_id BIGINT REFERENCES groups (id), age BIGINT CHECK (age > 0),
                        email TEXT NOT NULL UNIQUE
                    )
                    """
                )
                try tx.run("INSERT INTO groups (zone, name) VALUES (1, 'a')")
                try tx.run("INSERT INTO people (email) VALUES ('a@example.test')")
            }
            var found: DatabaseProblem?
            do { try await db.transaction { try $0.run(statement) } } catch let problem as DatabaseProblem {
                found = problem
            }
            // Whatever it was, the next one works.
            let found1 = try await db.transaction { try $0.int("SELECT count(*) FROM people") }
            #expect(found1 == 1)
            return found
        }
    }

    @Test(arguments: TestDialect.allCases)
    func duplicatesNameTheirColumns(dialect: TestDialect) async throws {
        let one = try await problem(dialect, "INSERT INTO people (email) VALUES (\("a@example.test"))")
        #expect(one == .notUnique(constraint: "people.email"))
        let two = try await problem(dialect, "INSERT INTO groups (zone, name) VALUES (1, 'a')")
        #expect(two == .notUnique(constraint: "groups.zone, groups.name"))
        let key = try await problem(dialect, "INSERT INTO groups (id, zone, name) VALUES (1, 2, 'b')")
        #expect(key == .notUnique(constraint: "groups.id"))
    }

    @Test(arguments: TestDialect.allCases)
    func referencesMustExist(dialect: TestDialect) async throws {
        let found = try await problem(dialect, "INSERT INTO people (email, group_id) VALUES ('b', 77)")
        guard case .missingReference = found else { throw Unexpected(found) }
        let kept = try await problem(dialect, "UPDATE people SET group_id = 99")
        guard case .missingReference = kept else { throw Unexpected(kept) }
    }

    @Test(arguments: TestDialect.allCases)
    func checksAndNullsAreNotAllowed(dialect: TestDialect) async throws {
        let statements: [SQL] = [
            "INSERT INTO people (email, age) VALUES ('b', 0)",
            "INSERT INTO people (email) VALUES (\(nil as String?))",
            "INSERT INTO people (email) VALUES (\("zero \u{0} byte"))",
        ]
        for statement in statements {
            let found = try await problem(dialect, statement)
            guard case .notAllowed = found else { throw Unexpected(found) }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func mistakesAreMistakes(dialect: TestDialect) async throws {
        for statement: SQL in ["SELECT nothing FROM nowhere", "SELEKT 1", "SELECT 1; SELECT 2"] {
            let found = try await problem(dialect, statement)
            guard case .mistake = found else { throw Unexpected(found) }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func anAttemptTakesBackOnlyItself(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { db in
            let names = try await db.transaction { tx in
                try tx.run("CREATE TABLE names (name TEXT UNIQUE)")
                try tx.run("INSERT INTO names (name) VALUES ('a')")
                do {
                    try tx.attempt {
                        try tx.run("INSERT INTO names (name) VALUES ('b')")
                        try tx.attempt { try tx.run("INSERT INTO names (name) VALUES ('c')") }
                        try tx.run("INSERT INTO names (name) VALUES ('a')")
                    }
                } catch is DatabaseProblem {
                    try tx.run("INSERT INTO names (name) VALUES ('d')")
                }
                return try tx.rows("SELECT name FROM names ORDER BY name") { $0.text(0) }
            }
            #expect(names == ["a", "d"])
        }
    }
}

/// Thrown by a test that got something else.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ value: some Any) { description = "unexpected: \(value)" }
}
