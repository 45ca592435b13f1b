import Basics
import Foundation
import SQL
import TestKit
import Testing

/// Staff helps somebody who has lost the second factor.
@Suite struct SecondFactorCommandTests {
    @Test(arguments: TestDialect.allCases) func aSecondFactorIsTakenAway(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let file = FileManager.default.temporaryDirectory.appending(path: "berth-key-\(Random.token(8))").path
            defer { try? FileManager.default.removeItem(atPath: file) }
            let more = ["BERTH_SECRET_KEY_FILE": file]
            _ = try await berth(
                "admin", "user", "create", "--email", "ada@example.org", "--first-name", "Ada", "--last-name", "L",
                url: database.url)
            func reset() async throws -> Ended {
                try await berth(
                    "admin", "user", "reset-second-factor", "--user", "ada@example.org", url: database.url, more: more)
            }
            let none = try await reset()
            #expect(none.status == 65)
            #expect(none.errors.contains("no second factor"))
            try await database.transaction { tx in
                try tx.run(
                    """
                    INSERT INTO second_factors (user_id, secret, last_step, confirmed_at, created_at)
                    VALUES (1, 'v1:x:y', 0, 1, 1)
                    """)
                try tx.run("INSERT INTO recovery_codes (user_id, code_sha256) VALUES (1, 'x')")
            }
            #expect(try await reset().status == 0)
            let left = try await database.read {
                try $0.int("SELECT (SELECT COUNT(*) FROM second_factors) + (SELECT COUNT(*) FROM recovery_codes)")
            }
            #expect(left == 0)
            let mail = try await berth("admin", "mail", "list", "--json", url: database.url).object()
            let letters = try #require(mail["mail"] as? [[String: Any]])
            #expect(letters.map { $0["subject"] as? String } == ["Your account has no second factor now"])
            #expect(letters.map { $0["state"] as? String } == ["waiting"])
        }
    }
}
