import Basics
import Contract
import TestKit
import Testing

/// What the document says of lengths, counts and numbers in bodies is what the server keeps.
@Suite struct BodyBoundsTests {
    /// Every bounded member, put beyond each of its ends into the example of its endpoint, is refused by name.
    @Test(arguments: TestDialect.allCases) func whatIsOutOfBoundsIsRefused(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            var tried = 0
            for endpoint in Contract.all where endpoint.dialect == .v60 && endpoint.path.hasPrefix("/api") {
                guard let schema = endpoint.bodySchema() else { continue }
                let example = endpoint.example.flatMap { JSONValue(stored: $0) } ?? .object([:])
                for (name, body) in Self.beyond(schema, example) {
                    let reply = try await world.send(
                        endpoint.method.rawValue, world.fill(endpoint.path), as: .administrator, body: body.compact)
                    #expect(reply.status == 422, "\(endpoint.id) \(name): \(reply.status) \(reply.text.prefix(300))")
                    tried += 1
                }
            }
            #expect(tried > 80)
        }
    }

    /// At the ends it is taken.
    @Test(arguments: TestDialect.allCases) func whatIsJustWithinBoundsIsTaken(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            // Unicode scalars, not what people see as one character.
            let longest = String(repeating: "e\u{301}", count: 127) + "e"
            let body = #"{"project":{"name":"\#(longest)"}}"#
            let reply = try await world.send("PATCH", world.fill("/api/projects/{project_id}"), body: body)
            #expect(reply.status == 200, "\(reply.text)")
            let more = try await world.send(
                "PATCH", world.fill("/api/projects/{project_id}"), body: #"{"project":{"name":"\#(longest)e"}}"#)
            #expect(more.status == 422, "\(more.text)")
            let line = String(repeating: "x", count: AccountLimits.lineCharactersMax)
            let zip = String(repeating: "9", count: AccountLimits.zipCharactersMax)
            let user = #"{"user":{"city":"\#(line)","external_id":"\#(line)","zip":"\#(zip)","country":""}}"#
            #expect(try await world.send("PATCH", "/api/users", body: user).status == 200)
        }
    }

    /// Bodies with one member beyond an end, beside the member's name.
    private static func beyond(_ schema: Schema, _ value: JSONValue?) -> [(String, JSONValue)] {
        switch schema {
        case .nullable(let inner): beyond(inner, value)
        case .bounded(let inner, let bounds): outside(bounds, value).map { ("", $0) } + beyond(inner, value)
        case .array(let element):
            beyond(element, value?.items?.first).map { ("[]\($0)", JSONValue.array([$1])) }
        case .object(_, let fields):
            fields.flatMap { field -> [(String, JSONValue)] in
                let members = value?.members ?? [:]
                return beyond(field.schema, members[field.name]).map { name, member -> (String, JSONValue) in
                    var changed = members
                    changed[field.name] = member
                    return (".\(field.name)\(name)", .object(changed))
                }
            }
        default: []
        }
    }

    private static func outside(_ bounds: Bounds, _ value: JSONValue?) -> [JSONValue] {
        switch bounds {
        case .text(let lengths, let pattern):
            let long = lengths.upperBound < .max ? [String(repeating: "a", count: lengths.upperBound + 1)] : []
            let short = lengths.lowerBound > 0 ? [String(repeating: "a", count: lengths.lowerBound - 1)] : []
            return (long + short + (pattern == nil ? [] : ["\u{e9}"])).map { .string($0) }
        case .number(let range):
            let more: [Int64] = range.upperBound < .max ? [range.upperBound + 1] : []
            return (more + [range.lowerBound - 1]).map { .int($0) }
        case .list(let counts, _):
            let member = value?.items?.first ?? JSONValue.object([:])
            let many = JSONValue.array(Array(repeating: member, count: counts.upperBound + 1))
            return [many] + (counts.lowerBound > 0 ? [.array([])] : [])
        }
    }
}
