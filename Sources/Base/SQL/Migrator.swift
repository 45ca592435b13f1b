package import Basics

/// Brings a database to the schema this binary knows, step by step.
///
/// Every step runs in one transaction together with the record that it was done, so a migration that dies halfway
/// is resumed by running it again. Two that start at once take turns: SQLite has one writer, on PostgreSQL each step
/// holds an advisory lock. A database that has steps this binary does not know was made by a newer Berth and is
/// refused; so is one whose steps had another text, because then nobody knows what it looks like.
package struct Migrator: Sendable {
    /// The PostgreSQL advisory lock of migrations ("berth" in ASCII).
    private static let lock: Int64 = 0x62_65_72_74_68

    private let steps: [SchemaStep]
    private let clock: any WallClock

    package init(steps: [SchemaStep] = SchemaStep.all, clock: any WallClock = SystemWallClock()) {
        self.steps = steps
        self.clock = clock
    }

    /// Runs all steps of this binary that `database` does not have yet; answers their numbers.
    /// Throws a ``Fault`` when the database belongs to a newer or different schema.
    @discardableResult
    package static func migrate(_ database: any Database) async throws -> [Int] {
        try await Migrator().migrate(database)
    }

    /// Runs the missing steps in one transaction; answers their numbers.
    @discardableResult
    package func migrate(_ database: any Database) async throws -> [Int] {
        try await database.transaction { transaction in
            try takeTurn(transaction)
            try transaction.run(
                """
                CREATE TABLE IF NOT EXISTS schema_steps (
                    number BIGINT PRIMARY KEY,
                    text_hash TEXT NOT NULL,
                    applied_at BIGINT NOT NULL
                )
                """)
            try refuseUnknown(transaction)
        }
        var applied: [Int] = []
        for step in steps where try await apply(step, to: database) { applied.append(step.number) }
        try await database.transaction { transaction in
            try transaction.run(
                """
                INSERT INTO installation (id, code, created_at) VALUES (1, \(Installation.newCode()), \(clock.now()))
                ON CONFLICT (id) DO NOTHING
                """)
        }
        return applied
    }

    /// Steps of this binary that `database` does not have; empty when it is ready to be used.
    /// Throws a ``Fault`` when the database belongs to a newer or different schema.
    package func missingSteps(_ database: any Database) async throws -> [Int] {
        let applied = try await database.read { connection -> Set<Int64> in
            let exists =
                switch connection.dialect {
                case .sqlite: try connection.int("SELECT 1 FROM sqlite_master WHERE name = 'schema_steps'")
                case .postgres: try connection.int("SELECT 1 WHERE to_regclass('schema_steps') IS NOT NULL")
                }
            guard exists != nil else { return [] }
            try refuseUnknown(connection)
            return Set(try connection.rows("SELECT number FROM schema_steps") { $0.int(0) })
        }
        return steps.map(\.number).filter { !applied.contains(Int64($0)) }
    }

    /// Answers false when the step was there already.
    private func apply(_ step: SchemaStep, to database: any Database) async throws -> Bool {
        try await during("applying schema step \(step.number)") {
            try await database.transaction { transaction in
                try takeTurn(transaction)
                // Somebody else, perhaps a newer binary, may have had the turn before us.
                try refuseUnknown(transaction)
                guard try transaction.int("SELECT number FROM schema_steps WHERE number = \(step.number)") == nil
                else { return false }
                for statement in step.statements { try transaction.run(statement) }
                try transaction.run(
                    """
                    INSERT INTO schema_steps (number, text_hash, applied_at)
                    VALUES (\(step.number), \(step.textHash), \(clock.now()))
                    """)
                return true
            }
        }
    }

    private func takeTurn(_ transaction: any Transaction) throws {
        guard transaction.dialect == .postgres else { return }
        // A step may take long, and so may the turn of another one.
        try transaction.run("SET LOCAL statement_timeout = 0")
        try transaction.run("SET LOCAL lock_timeout = 0")
        try transaction.each("SELECT pg_advisory_xact_lock(\(Self.lock))") { _ in }
    }

    private func refuseUnknown(_ connection: any Connection) throws {
        let known = Dictionary(uniqueKeysWithValues: steps.map { (Int64($0.number), $0.textHash) })
        try connection.each("SELECT number, text_hash FROM schema_steps ORDER BY number") { row in
            let number = row.int(0)
            guard let hash = known[number] else {
                throw Fault(
                    .conflict,
                    """
                    The database has schema step \(number), which this version of Berth does not know \
                    (it knows \(steps.count)). Use the newer version of Berth that made it.
                    """)
            }
            guard hash == row.text(1) else {
                throw Fault(
                    .conflict,
                    """
                    Schema step \(number) of the database had another text than in this version of Berth. \
                    It was made by an unreleased version; start with a new database.
                    """)
            }
        }
    }
}

extension SchemaStep {
    /// FNV-1a (64 bits) of the statements, in hexadecimal. Tells different texts apart; not a defence.
    package var textHash: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for statement in statements {
            for byte in statement.text.utf8 + [0] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        return String(hash, radix: 16)
    }
}
