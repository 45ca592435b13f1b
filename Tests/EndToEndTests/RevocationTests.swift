import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestKit
import Testing

/// What was revoked in one process is refused by every other within two seconds, also what it remembers.
struct RevocationTests {
    private static let secondsMax = 2.0

    /// Two servers, and a command beside them. Everything is shown to the second, so that it is remembered there, and
    /// ended by the first.
    @Test(.timeLimit(.minutes(3))) func anotherServerRefusesWithinTwoSeconds() async throws {
        try await inWorld(.postgres) { world in
            try await world.start(["BERTH_ROLES": "api,panel,worker"])
            let second = try await Second(world)
            defer { second.kill() }
            let people = try People(world)
            let first = world.listenPort

            let revoked = try await people.token(first)
            try await second.remembers("Bearer \(revoked)")
            let fields = "token=\(revoked)&\(people.clientFields)"
            #expect(try await call(first, "POST", "/api/oauth/revoke", form: fields).status == 200)
            try await refused(second.port, "Bearer \(revoked)", "a revoked token")

            let withdrawn = try await people.token(first)
            try await second.remembers("Bearer \(withdrawn)")
            let consent = "/api/oauth/authorized_applications/\(people.applicationID)"
            #expect(try await call(first, "DELETE", consent, people.basic).status == 204)
            try await refused(second.port, "Bearer \(withdrawn)", "a token of a consent that was taken back")

            let made = try await call(
                first, "POST", "/api/users/api_keys", people.basic,
                json: #"{"api_key": {"name": "x", "scopes": ["project_read"]}}"#)
            let key = try json(made.text)
            let (secret, facts) = (key["key"] as? String ?? "", key["api_key"] as? [String: Any])
            try await second.remembers("Bearer \(secret)")
            let path = "/api/users/api_keys/\(facts?["id"] as? Int ?? 0)"
            #expect(try await call(first, "DELETE", path, people.basic).status == 202)
            try await refused(second.port, "Bearer \(secret)", "a key that was deleted")

            let orphan = try await people.token(first)
            try await second.remembers("Bearer \(orphan)")
            let application = "/api/oauth/applications/\(people.applicationID)"
            #expect(try await call(first, "DELETE", application, people.basic).status == 204)
            try await refused(second.port, "Bearer \(orphan)", "a token of a deleted application")

            // By a third process.
            try await second.remembers(people.basic)
            _ = try await call(first, "GET", "/api/projects", people.basic)
            try world.berth("admin", "user", "suspend", "--user", People.email)
            try await refused(second.port, people.basic, "a suspended account")
            try await refused(first, people.basic, "a suspended account")
        }
    }

    /// SQLite has no notifications: the server looks.
    @Test(.timeLimit(.minutes(3))) func aServerSeesWhatACommandDidWithinTwoSeconds() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start(["BERTH_ROLES": "api,panel,worker"])
            let (people, port) = (try People(world), world.listenPort)
            let token = try await people.token(port)
            #expect(try await call(port, "GET", "/api/projects", "Bearer \(token)").status == 200)
            try world.berth("admin", "oauth-app", "delete", "--uid", people.uid)
            try await refused(port, "Bearer \(token)", "a token of a deleted application")

            #expect(try await call(port, "GET", "/api/projects", people.basic).status == 200)
            try world.berth("admin", "user", "suspend", "--user", People.email)
            try await refused(port, people.basic, "a suspended account")
            try world.berth("admin", "user", "unsuspend", "--user", People.email)
            try await eventually("the account is back", seconds: Self.secondsMax) {
                try await call(port, "GET", "/api/projects", people.basic).status == 200
            }
            try world.berth("admin", "key", "revoke", "--username", people.username)
            try await refused(port, people.basic, "a revoked key pair")
        }
    }

    private func refused(_ port: Int, _ authorization: String, _ what: String) async throws {
        try await eventually("\(what) is refused", seconds: Self.secondsMax) {
            try await call(port, "GET", "/api/projects", authorization).status != 200
        }
    }
}

/// A customer with a key pair, and an application of his.
private struct People {
    static let email = "ada@example.test"
    let username: String
    let basic: String
    let uid: String
    let applicationID: Int
    let clientFields: String
    private let grantFields: String

    init(_ world: World) throws {
        try world.berth(
            "admin", "user", "create", "--email", Self.email, "--first-name", "Ada", "--last-name", "L", "--json")
        let key = try json(world.berth("admin", "key", "create", "--user", Self.email, "--json"))
        let application = try json(
            world.berth(
                "admin", "oauth-app", "create", "--name", "Shop", "--scopes", "public project_read", "--owner",
                Self.email, "--json"))
        username = key["username"] as? String ?? ""
        let password = key["password"] as? String ?? ""
        basic = "Basic " + Data("\(username):\(password)".utf8).base64EncodedString()
        uid = application["uid"] as? String ?? ""
        applicationID = application["id"] as? Int ?? 0
        clientFields = "client_id=\(uid)&client_secret=\(application["secret"] as? String ?? "")"
        grantFields = "grant_type=password&scope=project_read&username=\(username)&password=\(password)"
    }

    /// An access token that the customer's key pair was exchanged for.
    func token(_ port: Int) async throws -> String {
        let answer = try await call(port, "POST", "/api/oauth/token", form: "\(grantFields)&\(clientFields)")
        #expect(answer.status == 200, "\(answer.text)")
        return try json(answer.text)["access_token"] as? String ?? ""
    }
}

/// One more server on the database of a world.
private final class Second: Sendable {
    let port: Int
    private let process: Int32

    init(_ world: World) async throws {
        port = try freePort()
        let server = Process()
        server.executableURL = URL(filePath: try Command.required("BERTH_TEST_BINARY"))
        server.arguments = ["serve", "--listen", "127.0.0.1:\(port)", "--roles", "api"]
        let own = ["BERTH_METRICS_LISTEN": "off"]
        server.environment = ProcessInfo.processInfo.environment.merging(world.settings) { $1 }.merging(own) { $1 }
        server.currentDirectoryURL = world.folder
        server.standardInput = FileHandle.nullDevice
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        try server.run()
        process = server.processIdentifier
        let port = port
        do {
            try await eventually("the second server is ready", seconds: 30) {
                (try? await call(port, "GET", "/readyz"))?.status == 200
            }
        } catch {
            kill()
            throw error
        }
    }

    /// Asked twice, so that the second answer comes from memory.
    func remembers(_ authorization: String) async throws {
        for _ in 0..<2 {
            let answer = try await call(port, "GET", "/api/projects", authorization)
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    func kill() { Foundation.kill(process, SIGKILL) }
}

private func call(
    _ port: Int, _ method: String, _ path: String, _ authorization: String? = nil, form: String? = nil,
    json: String? = nil
) async throws -> (status: Int, text: String) {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = .RAW(value: method)
    if let authorization { request.headers.add(name: "Authorization", value: authorization) }
    if let body = form ?? json {
        let type = form == nil ? "application/json" : "application/x-www-form-urlencoded"
        request.headers.add(name: "Content-Type", value: type)
        request.body = .bytes(ByteBuffer(string: body))
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(15))
    let bytes = try await response.body.collect(upTo: 1 << 20)
    return (Int(response.status.code), String(buffer: bytes))
}
