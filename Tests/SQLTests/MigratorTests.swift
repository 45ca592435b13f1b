import Basics
import SQL
import TestKit
import Testing

/// Bringing a database to the schema of this binary.
@Suite struct MigratorTests {
    private static let first = SchemaStep(
        number: 1, why: "A table.",
        statements: [
            "CREATE TABLE installation (id INTEGER PRIMARY KEY, code TEXT NOT NULL, created_at BIGINT NOT NULL)",
            "CREATE TABLE ships (id \(.identity), name TEXT NOT NULL)",
        ])
    private static let second = SchemaStep(
        number: 2, why: "A column.", statements: ["ALTER TABLE ships ADD COLUMN length BIGINT"])
    private static let broken = SchemaStep(
        number: 2, why: "Does not work.",
        statements: ["ALTER TABLE ships ADD COLUMN width BIGINT", "ALTER TABLE boats ADD COLUMN length BIGINT"])

    @Test(arguments: TestDialect.allCases)
    func everyStepRunsOnce(dialect: TestDialect) async throws {
        try await withDatabase(dialect, isMigrated: false) { db in
            let all = SchemaStep.all.map(\.number)
            #expect(all == Array(1...all.count))
            let missing = try await Migrator().missingSteps(db)
            #expect(missing == all)
            let applied = try await Migrator.migrate(db)
            #expect(applied == all)
            let code = try await Installation.code(db)
            #expect(code.wholeMatch(of: /[0-9a-z]{6}/) != nil)
            let again = try await Migrator.migrate(db)
            #expect(again == [])
            let stillMissing = try await Migrator().missingSteps(db)
            #expect(stillMissing == [])
            let sameCode = try await Installation.code(db)
            #expect(sameCode == code)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func twoAtOnceTakeTurns(dialect: TestDialect) async throws {
        try await withDatabase(dialect, isMigrated: false) { db in
            let other = try db.another()
            async let one = Migrator.migrate(db)
            async let two = Migrator.migrate(other)
            let applied = try await (one + two).sorted()
            #expect(applied == SchemaStep.all.map(\.number))
            await other.close()
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aStepThatFailsLeavesNothingAndIsResumed(dialect: TestDialect) async throws {
        try await withDatabase(dialect, isMigrated: false) { db in
            let fault = await #expect(throws: Fault.self) {
                try await Migrator(steps: [Self.first, Self.broken]).migrate(db)
            }
            #expect(fault?.trail == ["applying schema step 2"])
            let applied = try await Migrator(steps: [Self.first, Self.second]).migrate(db)
            #expect(applied == [2])
            await #expect(throws: DatabaseProblem.self) { try await db.read { try $0.int("SELECT width FROM ships") } }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aNewerDatabaseIsRefused(dialect: TestDialect) async throws {
        try await withDatabase(dialect, isMigrated: false) { db in
            try await Migrator(steps: [Self.first, Self.second]).migrate(db)
            let older = Migrator(steps: [Self.first])
            for attempt in [{ try await older.migrate(db) }, { try await older.missingSteps(db) }] {
                let fault = await #expect(throws: Fault.self) { try await attempt() }
                #expect(fault?.code == .conflict)
                #expect(fault?.sentences.first?.contains("schema step 2, which this version") == true)
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func anotherTextOfAStepIsRefused(dialect: TestDialect) async throws {
        try await withDatabase(dialect, isMigrated: false) { db in
            try await Migrator(steps: [Self.first, Self.second]).migrate(db)
            let fault = await #expect(throws: Fault.self) {
                try await Migrator(steps: [Self.first, Self.broken]).migrate(db)
            }
            #expect(fault?.sentences.first?.contains("another text") == true)
        }
    }
}
