import API
import AsyncHTTPClient
import Basics
import Contract
import Hummingbird
import Identity
import Logging
import NIOCore
import NIOHTTP1
import OAuth
import Operations
import Panel
import SQL
import Server
import TestKit
import Testing
import Workloads

/// The API on a real socket with a shop in a database of its own: a project of the customer with everything in it.
struct APIWorld: Sendable {
    let database: TestDatabase
    let shop: WorkloadFixture
    let base: String
    let authenticator: Authenticator
    let vault: Vault
    /// `user:secret` by role.
    let keys: [Role: String]
    /// Access tokens by role.
    let tokens: [Role: String]
    /// What the project is made of.
    let things: Things

    /// Who asks, and with what.
    enum Role: String, CaseIterable, Sendable {
        case anonymous, stranger, suspended, owner, administrator
        /// Invited to the owner's project; and who has accepted.
        case pending, collaborator
        /// The owner's token with every scope that can be given, and with `public` only.
        case token, unscoped
        /// The owner's token limited to another project of the same owner; one that has expired; a revoked one.
        case limited, expired, revoked
        /// An application for itself.
        case client
        /// An administrator's token without a scope for that, and with one for reading.
        case plainAdmin, readingAdmin
    }

    struct Things: Sendable {
        var project: Int64 = 0
        var service: Int64 = 0
        var container: Int64 = 0
        var operation: Int64 = 0
        /// Of the operation, and given up.
        var callback: Int64 = 0
        /// Rows of the project's collaborators.
        var pending: Int64 = 0
        /// Of the image that belongs to the owner.
        var imageCollaborator: Int64 = 0
        var collaborator: Int64 = 0
        var order = ""
        var sshKey: Int64 = 0
        var apiKey: Int64 = 0
        /// Belongs to the owner, who allows it everything.
        var application: Int64 = 0
    }

