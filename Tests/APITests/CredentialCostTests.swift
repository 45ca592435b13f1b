import Basics
import Foundation
import Identity
import SQL
import TestKit
import Testing

/// What it costs to know who somebody is.
@Suite struct CredentialCostTests {
    private static func basic(_ username: String, _ secret: String) -> String {
        "Basic \(Data("\(username):\(secret)".utf8).base64EncodedString())"
    }

    /// What `body` answers, and the statements that it ran.
    private func watched<T>(
        _ database: TestDatabase, _ body: () async throws -> T
    ) async throws -> (answer: T, statements: [String]) {
        let before = database.counter.texts.count
        let answer = try await body()
        return (answer, Array(database.counter.texts.dropFirst(before)))
    }

    /// A table that is read from its beginning to its end is in no plan.
    private func requireIndices(_ texts: [String], _ database: TestDatabase) async throws {
        for text in texts where database.dialect == .sqlite {
            // The plan does not depend on the values.
            let query = SQL(stringLiteral: "EXPLAIN QUERY PLAN \(text.replacing(/\$[0-9]+/, with: "1"))")
            let plan = try await database.read { connection in try connection.rows(query) { $0.text(3) } }
            #expect(plan.contains { $0.hasPrefix("SEARCH") }, "\(text)")
            #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(plan): \(text)")
        }
    }

    /// One read for the key and one, in the same transaction, for what others let its account work with.
    @Test(arguments: TestDialect.allCases) func aKeyIsLookedUpOnceAndThenRecalled(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            let clock = ManualWallClock()
            let (now, caller) = (clock.now(), shop.customer)
            let pair = try await database.transaction {
                try APIKeys.create(forUser: caller.userID ?? 0, by: caller, at: now, in: $0)
            }
            let named = try await NamedKeys.create(
                JSONValue(parsing: #"{"api_key":{"name":"k","scopes":["project_read"]}}"#.utf8), by: caller, at: now,
                in: database)
            let authenticator = Authenticator(database: database, clock: clock) { _, _, _ in nil }
            let basic = Self.basic(pair.username, pair.password.reveal())
            let bearer = "Bearer \(named.1.reveal())"

            for (header, isBasic) in [(basic, true), (bearer, false)] {
                func look(_ header: String) async throws -> Principal? {
                    isBasic ? try await authenticator.basic(header) : try await authenticator.bearer(header)
                }
                #expect(authenticator.recall(header) == nil)
                let first = try await watched(database) { try await look(header) }
                #expect(first.answer?.userID == caller.userID)
                #expect(first.statements.count == 2, "\(first.statements)")
                try await requireIndices(first.statements, database)
                let again = try await watched(database) { authenticator.recall(header) }
                #expect(again.answer != nil && again.statements.isEmpty)
                clock.advance(by: .seconds(Authenticator.Limits.rememberedSeconds))
                #expect(authenticator.recall(header) == nil)
                let late = try await watched(database) { try await look(header) }
                #expect(late.answer != nil && late.statements.count == 2)
                // Whoever only guesses learns it from the first, or from the form of the text.
                let wrong = isBasic ? Self.basic(pair.username, "x") : String(header.dropLast()) + "~"
                let refused = try await watched(database) { try await look(wrong) }
                #expect(refused.answer == nil && refused.statements.count <= 1)
            }
        }
    }
}
