import Basics
import SQL
import TestKit
import Testing

/// What statements say and answer, the same on both databases.
@Suite struct StatementTests {
    private static let things: SQL = """
        CREATE TABLE things (
            id \(.identity),
            name TEXT NOT NULL UNIQUE,
            size BIGINT CHECK (size >= 0),
            flag INTEGER NOT NULL DEFAULT 0,
            parent_id BIGINT REFERENCES things (id)
        )
        """

    private func withThings(
        _ dialect: TestDialect, _ body: (TestDatabase) async throws -> Void
    ) async throws {
        try await withDatabase(dialect) { db in
            try await db.transaction { try $0.run(Self.things) }
            try await body(db)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func valuesComeBackAsTheyWere(dialect: TestDialect) async throws {
        let texts = [
            "", "plain", "it's \"quoted\"; DROP TABLE things --", "naïve — 日本語 🚢", "$1 {forUpdate} ?", "a\nb\tc\\",
        ]
        try await withThings(dialect) { db in
            try await db.transaction { tx in
                for text in texts {
                    try tx.run("INSERT INTO things (name, size, flag) VALUES (\(text), \(Int64.max), \(true))")
                }
            }
            let rows = try await db.read { connection in
                try connection.rows("SELECT name, size, flag, parent_id FROM things ORDER BY id") { row in
                    var bytes: [UInt8] = []
                    row.utf8(0) { bytes = Array($0) }
                    return (row.text(0), bytes, row.int(1), row.bool(2), row.intOrNil(3), row.int(3), row.text(3))
                }
            }
            #expect(rows.map(\.0) == texts)
            #expect(rows.map(\.1) == texts.map { Array($0.utf8) })
            #expect(rows.allSatisfy { $0.2 == .max && $0.3 && $0.4 == nil && $0.5 == 0 && $0.6 == "" })
        }
    }

    /// What it says where nothing is found, and where the statement or the row is refused, as within a `read`.
    @Test(arguments: TestDialect.allCases)
    func aSingleStatementNeedsNoClosureAroundIt(dialect: TestDialect) async throws {
        try await withThings(dialect) { db in
            try await db.transaction { tx in
                for name in ["a", "b"] { try tx.run("INSERT INTO things (name) VALUES (\(name))") }
            }
            let before = db.counter.count
            let name = try await db.first("SELECT name FROM things ORDER BY name") { $0.text(0) }
            #expect(name == "a")
            #expect(db.counter.count == before + 1)
            let none = try await db.first("SELECT name FROM things WHERE name = \("c")") { $0.text(0) }
            #expect(none == nil)
            await #expect(throws: DatabaseProblem.self) {
                _ = try await db.first("SELECT nothing FROM things") { $0.int(0) }
            }
            struct Refused: Error {}
            await #expect(throws: Refused.self) {
                _ = try await db.first("SELECT 1") { _ -> Int64 in throw Refused() }
            }
            // The connection is as good as before, and holds on to no moment that has passed.
            try await db.transaction { try $0.run("INSERT INTO things (name) VALUES ('c')") }
            let count = try await db.first("SELECT COUNT(*) FROM things") { $0.int(0) }
            #expect(count == 3)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func numbersComeBackAsTheyWere(dialect: TestDialect) async throws {
        try await withThings(dialect) { db in
            let numbers: [Int64] = [0, 1, -1, 42, .max, .min, .min + 1]
            for number in numbers {
                let back = try await db.read { try $0.first("SELECT \(number)") { ($0.int(0), $0.text(0)) } }
                #expect(back?.0 == number)
                #expect(back?.1 == String(number))
            }
            let real = try await db.read { try $0.first("SELECT \(2.5)") { ($0.double(0), $0.int(0)) } }
            #expect(real?.0 == 2.5)
            #expect(real?.1 == 2)
            let moment = Moment(milliseconds: 1_790_000_000_123)
            let none: Moment? = nil
            let times = try await db.transaction { tx in
                try tx.run("INSERT INTO things (name, size) VALUES ('a', \(moment)), ('b', \(none))")
                return try tx.rows("SELECT size FROM things ORDER BY name") { $0.momentOrNil(0) }
            }
            #expect(times == [moment, nil])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func comparisonsAreNumbers(dialect: TestDialect) async throws {
        try await withThings(dialect) { db in
            let answers = try await db.read {
                try $0.first("SELECT 1 = 1, 1 = 2, \("x") = \("x")") { ($0.bool(0), $0.bool(1), $0.int(2)) }
            }
            #expect(answers?.0 == true)
            #expect(answers?.1 == false)
            #expect(answers?.2 == 1)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func statementsNest(dialect: TestDialect) async throws {
        try await withThings(dialect) { db in
            let names = try await db.transaction { tx in
                for index in 1...12 {
                    try tx.run("INSERT INTO things (name, size) VALUES (\("n\(index)"), \(index))")
                }
                let small: SQL = "size < \(10) AND name <> \("n3")"
                let large: SQL = "size >= \(10)"
                let empty: SQL = "name IN (\(list: [String]()))"
                return try tx.rows(
                    """
                    SELECT name FROM things WHERE (\(empty) OR \(small) OR \(large))
                    AND size IN (\(list: [2, 3, 11, 12, 99]))
                    AND name NOT IN (\(list: ["n12"])) ORDER BY size \(.forUpdate)
                    """
                ) { $0.text(0) }
            }
            #expect(names == ["n2", "n11"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func runAnswersHowManyRowsChanged(dialect: TestDialect) async throws {
        try await withThings(dialect) { db in
            let counts = try await db.transaction { tx in
                [
                    try tx.run("INSERT INTO things (name) VALUES ('a'), ('b'), ('c')"),
                    try tx.run("UPDATE things SET size = 1 WHERE name <> 'a'"),
                    try tx.run("UPDATE things SET size = 1 WHERE name = 'nobody'"),
                    try tx.run("SELECT * FROM things"),
                    try tx.run("CREATE TABLE others (id BIGINT)"),
                    try tx.run("INSERT INTO things (name) VALUES ('a'), ('d') ON CONFLICT (name) DO NOTHING"),
                    try tx.run("DELETE FROM things"),
                ]
            }
            #expect(counts == [3, 2, 0, 0, 0, 1, 4])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func returningHandsOutNewIds(dialect: TestDialect) async throws {
        try await withThings(dialect) { db in
            let ids = try await db.transaction { tx in
                try tx.rows("INSERT INTO things (name) VALUES ('a'), ('b') RETURNING id, name") { $0.int(0) }
            }
            #expect(ids.sorted() == [1, 2])
            try await db.transaction { try $0.run("DELETE FROM things") }
            let next = try await db.transaction { try $0.int("INSERT INTO things (name) VALUES ('c') RETURNING id") }
            #expect(next == 3)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func theSameStatementMayRunWithinItself(dialect: TestDialect) async throws {
        try await withThings(dialect) { db in
            let pairs = try await db.transaction { tx in
                try tx.run("INSERT INTO things (name) VALUES ('a'), ('b')")
                return try tx.rows("SELECT name FROM things ORDER BY name") { outer in
                    let inner = try tx.rows("SELECT name FROM things ORDER BY name") { $0.text(0) }
                    return outer.text(0) + inner.joined()
                }
            }
            #expect(pairs == ["aab", "bab"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func manyDifferentTextsAreNoLeak(dialect: TestDialect) async throws {
        try await withThings(dialect) { db in
            for count in 1...450 {
                let sum = try await db.read { connection in
                    try connection.int("SELECT count(*) FROM things WHERE id IN (\(list: (1...count).map(Int64.init)))")
                }
                #expect(sum == 0)
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func statementsSurviveAChangeOfTheirTable(dialect: TestDialect) async throws {
        try await withThings(dialect) { db in
            try await db.transaction { try $0.run("INSERT INTO things (name) VALUES ('a')") }
            for _ in 0..<20 {
                let found1 = try await db.read { try $0.first("SELECT * FROM things") { $0.text(1) } }
                #expect(found1 == "a")
            }
            try await db.transaction { try $0.run("ALTER TABLE things ADD COLUMN extra BIGINT") }
            for _ in 0..<20 {
                let extra = try await db.read { try $0.first("SELECT * FROM things") { $0.intOrNil(5) } }
                #expect(extra == .some(nil))
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func statementsAreCounted(dialect: TestDialect) async throws {
        try await withThings(dialect) { db in
            let before = db.counter.count
            _ = try await db.read { try $0.int("SELECT 1") }
            try await db.transaction { tx in
                try tx.run("INSERT INTO things (name) VALUES ('a')")
                try tx.run("DELETE FROM things")
            }
            #expect(db.counter.count - before == 3)
            #expect(db.counter.texts.last == "DELETE FROM things")
        }
    }
}
