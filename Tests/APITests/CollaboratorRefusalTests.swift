import API
import Basics
import Contract
import SQL
import TestKit
import Testing

/// What is refused to those who work with others, or would like to, leaves no trace.
@Suite struct CollaboratorRefusalTests {
    /// Somebody the project is closed to.
    enum Outsider: String, CaseIterable, Sendable {
        case stranger, pending, declined, steppedBack, removed

        var role: APIWorld.Role {
            switch self {
            case .stranger, .declined: .stranger
            case .pending: .pending
            case .steppedBack, .removed: .collaborator
            }
        }

        /// Makes him what he is.
        func prepare(_ world: APIWorld) async throws {
            let own = "/api/collaborations/\(world.things.collaborator)-project"
            switch self {
            case .stranger, .pending: break
            case .declined:
                let invited = try await world.send(
                    "POST", "/api/projects/\(world.things.project)/collaborators",
                    body: #"{"collaborator":{"user_email":"stranger@example.test"}}"#)
                let id = invited.json?["collaboration"]?["id"]?.text ?? ""
                #expect(try await world.send("DELETE", "/api/collaborations/\(id)", as: .stranger).status == 202)
            case .steppedBack:
                let reply = try await world.send(
                    "PATCH", own, as: .collaborator, body: #"{"collaboration":{"active":false}}"#)
                #expect(reply.status == 202)
                let image = try await world.send(
                    "DELETE", "/api/collaborations/\(world.things.imageCollaborator)-image", as: .collaborator)
                #expect(image.status == 202)
            case .removed:
                for path in [
                    "/api/projects/\(world.things.project)/collaborators/\(world.things.collaborator)",
                    "/api/container_images/\(world.shop.web.image)/collaborators/\(world.things.imageCollaborator)",
                ] { #expect(try await world.send("DELETE", path).status == 202) }
            }
        }
    }

    private static func body(of endpoint: EndpointDescription, _ world: APIWorld) throws -> String? {
        switch endpoint.id {
        case "project_change": #"{"project":{"name":"mine"}}"#
        case "project_collaborator_create", "image_collaborator_create":
            #"{"collaborator":{"user_email":"stranger@example.test"}}"#
        default: endpoint.example
        }
    }

    /// Everything that stands in the tables, row by row. When a credential was last used is noted later, by itself.
    static func contents(_ world: APIWorld) async throws -> [String: String] {
        let dialect = world.database.dialect
        return try await world.database.read { connection in
            let list: SQL =
                dialect == .sqlite
                ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                : "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
            let tables = try connection.rows(list) { $0.text(0) }
            var contents: [String: String] = [:]
            for table in tables {
                let name = SQL(stringLiteral: table)
                let row: SQL
                if dialect == .sqlite {
                    let columns = try connection.rows("SELECT name FROM pragma_table_info(\(table))") { $0.text(0) }
                    row = SQL(
                        stringLiteral: columns.filter { $0 != "last_used_at" }.map { "quote(\"\($0)\")" }
                            .joined(separator: " || ',' || "))
                } else {
                    row = "(to_jsonb(t) - 'last_used_at')::text"
                }
                contents[table] = try connection.rows("SELECT \(row) AS r FROM \(name) t ORDER BY 1") { $0.text(0) }
                    .joined(separator: "\n")
            }
            return contents
        }
    }

    private static func unchanged(_ world: APIWorld, since before: [String: String], _ what: String) async throws {
        let after = try await contents(world)
        let changed = before.keys.filter { before[$0] != after[$0] }.sorted()
        #expect(changed.isEmpty, "\(what)")
    }

    /// Otherwise the tests below could not fail.
    @Test(arguments: TestDialect.allCases) func aChangeIsSeenInTheTables(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { (world: APIWorld) async throws in
            let before = try await Self.contents(world)
            #expect(before.count > 50 && before["projects"]?.isEmpty == false)
            let reply = try await world.send(
                "PATCH", "/api/projects/\(world.things.project)", as: .collaborator,
                body: #"{"project":{"name":"other"}}"#)
            #expect(reply.status == 200)
            let after = try await Self.contents(world)
            #expect(before["projects"] != after["projects"])
        }
    }

    @Test(arguments: TestDialect.allCases, Outsider.allCases)
    func whomAProjectIsClosedToChangesNothing(dialect: TestDialect, outsider: Outsider) async throws {
        try await APIWorld.with(dialect) { (world: APIWorld) async throws in
            try await outsider.prepare(world)
            let before = try await Self.contents(world)
            let nested = ["{project_id}", "{service_id}", "{container_id}", "{operation_id}", "{collaborator_id}"]
            let endpoints = Contract.all.filter { endpoint in
                endpoint.method != .get && nested.contains { endpoint.path.contains($0) }
            }
            #expect(endpoints.count >= 8)
            for endpoint in endpoints {
                for method in endpoint.methods {
                    let reply = try await world.send(
                        method.rawValue, world.fill(endpoint.path), as: outsider.role,
                        body: try Self.body(of: endpoint, world))
                    #expect(reply.status == 404, "\(endpoint.id): \(reply.status) \(reply.text)")
                }
            }
            let order = """
                {"order":{"project_id":\(world.things.project),
                 "containers":[{"image_variant_id":\(world.shop.hello.variant)}]}}
                """
            #expect(try await world.send("POST", "/api/orders", as: outsider.role, body: order).status == 422)
            // Somebody else's place in it is not his to take or to give up.
            let other = outsider == .pending ? world.things.collaborator : world.things.pending
            for method in ["PATCH", "PUT", "DELETE"] {
                let reply = try await world.send(
                    method, "/api/collaborations/\(other)-project", as: outsider.role,
                    body: method == "DELETE" ? nil : #"{"collaboration":{"active":true}}"#)
                #expect(reply.status == 404, "\(method)")
            }
            try await Self.unchanged(world, since: before, "\(outsider)")
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aCollaboratorBeyondHisRightsChangesNothing(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { (world: APIWorld) async throws in
            let before = try await Self.contents(world)
            let project = "/api/projects/\(world.things.project)"
            let image = "/api/container_images/\(world.shop.web.image)"
            let invitation = #"{"collaborator":{"user_email":"stranger@example.test"}}"#
            let beyond: [(String, String, String?)] = [
                ("DELETE", project, nil),
                ("POST", "\(project)/collaborators", invitation),
                ("DELETE", "\(project)/collaborators/\(world.things.pending)", nil),
                ("DELETE", "\(project)/collaborators/\(world.things.collaborator)", nil),
                ("POST", "\(image)/collaborators", invitation),
                ("DELETE", "\(image)/collaborators/\(world.things.imageCollaborator)", nil),
            ]
            for (method, path, body) in beyond {
                let reply = try await world.send(method, path, as: .collaborator, body: body)
                #expect(reply.status == 403, "\(method) \(path): \(reply.status)")
                try await Self.unchanged(world, since: before, "\(method) \(path)")
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whoWasPutOutDoesNotSeeWhatHeHasDoneThere(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { (world: APIWorld) async throws in
            let order = """
                {"order":{"project_id":\(world.things.project),
                 "containers":[{"image_variant_id":\(world.shop.hello.variant)}]}}
                """
            #expect(try await world.send("POST", "/api/orders", as: .collaborator, body: order).status == 201)
            let operation = try await world.database.read { try $0.int("SELECT MAX(id) FROM operations") ?? 0 }
            let paths = [
                "/api/operations/\(operation)", "/api/operations/\(operation)/callbacks",
                "/api/event_logs/\(operation)",
            ]
            for path in paths {
                #expect(try await world.send("GET", path, as: .collaborator).status == 200, "\(path)")
            }
            let row = world.things.collaborator
            let removed = try await world.send(
                "DELETE", "/api/projects/\(world.things.project)/collaborators/\(row)")
            #expect(removed.status == 202)
            for path in paths {
                #expect(try await world.send("GET", path, as: .collaborator).status == 404, "\(path)")
                #expect(try await world.send("GET", path).status == 200, "\(path)")
            }
        }
    }

    /// The answer to a deletion says where to look.
    @Test(arguments: TestDialect.allCases)
    func anOwnerSeesHowHisProjectIsDeleted(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { (world: APIWorld) async throws in
            let deleted = try await world.send("DELETE", "/api/projects/\(world.things.project)")
            #expect(deleted.status == 202)
            let operation = try await world.database.read { try $0.int("SELECT MAX(id) FROM operations") ?? 0 }
            #expect(try await world.send("GET", "/api/operations/\(operation)").status == 200)
        }
    }
}
