import Basics
import SQL
import TestKit
import Testing

@Suite struct StatementTests {
    @Test(arguments: [TestDialect.sqlite])
    func installationHasACode(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { db in
            let code = try await Installation.code(db)
            #expect(code.count == 6)
        }
    }
}
