import Foundation
import TestKit
import Testing

/// The OAuth libraries of integrators against `berth serve`: requests-oauthlib and Authlib run every grant.
struct InteroperabilityTests {
    @Test(.timeLimit(.minutes(5)), arguments: TestDialect.allCases)
    func theLibrariesOfIntegratorsUnderstandUs(dialect: TestDialect) async throws {
        let python = try Command.required("BERTH_TEST_PYTHON")
        let world = try await World(dialect)
        do {
            let facts = world.folder.appending(path: "facts.json")
            try JSONSerialization.data(withJSONObject: fill(world)).write(to: facts)
            try await world.start(["BERTH_ROLES": "api,panel,worker"])
            let script = World.projectFolder.appending(path: "Tests/Interop/oauth.py").path
            let result = try Command.run(python, [script, facts.path], mustSucceed: false)
            #expect(result.status == 0, "\(result.text)\n\(result.errors)")
            #expect(result.text.split(separator: "\n").count { $0.hasPrefix("ok ") } >= 43, "\(result.text)")
        } catch {
            Issue.record("\(error)\n\(world.serverLog().suffix(2000))")
        }
        await world.remove()
    }

    /// A customer with a key pair and a password; a confidential application, a public one, and one of devices.
    private func fill(_ world: World) throws -> [String: String] {
        let email = "ada@example.test"
        let user = try json(
            world.berth(
                "admin", "user", "create", "--email", email, "--first-name", "Ada", "--last-name", "L", "--json"))
        let key = try json(world.berth("admin", "key", "create", "--user", email, "--json"))
        let scopes = "public project_read profile_read"
        let own = try json(
            world.berth(
                "admin", "oauth-app", "create", "--name", "Shop", "--redirect-uri", "http://127.0.0.1/callback",
                "--scopes", scopes, "--json"))
        let open = try json(
            world.berth(
                "admin", "oauth-app", "create", "--name", "Desktop", "--redirect-uri", "http://127.0.0.1/callback",
                "--scopes", scopes, "--public", "--json"))
        let device = try json(
            world.berth(
                "admin", "oauth-app", "create", "--name", "Console", "--scopes", scopes, "--public", "--device",
                "--json"))
        #expect(open["secret"] == nil)
        func text(_ object: [String: Any], _ name: String) -> String { object[name] as? String ?? "" }
        return [
            "base": "http://127.0.0.1:\(world.listenPort)", "client_id": text(own, "uid"),
            "client_secret": text(own, "secret"), "public_id": text(open, "uid"),
            "device_id": text(device, "uid"), "username": text(key, "username"),
            "password": text(key, "password"), "email": email, "login": text(user, "password"),
        ]
    }
}
