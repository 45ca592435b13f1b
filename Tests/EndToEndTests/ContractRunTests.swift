import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestKit
import Testing

/// The served OpenAPI document, and the server against it, in the eyes of tools that we have not written.
struct ContractRunTests {
    /// Who calls, with what in the header; nobody has none.
    private struct Caller: Sendable {
        let name: String
        let authorization: String?
    }

    @Test(.timeLimit(.minutes(5))) func theServerKeepsItsDocument() async throws {
        let tools = URL(filePath: try Command.required("BERTH_TEST_PYTHON")).deletingLastPathComponent()
        let world = try await World(.sqlite)
        do {
            let callers = try makeKeys(world)
            // A zone takes orders when a worker has seen its engine. After that there is none: what is ordered is
            // there to be asked for, and stays as it is.
            try await world.start(["BERTH_ROLES": "api,panel,worker"])
            try await world.kill(SIGTERM)
            try await world.start([
                "BERTH_ROLES": "api,panel", "BERTH_RATE_LIMIT": "off", "BERTH_RATE_LIMIT_TOKENS": "off",
                "BERTH_RATE_LIMIT_FAILURES": "off", "BERTH_LOG_LEVEL": "info",
            ])
            try await checkDocument(world, tools)
            let all = callers + [try await tokenCaller(world)]
            try await makeThings(world, by: callers[1])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in all { group.addTask { try await run(caller, world, tools) } }
                try await group.waitForAll()
            }
            #expect(world.isRunning)
        } catch {
            Issue.record("\(error)\n\(world.serverLog().suffix(2000))")
        }
        await world.remove()
    }

    /// openapi-spec-validator: the document is OpenAPI 3.1.
    private func checkDocument(_ world: World, _ tools: URL) async throws {
        let file = world.folder.appending(path: "openapi.json")
        let answer = try await send(world, "GET", "/api/openapi.json", nil, nil)
        try Data(answer.text.utf8).write(to: file)
        let result = try Command.run(
            tools.appending(path: "python").path, ["-m", "openapi_spec_validator", file.path], mustSucceed: false)
        #expect(result.status == 0, "\(result.text)\(result.errors)")
    }

    /// schemathesis with all its checks. What it found is in its report.
    private func run(_ caller: Caller, _ world: World, _ tools: URL) async throws {
        let base = "http://127.0.0.1:\(world.listenPort)"
        let settings = World.projectFolder.appending(path: "Tests/Interop/schemathesis.toml").path
        let file = world.folder.appending(path: "openapi.json").path
        let result = try Command.run(
            tools.appending(path: "schemathesis").path,
            [
                "--config-file", settings, "run", file, "--url", base, "--checks", "all", "--no-color",
            ] + (caller.authorization.map { ["--header", "Authorization: \($0)"] } ?? []),
            folder: world.folder, mustSucceed: false)
        #expect(result.status == 0, "\(caller.name): \(result.text.suffix(6000))\(result.errors.suffix(1000))")
        guard let authorization = caller.authorization else { return }
        // A run that has deleted its own credentials has tried nothing after that.
        let answer = try await send(world, "GET", "/api/version", authorization, nil)
        #expect(answer.status == 200, "\(caller.name) is not known any more after the run")
    }

    /// One of each kind that can be made without work outside: two projects with a service, and what an account has.
    private func makeThings(_ world: World, by caller: Caller) async throws {
        let order = """
            {"order": {"project_name": "Shop", "containers": [{"image_id": 1, "product_id": 1}]},
            "callback": {"url": "https://shop.example/berth"}}
            """
        let things = [
            ("/api/orders", order), ("/api/orders", order),
            ("/api/projects/1/collaborators", #"{"collaborator": {"user_email": "bob@example.test"}}"#),
            ("/api/projects/2/collaborators", #"{"collaborator": {"user_email": "owner@example.test"}}"#),
            ("/api/users/api_keys", #"{"api_key": {"name": "Deployment", "scopes": ["project_read"]}}"#),
            (
                "/api/oauth/applications",
                """
                {"doorkeeper_application": {"name": "Mine", "redirect_uri": "https://shop.example/callback",
                "scopes": ["project_read"]}}
                """
            ),
            (
                "/api/users/ssh_keys",
                """
                {"user_ssh_key": {"pubkey": "ssh-ed25519 \
                AAAAC3NzaC1lZDI1NTE5AAAAING9zAL63zm44O6CZmqhGg9xX8ck1sltoIgo9sQowOyv ada@laptop"}}
                """
            ),
        ]
        for (path, body) in things {
            let answer = try await send(world, "POST", path, caller.authorization, Array(body.utf8))
            #expect([200, 201].contains(answer.status), "\(path): \(answer.text)")
        }
    }

    private func makeKeys(_ world: World) throws -> [Caller] {
        try world.berth(
            "admin", "user", "create", "--email", "ada@example.test", "--first-name", "Ada", "--last-name", "L",
            "--json")
        let pairs = try ["owner@example.test", "ada@example.test"].map { email in
            let key = try json(world.berth("admin", "key", "create", "--user", email, "--json"))
            let pair = "\(key["username"] as? String ?? ""):\(key["password"] as? String ?? "")"
            return "Basic " + Data(pair.utf8).base64EncodedString()
        }
        return [
            Caller(name: "administrator", authorization: pairs[0]), Caller(name: "customer", authorization: pairs[1]),
            Caller(name: "nobody", authorization: nil),
        ]
    }

    /// A customer who has given an application all that can be given.
    private func tokenCaller(_ world: World) async throws -> Caller {
        let email = "bob@example.test"
        try world.berth(
            "admin", "user", "create", "--email", email, "--first-name", "Bob", "--last-name", "B", "--json")
        let key = try json(world.berth("admin", "key", "create", "--user", email, "--json"))
        let scopes = "public profile_read profile_write project_read project_write images_read order_read order_write"
        let app = try json(
            world.berth(
                "admin", "oauth-app", "create", "--name", "Shop", "--redirect-uri", "http://127.0.0.1/callback",
                "--scopes", scopes, "--json"))
        let form = [
            "grant_type": "password", "username": key["username"] as? String ?? "",
            "password": key["password"] as? String ?? "", "client_id": app["uid"] as? String ?? "",
            "client_secret": app["secret"] as? String ?? "", "scope": scopes,
        ]
        let body = try JSONSerialization.data(withJSONObject: form)
        let answer = try await send(world, "POST", "/api/oauth/token", nil, [UInt8](body))
        let token = try #require(try json(answer.text)["access_token"] as? String, "\(answer.text)")
        return Caller(name: "token", authorization: "Bearer \(token)")
    }

    private func send(
        _ world: World, _ method: String, _ path: String, _ authorization: String?, _ body: [UInt8]?
    ) async throws -> (status: UInt, text: String) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(world.listenPort)\(path)")
        request.method = .RAW(value: method)
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(15))
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }
}
