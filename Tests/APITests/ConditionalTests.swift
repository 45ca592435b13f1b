import API
import Basics
import Identity
import SQL
import TestKit
import Testing

/// Entity tags: reading again only what has changed, and changing only what was read.
@Suite struct ConditionalTests {
    @Test func whatHasNotChangedIsNotSentAgain() async throws {
        try await APIWorld.with(.sqlite) { world in
            for path in ["/api/projects", "/api/projects/\(world.things.project)", "/api/users", "/api/version"] {
                let first = try await world.send("GET", path)
                let tag = first.headers["etag"] ?? ""
                #expect(tag.hasPrefix("W/\"") && tag.hasSuffix("\""), "\(path): \(tag)")
                for list in [tag, "\"x\", \(tag)", String(tag.dropFirst(2)), "*"] {
                    let again = try await world.send("GET", path, headers: [("If-None-Match", list)])
                    #expect(again.status == 304 && again.text.isEmpty, "\(path): \(list)")
                    #expect(again.headers["etag"] == tag)
                }
                let other = try await world.send("GET", path, headers: [("If-None-Match", "W/\"0\"")])
                #expect(other.status == 200 && other.text == first.text, "\(path)")
            }
        }
    }

    @Test(arguments: TestDialect.allCases) func whatHasChangedIsNotOverwritten(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let path = "/api/projects/\(world.things.project)"
            func rename(_ name: String, _ tag: String) async throws -> APIWorld.Reply {
                try await world.send(
                    "PATCH", path, headers: [("If-Match", tag)], body: #"{"project":{"name":"\#(name)"}}"#)
            }
            let old = try await world.send("GET", path).headers["etag"] ?? ""
            let first = try await rename("one", old)
            #expect(first.status == 200)
            let second = try await rename("two", old)
            #expect(second.status == 412)
            #expect(second.errors == ["This was changed since you have read it. Read it again and then decide."])
            let now = try await world.send("GET", path)
            #expect(now.json?["project"]?["name"] == .string("one"))
            let third = try await rename("three", now.headers["etag"] ?? "")
            #expect(third.status == 200)
            let any = try await rename("four", "*")
            #expect(any.status == 200)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func ofManyWhoHaveSeenTheSameOneWins(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let tag = try await world.send("GET", "/api/users").headers["etag"] ?? ""
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await world.send(
                            "PATCH", "/api/users", headers: [("If-Match", tag)],
                            body: #"{"user":{"city":"Town \#(number)"}}"#
                        ).status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 412: 7])
        }
    }

    /// Of two reasons to refuse, the one that goes on when the condition is put right is told.
    @Test func aBodyThatIsWrongIsSaidToBeBeforeTheCondition() async throws {
        try await APIWorld.with(.sqlite) { world in
            let wrong = [
                ("/api/projects/\(world.things.project)", #"{"project":{"name":" "}}"#),
                ("/api/users", #"{"user":{"fname":" "}}"#),
            ]
            for (path, body) in wrong {
                let reply = try await world.send("PATCH", path, headers: [("If-Match", "W/\"0\"")], body: body)
                #expect(reply.status == 422, "\(path): \(reply.text)")
            }
            let reply = try await world.send("PATCH", "/api/users", headers: [("If-Match", "W/\"0\"")], body: "{}")
            #expect(reply.status == 400, "\(reply.text)")
        }
    }

    @Test func aConditionThatCannotBeKeptIsNotIgnored() async throws {
        try await APIWorld.with(.sqlite) { world in
            let path = "/api/projects/\(world.things.project)"
            let reply = try await world.send("DELETE", path, headers: [("If-Match", "W/\"0\"")])
            #expect(reply.status == 400)
            #expect(reply.errors?.first?.hasPrefix("If-Match is not taken here") == true)
            let after = try await world.send("GET", path)
            #expect(after.status == 200)
        }
    }

    @Test func aPlanThatCannotBeMadeIsNotCarriedOut() async throws {
        try await APIWorld.with(.sqlite) { world in
            let path = "/api/projects/\(world.things.project)"
            let refused = try await world.send("PATCH", path + "?dry_run=true", body: #"{"project":{"name":"x"}}"#)
            #expect(refused.status == 422)
            let plan = try await world.send("DELETE", path + "?dry_run=true")
            #expect(plan.status == 200)
            #expect(plan.json?["plan"]?["operations"]?.compact == #"["deployment.trash"]"#)
            #expect(plan.json?["plan"]?["changes"]?.items?.isEmpty == false)
            let power = "/api/container_services/\(world.things.service)/power/restart?dry_run=true"
            let restart = try await world.send("PUT", power)
            #expect(restart.status == 200)
            let after = try await world.send("GET", path)
            #expect(after.status == 200)
            #expect(after.json?["project"]?["name"] != .string("x"))
            let operations = try await world.database.read { try $0.int("SELECT COUNT(*) FROM operations") }
            #expect(operations == 1)
        }
    }
}
