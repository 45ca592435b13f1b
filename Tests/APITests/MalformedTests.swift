import API
import Contract
import TestKit
import Testing

/// Nonsense of every kind, over every route: always a 4xx with sentences, never a 500.
@Suite struct MalformedTests {
    private static let bodies = [
        "", "{", "[]", "null", "7", "\"text\"", "{\"order\":7}", "{\"project\":[]}", "{\"project\":{\"name\":7}}",
        "{\"order\":{\"containers\":{}}}", "{\"order\":{\"containers\":[null,7,{}]}}",
        "{\"callback\":\"x\"}", "\u{0}", "{\"project\":{\"name\":\"\\u0000\"}}", "{\"project\":{\"name\":\"\"}}",
        String(repeating: "[", count: 5000), "{\"order\":{\"project_id\":99999999999999999999}}",
        "{\"order\":{\"project_name\":\"\\ud800\"}}",
        "{\"project\":{\"name\":\"" + String(repeating: "x", count: 5000) + "\"}}",
    ]

    private static let queries = [
        "page=0", "page=-1", "page=x", "per_page=0", "per_page=251", "per-page=1e3", "page=99999999999999999999",
        "page=%ff", "page=1000000000&per_page=250", "limit=0", "limit=x", "period_start=-1", "%", "page[]=1", "&&==&",
        "include=%00", "byname=%00", "filter=%27%3B--", "dry_run=maybe", "access_token=x",
    ]

    private static let ids = [
        "0", "-1", "1.5", "abc", "12-foo", "99999999999999999999", "9223372036854775807", "%00", "%2e%2e", "1;2",
    ]

    private func isRefusal(_ reply: APIWorld.Reply, _ endpoint: EndpointDescription) -> Bool {
        (400..<500).contains(reply.status) && reply.isExplained(endpoint.dialect)
    }

    @Test(arguments: TestDialect.allCases) func badBodiesAreRefused(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            for endpoint in Contract.all where endpoint.takesBody {
                for body in Self.bodies {
                    let reply = try await world.send(endpoint.method.rawValue, world.fill(endpoint.path), body: body)
                    let isFine =
                        isRefusal(reply, endpoint) || endpoint.bodyIsOptional && reply.status == endpoint.success
                    #expect(isFine, "\(endpoint.id) \(body.prefix(60)): \(reply.status) \(reply.text)")
                    #expect(reply.headers["x-request-id"] != nil)
                }
            }
        }
    }

    @Test(arguments: TestDialect.allCases) func badQueriesAreRefusedOrIgnored(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            for endpoint in Contract.all where endpoint.method == .get {
                for query in Self.queries {
                    let reply = try await world.send("GET", "\(world.fill(endpoint.path))?\(query)")
                    let isFine = reply.status == 200 || isRefusal(reply, endpoint)
                    #expect(isFine, "\(endpoint.id)?\(query): \(reply.status) \(reply.text)")
                }
            }
        }
    }

    /// A filter that is none would show more than was asked for.
    @Test func wordsThatAreNotKnownAreRefused() async throws {
        try await APIWorld.with(.sqlite) { world in
            let container = world.fill("/api/containers/{container_id}")
            for target in ["/api/container_images?filter=mine", "\(container)?include=log", "\(container)?limit=x"] {
                let reply = try await world.send("GET", target)
                #expect(reply.status == 422, "\(target): \(reply.text)")
            }
            let refused = try await world.send("GET", "/api/container_images?filter=mine")
            #expect(refused.errors == ["filter must be one of: owned, isLoadBalancer; or leave it out."])
            for target in [
                "/api/container_images?filter=", "/api/container_images?filter=owned", "\(container)?include=",
            ] {
                #expect(try await world.send("GET", target).status == 200, "\(target)")
            }
        }
    }

    @Test(arguments: TestDialect.allCases) func strangeIdsDoNotExist(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            for endpoint in Contract.all {
                guard let name = endpoint.pathParameters.first else { continue }
                for id in Self.ids {
                    let path = world.fill(
                        endpoint.path.split(separator: "{\(name)}", omittingEmptySubsequences: false).joined(
                            separator: id))
                    let body = endpoint.takesBody && !endpoint.bodyIsOptional ? endpoint.example : nil
                    let reply = try await world.send(endpoint.method.rawValue, path, body: body)
                    #expect(
                        reply.status == 404 && reply.errors != nil,
                        "\(endpoint.id) \(id): \(reply.status) \(reply.text)")
                }
            }
        }
    }
}
