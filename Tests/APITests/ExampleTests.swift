import API
import Basics
import Contract
import Identity
import TestKit
import Testing

/// The examples of the OpenAPI document: each one is what its schema says, and what the server says.
@Suite struct ExampleTests {
    private let document = JSONValue(stored: OpenAPI.document()) ?? .null

    /// `(where, schema, example)` of each body that the document describes.
    private func bodies() -> [(place: String, content: JSONValue)] {
        func contents(_ place: String, _ holder: JSONValue?) -> [(String, JSONValue)] {
            (holder?["content"]?.members ?? [:]).map { ("\(place) \($0.key)", $0.value) }
        }
        var found: [(String, JSONValue)] = []
        for (path, methods) in document["paths"]?.members ?? [:] {
            for (method, operation) in methods.members ?? [:] {
                let place = "\(method) \(path)"
                found += contents("\(place) request", operation["requestBody"])
                for (status, response) in operation["responses"]?.members ?? [:] {
                    found += contents("\(place) \(status)", ContractCheck.own.resolved(response))
                }
            }
        }
        for (name, response) in document["components"]?["responses"]?.members ?? [:] {
            found += contents(name, response)
        }
        return found
    }

    @Test func everyBodyHasAnExampleThatIsWhatItsSchemaSays() {
        let bodies = bodies()
        // Some 80 operations with about ten statuses each.
        #expect(bodies.count > 800)
        for (place, content) in bodies {
            guard let example = content["example"], let schema = content["schema"] else {
                Issue.record("\(place) has no example")
                continue
            }
            let problems = ContractCheck.own.problems(example, schema: schema)
            #expect(problems.isEmpty, "\(place): \(problems.joined(separator: "; "))")
        }
    }

    /// A check that finds nothing in anything would be none.
    @Test func anExampleThatIsNotWhatItsSchemaSaysIsFound() throws {
        let schema = try #require(document["components"]?["schemas"]?["Errors"])
        let text = JSONValue.object(["errors": .array([.string("No.")])])
        #expect(ContractCheck.own.problems(text, schema: schema).isEmpty)
        #expect(!ContractCheck.own.problems(.object(["errors": .array([])]), schema: schema).isEmpty)
        #expect(!ContractCheck.own.problems(.object([:]), schema: schema).isEmpty)
        let digits = JSONValue.object(["type": .string("string"), "pattern": .string("^[0-9]+$")])
        #expect(ContractCheck.own.problems(.string("12"), schema: digits).isEmpty)
        #expect(!ContractCheck.own.problems(.string("1x"), schema: digits).isEmpty)
    }

    /// The members that examples are made of exist.
    @Test func noValueOfExamplesIsLeftOver() {
        var members: Set<String> = []
        for (name, schema) in document["components"]?["schemas"]?.members ?? [:] {
            for member in (schema["properties"]?.members ?? [:]).keys {
                members.formUnion([member, "\(name).\(member)"])
            }
        }
        #expect(ExampleValues.names.subtracting(members).sorted() == [])
    }

    // MARK: Refusals are what the server says

    private func example(_ status: Int, _ kind: String = "Error", _ type: String = "application/json") -> JSONValue? {
        document["components"]?["responses"]?["\(kind)\(status)"]?["content"]?[type]?["example"]
    }

    @Test func theDoorRefusesAsTheDocumentSays() async throws {
        try await APIWorld.with(.sqlite) { world in
            let long = String(repeating: "a", count: EndpointLimits.targetBytesMax)
            let json = ("Content-Type", "application/json")
            let large = Array(repeating: UInt8(ascii: " "), count: EndpointLimits.bodyBytesMax + 1)
            let owner = ("Authorization", "Basic \(base64(world.keys[.owner] ?? ""))")
            let replies: [(Int, APIWorld.Reply)] = [
                (400, try await world.send("GET", "/api/version?\(long)")),
                (401, try await world.send("GET", "/api/users", as: .anonymous)),
                (403, try await world.raw("GET", "/api/users", [("Authorization", "Bearer nonsense")], nil)),
                (404, try await world.send("GET", "/api/projects/999", as: .owner)),
                (406, try await world.raw("GET", "/api/version", [("Accept", "text/plain")], nil)),
                (
                    412,
                    try await world.send(
                        "PATCH", "/api/projects/\(world.things.project)", headers: [("If-Match", "\"other\"")],
                        body: #"{"project": {"name": "B"}}"#)
                ),
                (413, try await world.raw("POST", "/api/orders", [owner, json], large)),
                (415, try await world.raw("POST", "/api/orders", [owner, ("Content-Type", "text/plain")], [1])),
                (
                    422,
                    try await world.raw("GET", "/api/version", [("Accept", "application/json; api_version=59")], nil)
                ),
            ]
            for (status, reply) in replies {
                #expect(reply.status == status)
                #expect(reply.json == example(status), "\(reply.text)")
            }
        }
    }

    @Test func theAuthorizationServerRefusesAsTheDocumentSays() async throws {
        try await APIWorld.with(.sqlite) { world in
            let form = ("Content-Type", "application/x-www-form-urlencoded")
            let large = Array(repeating: UInt8(ascii: "a"), count: 16_385)
            let replies: [(Int, APIWorld.Reply)] = [
                (400, try await world.raw("POST", "/api/oauth/token", [form], Array("scope=public".utf8))),
                (
                    401,
                    try await world.raw(
                        "POST", "/api/oauth/token", [form, ("Authorization", "Basic \(base64("a:b"))")],
                        Array("grant_type=client_credentials".utf8))
                ),
                (413, try await world.raw("POST", "/api/oauth/token", [form], large)),
                (415, try await world.raw("POST", "/api/oauth/token", [("Content-Type", "text/plain")], [1])),
            ]
            for (status, reply) in replies {
                #expect(reply.status == status)
                #expect(reply.json == example(status, "OAuthError"), "\(reply.text)")
            }
        }
    }

    /// Problem details say the same, but for the name of the request.
    @Test func problemDetailsAreAsTheDocumentSays() async throws {
        try await APIWorld.with(.sqlite) { world in
            let reply = try await world.raw(
                "GET", "/api/users", [("Accept", "application/problem+json"), ("X-Request-Id", "LuzemLb8pw-4")], nil)
            #expect(reply.json == example(401, "Error", "application/problem+json"), "\(reply.text)")
        }
    }
}