    struct Reply: Sendable {
        let status: Int
        let headers: [String: String]
        let bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }
        var json: JSONValue? { JSONValue(stored: text) }
        /// The sentences of `{"errors": […]}`; nil when the body is anything else.
        var errors: [String]? {
            guard let items = json?["errors"]?.items else { return nil }
            let sentences = items.compactMap(\.text)
            return sentences.count == items.count && !items.isEmpty ? sentences : nil
        }
        /// The code of RFC 6749 §5.2; nil when the body is anything else.
        var oauthError: String? { json?["error_description"]?.text == nil ? nil : json?["error"]?.text }
        /// A refusal says why, in the words of its kind of endpoint.
        func isExplained(_ dialect: EndpointDialect) -> Bool {
            switch dialect {
            case .v60: errors != nil
            case .oauth: oauthError != nil
            }
        }
    }

    /// Runs `body` with the server up.
    static func with(
        _ dialect: TestDialect, publicURL: String = "https://berth.test", passwordGrant: Bool = true,
        registration: Bool = true, bodyTime: Duration = .seconds(30), limits: RateLimits = .off,
        proxies: [IPNetwork] = [], crossOrigin: CrossOrigin = .none, _ body: @Sendable (APIWorld) async throws -> Void
    ) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            let clock = SystemWallClock()
            let vault = Vault.ephemeral()
            let (keys, tokens, things) = try await fill(database, shop, vault, clock)
            let authenticator = Authenticator(
                database: database, clock: clock, bearer: TokenReading.principal(_:at:on:))
            let panel = Panel(
                database: database, clock: clock, publicURL: publicURL, vault: vault,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, passwordGrant: passwordGrant,
                allowsRegistration: registration, passwordCost: .least)
            var dependencies = APIDependencies(
                database: database, clock: clock, authenticator: authenticator, vault: vault,
                publicURL: publicURL, release: "0.0.0",
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, passwordGrant: passwordGrant,
                pages: PageServing(
                    owns: Panel.owns, shares: Panel.shares, respond: panel.respond(to:address:requestID:),
                    refuse: Panel.refusal))
            dependencies.stillPages = .documentation(publicURL: publicURL, passwordGrant: passwordGrant)
            dependencies.bodyTime = bodyTime
            dependencies.limiter = RateLimiter(limits, clock: clock)
            dependencies.trustedProxies = proxies
            dependencies.crossOrigin = crossOrigin
            let api = try API(dependencies)
            let (ports, port) = AsyncStream<Int>.makeStream()
            let app = Application(
                responder: api.responder(),
                configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await app.run() }
                group.addTask { await authenticator.run() }
                let number = await ports.first { _ in true } ?? 0
                let world = APIWorld(
                    database: database, shop: shop, base: "http://127.0.0.1:\(number)", authenticator: authenticator,
                    vault: vault, keys: keys, tokens: tokens, things: things)
                do { try await body(world) } catch {
                    group.cancelAll()
                    throw error
                }
                group.cancelAll()
            }
        }
    }

    /// Accounts with keys, and an order of the customer with its rows and a finished operation.
    private static func fill(
        _ database: TestDatabase, _ shop: WorkloadFixture, _ vault: Vault, _ clock: SystemWallClock
    ) async throws -> (keys: [Role: String], tokens: [Role: String], Things) {
        let receipt = try await Orders(database: database, vault: vault, clock: clock).place(
            shop.order(shop.helloLine), by: shop.customer)
        return try await database.transaction { tx in
            let now = clock.now()
            let suspended = try Accounts.create(
                NewAccount(email: "suspended@example.test", firstName: "S", lastName: "U"), by: .shell, at: now, in: tx)
            let others = try makeCollaborators(shop, at: now, in: tx)
            let people: [(Role, Int64?)] = [
                (.stranger, shop.stranger.userID), (.suspended, suspended.id), (.owner, shop.customer.userID),
                (.administrator, shop.admin.userID), (.pending, others[0]), (.collaborator, others[1]),
            ]
            var keys: [Role: String] = [:]
            for (role, id) in people {
                let pair = try APIKeys.create(forUser: id ?? 0, by: .shell, at: now, in: tx)
                keys[role] = "\(pair.username):\(pair.password.reveal())"
            }
            try Accounts.setActive(false, id: suspended.id, by: .shell, at: now, in: tx)
            try tx.run("UPDATE containers SET state = 'running'")
            try tx.run("UPDATE operations SET state = 'completed', finished_at = \(now)")
            try tx.run("DELETE FROM resource_locks")
            try tx.run(
                """
                INSERT INTO ssh_keys (user_id, label, public_key, fingerprint, created_at, updated_at)
                VALUES (\(shop.customer.userID), 'laptop', 'ssh-ed25519 AAAA', 'SHA256:0', 1, 1)
                """)
            try tx.run(
                """
                INSERT INTO api_keys (user_id, username, secret_sha256, name, scopes, created_at)
                VALUES (\(shop.customer.userID), 'named', 'nobody knows', 'Shop', 'project_read', 1)
                """)
            let application = try Applications.create(
                ApplicationDraft(name: "Matrix", scopes: .all, ownerID: shop.customer.userID), by: .shell, at: now,
                in: tx
            ).application
            try tx.run(
                """
                INSERT INTO outbox (kind, payload, state, run_after, after_operation, created_at)
                SELECT 'operation.ended', '{"notice":{"origin":"https://a.example"}}', 'dead', 1, id, 1
                FROM operations
                """)
            let things = Things(
                project: try tx.int("SELECT id FROM projects") ?? 0,
                service: try tx.int("SELECT id FROM services") ?? 0,
                container: try tx.int("SELECT id FROM containers") ?? 0,
                operation: try tx.int("SELECT id FROM operations") ?? 0,
                callback: try tx.int("SELECT id FROM outbox") ?? 0,
                pending: try tx.int("SELECT id FROM project_collaborators WHERE active = 0") ?? 0,
                imageCollaborator: try tx.int("SELECT id FROM image_collaborators") ?? 0,
                collaborator: try tx.int("SELECT id FROM project_collaborators WHERE active = 1") ?? 0,
                order: receipt.orderID ?? "",
                sshKey: try tx.int("SELECT id FROM ssh_keys") ?? 0,
                apiKey: try tx.int("SELECT id FROM api_keys WHERE name = 'Shop'") ?? 0,
                application: application.id)
            return (keys, try makeTokens(of: application, shop, at: now, in: tx), things)
        }
    }

    /// Sends a request and reads the whole answer.
    func send(
        _ method: String, _ path: String, as role: Role = .owner, headers: [(String, String)] = [],
        body: String? = nil
    ) async throws -> Reply {
        var all = headers
        if !headers.contains(where: { $0.0 == "Authorization" }) {
            if let key = keys[role] { all.append(("Authorization", "Basic \(base64(key))")) }
            if let token = tokens[role] { all.append(("Authorization", "Bearer \(token)")) }
        }
        if body != nil, !headers.contains(where: { $0.0 == "Content-Type" }) {
            all.append(("Content-Type", "application/json"))
        }
        return try await raw(method, path, all, body.map { Array($0.utf8) })
    }

    /// Never goes on to another address by itself.
    private static let client = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))

    /// Sends exactly what it is given.
    func raw(_ method: String, _ path: String, _ headers: [(String, String)], _ body: [UInt8]?) async throws -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await Self.client.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 10_000_000)
        var found: [String: String] = [:]
        for (name, value) in response.headers {
            let name = name.lowercased()
            // The one header that comes several times.
            found[name] = name == "set-cookie" ? [found[name], value].compactMap { $0 }.joined(separator: "\n") : value
        }
        let reply = Reply(
            status: Int(response.status.code), headers: found, bytes: Array(bytes.readableBytesView))
        let exchange = ContractCheck.Exchange(
            method: method, target: path, accept: headers.first { $0.0.lowercased() == "accept" }?.1,
            status: reply.status, headers: found, body: reply.bytes)
        for problem in ContractCheck.own.problems(exchange) { Issue.record("\(problem)") }
        return reply
    }

    /// `path` with the world's own ids in it.
    func fill(_ path: String, as role: Role = .owner) -> String { fill(path, with: things, as: role) }

    /// `path` with other ids in it.
    func fill(_ path: String, with things: Things, as role: Role = .owner) -> String {
        var values = [
            "project_id": "\(things.project)", "service_id": "\(things.service)",
            "container_id": "\(things.container)", "event_id": "\(things.operation)",
            "operation_id": "\(things.operation)", "callback_id": "\(things.callback)",
            "order_id": things.order,
            "image_id": "\(shop.hello.image)", "action": "start", "user_id": "\(shop.customer.userID ?? 0)",
            "ssh_key_id": "\(things.sshKey)", "api_key_id": "\(things.apiKey)",
            "app_id": "\(things.application)", "collaborator_id": "\(things.collaborator)",
            "collaboration_id": "\(role == .pending ? things.pending : things.collaborator)-project",
        ]
        var result = path
        if path.hasPrefix("/api/container_images/{image_id}/collaborators") {
            values["image_id"] = "\(shop.web.image)"
            values["collaborator_id"] = "\(things.imageCollaborator)"
        }
        for (name, value) in values {
            result = result.split(separator: "{\(name)}", omittingEmptySubsequences: false).joined(separator: value)
        }
        return result
    }
}

/// RFC 4648 §4.
func base64(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var result = ""
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let part = bytes[start..<min(start + 3, bytes.count)]
        let value = part.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - part.count))
        for index in 0..<4 {
            result.append(index <= part.count ? alphabet[Int(value >> (18 - 6 * UInt32(index)) & 63)] : "=")
        }
    }
    return result
}
