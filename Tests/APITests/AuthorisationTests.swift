import API
import Basics
import Contract
import Foundation
import TestKit
import Testing

/// Who may call what: every route of the contract times every kind of caller, compared with a committed table.
@Suite struct AuthorisationTests {
    /// Routes that change something get a body that works, so that what is measured is the permission.
    private func body(of endpoint: EndpointDescription, _ world: APIWorld) throws -> String? {
        switch endpoint.id {
        // No scope less: its tokens are what is measured.
        case "oauth_application_change": return #"{"doorkeeper_application":{"name":"Matrix"}}"#
        case "project_change": return #"{"project":{"name":"demo"}}"#
        case "user_change", "user_change_by_id", "user_register", "ssh_key_create", "api_key_create",
            "oauth_application_create":
            return endpoint.example
        case "collaboration_change": return endpoint.example
        case "project_collaborator_create", "image_collaborator_create":
            return #"{"collaborator":{"user_email":"stranger@example.test"}}"#
        case "order_create": return try world.shop.order(world.shop.helloLine).compact
        default: return nil
        }
    }

    /// One world per role: what one role deletes, the next must find.
    @Test(arguments: TestDialect.allCases) func theTableIsAsReviewed(dialect: TestDialect) async throws {
        var rows: [String: [APIWorld.Role: Int]] = [:]
        for role in APIWorld.Role.allCases {
            let found = try await statuses(of: role, dialect)
            for (route, status) in found { rows[route, default: [:]][role] = status }
        }
        var table = "route".padding(toLength: 84, withPad: " ", startingAt: 0)
        table += APIWorld.Role.allCases.map(\.rawValue).joined(separator: "  ") + "\n"
        for (route, statuses) in rows.sorted(by: { $0.key < $1.key }) {
            table += route.padding(toLength: 84, withPad: " ", startingAt: 0)
            table +=
                APIWorld.Role.allCases.map { role in
                    "\(statuses[role] ?? 0)".padding(toLength: role.rawValue.count, withPad: " ", startingAt: 0)
                }.joined(separator: "  ") + "\n"
        }
        try Golden.compare(table, "authorisation.txt")
    }

    private func statuses(of role: APIWorld.Role, _ dialect: TestDialect) async throws -> [(String, Int)] {
        let found = Found()
        try await APIWorld.with(dialect) { world in
            // What deletes comes last, the parent after its parts.
            let order = { (endpoint: EndpointDescription) -> Int in
                // Whoever accepts or leaves is somebody else from then on.
                if ["collaboration_change", "collaboration_delete"].contains(endpoint.id) { return 3 }
                return endpoint.method != .delete ? 0 : endpoint.id.hasPrefix("service") ? 1 : 2
            }
            for endpoint in Contract.all.sorted(by: { (order($0), $0.id) < (order($1), $1.id) }) {
                for method in endpoint.methods {
                    let reply = try await world.send(
                        method.rawValue, world.fill(endpoint.path, as: role), as: role,
                        body: try body(of: endpoint, world))
                    await found.add("\(method.rawValue) \(endpoint.path)", reply.status)
                    if reply.status >= 400 {
                        #expect(reply.isExplained(endpoint.dialect), "\(endpoint.id): \(reply.text)")
                    }
                }
            }
        }
        return await found.all
    }

    private actor Found {
        var all: [(String, Int)] = []
        func add(_ route: String, _ status: Int) { all.append((route, status)) }
    }
}

/// Committed results. `UPDATE_GOLDEN=1` records them anew.
enum Golden {
    static func compare(_ text: String, _ name: String, file: String = #filePath) throws {
        let path = URL(fileURLWithPath: file).deletingLastPathComponent().appending(path: "Golden/\(name)")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try text.write(to: path, atomically: true, encoding: .utf8)
            return
        }
        let committed = try String(contentsOf: path, encoding: .utf8)
        #expect(text == committed, "Differs from Golden/\(name). When that is right, run with UPDATE_GOLDEN=1.")
    }
}
