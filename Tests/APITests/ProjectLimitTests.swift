import API
import Basics
import Contract
import SQL
import TestKit
import Testing
import Workloads

/// A credential that is limited to a project reaches nothing of the others: in no list, on no single route.
@Suite struct ProjectLimitTests {
    private static let scopes = """
        ["project_read","project_write","order_read","order_write","profile_read","profile_write","images_read",
        "public"]
        """

    /// A second project of the customer with everything in it; the world with its ids.
    private func second(_ world: APIWorld) async throws -> APIWorld.Things {
        let reply = try await world.send(
            "POST", "/api/orders",
            body: try world.shop.order(world.shop.helloLine, project: "\"project_name\":\"two\"").compact)
        #expect(reply.status == 201)
        return try await world.database.read { connection in
            var things = APIWorld.Things()
            things.project = try connection.int("SELECT MAX(id) FROM projects") ?? 0
            things.service = try connection.int("SELECT MAX(id) FROM services") ?? 0
            things.container = try connection.int("SELECT MAX(id) FROM containers") ?? 0
            things.operation = try connection.int("SELECT MAX(id) FROM operations") ?? 0
            things.order = reply.json?["order"]?["id"]?.text ?? ""
            return things
        }
    }

    private func limited(_ world: APIWorld, to project: Int64) async throws -> (String, String) {
        let made = try await world.send(
            "POST", "/api/users/api_keys",
            body: "{\"api_key\":{\"name\":\"k\",\"scopes\":\(Self.scopes),\"project_id\":\(project)}}")
        #expect(made.status == 201, "\(made.text)")
        return ("Authorization", "Bearer \(made.json?["key"]?.text ?? "")")
    }

    @Test(arguments: TestDialect.allCases) func listsAndViewsAreOfItsProject(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let other = try await second(world)
            let header = try await limited(world, to: world.things.project)
            for (path, root) in [
                ("/api/projects", "projects"), ("/api/container_services", "container_services"),
                ("/api/orders", "orders"),
            ] {
                let all = try await world.send("GET", path)
                #expect(all.json?[root]?.items?.count == 2, "\(path): \(all.text)")
                let some = try await world.send("GET", path, headers: [header])
                #expect(some.json?[root]?.items?.count == 1, "\(path): \(some.text)")
                #expect(some.headers["total"] == "1", "\(path)")
            }
            let user = try await world.send("GET", "/api/users", headers: [header])
            #expect(user.json?["user"]?["services"]?["projects"] == .int(1))
            #expect(user.json?["user"]?["services"]?["containers"] == .int(1))
            #expect(user.json?["user"]?["quota"]?["containers"]?["current"] == .int(2))

            let names = ["{project_id}", "{service_id}", "{container_id}", "{event_id}", "{order_id}"]
            for endpoint in Contract.all where names.contains(where: endpoint.path.contains) {
                for method in endpoint.methods {
                    let body = endpoint.takesBody && !endpoint.bodyIsOptional ? endpoint.example : nil
                    let reply = try await world.send(
                        method.rawValue, world.fill(endpoint.path, with: other), headers: [header], body: body)
                    #expect(reply.status == 404, "\(method.rawValue) \(endpoint.path): \(reply.text)")
                    guard method == .get else { continue }
                    let own = try await world.send("GET", world.fill(endpoint.path), headers: [header])
                    #expect(own.status == 200, "\(endpoint.path): \(own.text)")
                }
            }
        }
    }

    @Test(arguments: TestDialect.allCases) func theAccountAsAWholeIsOutOfReach(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let header = try await limited(world, to: world.things.project)
            for (method, path, body) in [
                ("PATCH", "/api/users", UserEndpoints.change.about.example),
                ("POST", "/api/users/ssh_keys", SSHKeyEndpoints.create.about.example),
                ("DELETE", "/api/users/ssh_keys/\(world.things.sshKey)", nil),
            ] {
                let reply = try await world.send(method, path, headers: [header], body: body)
                #expect(reply.status == 403, "\(method) \(path)")
                #expect(reply.errors == ["This credential is limited to projects and cannot change the account."])
            }
            let order = try await world.send(
                "POST", "/api/orders", headers: [header], body: try world.shop.order(world.shop.helloLine).compact)
            #expect((400..<500).contains(order.status), "\(order.text)")
        }
    }
}
