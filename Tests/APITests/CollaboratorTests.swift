import API
import Basics
import Contract
import Identity
import SQL
import TestKit
import Testing

/// Those whom owners let work with what is theirs. What each may is in the table of ``AuthorisationTests``.
@Suite struct CollaboratorTests {
    private func invite(
        _ world: APIWorld, _ email: String, as role: APIWorld.Role = .owner
    ) async throws -> APIWorld.Reply {
        try await world.send(
            "POST", "/api/projects/\(world.things.project)/collaborators", as: role,
            body: JSONValue.object(["collaborator": .object(["user_email": .string(email)])]).compact)
    }

    private func accept(
        _ world: APIWorld, _ id: String, _ active: Bool = true, as role: APIWorld.Role = .stranger
    ) async throws -> APIWorld.Reply {
        try await world.send(
            "PATCH", "/api/collaborations/\(id)", as: role, body: #"{"collaboration":{"active":\#(active)}}"#)
    }

    private func status(_ world: APIWorld, _ path: String, as role: APIWorld.Role) async throws -> Int {
        try await world.send("GET", path, as: role).status
    }

    @Test(arguments: TestDialect.allCases)
    func whoWasPutOutDoesNotSeeWhatHeDidThere(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let id = try await invite(world, "stranger@example.test").json?["collaboration"]?["id"]?.text ?? ""
            _ = try await accept(world, id)
            let restart = "/api/container_services/\(world.things.service)/power/restart"
            let caused = try await world.send("PUT", restart, as: .stranger)
            #expect(caused.status == 202)
            let operation = caused.headers["location"]?.split(separator: "/").last ?? ""
            let paths = ["/api/operations/\(operation)", "/api/event_logs/\(operation)"]
            for path in paths { #expect(try await status(world, path, as: .stranger) == 200) }
            _ = try await accept(world, id, false)
            for path in paths { #expect(try await status(world, path, as: .stranger) == 404) }
            for path in paths { #expect(try await status(world, path, as: .owner) == 200) }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func anInvitationOpensNothingUntilItIsAccepted(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let project = "/api/projects/\(world.things.project)"
            let invited = try await invite(world, " STRANGER@Example.test ")
            #expect(invited.status == 201)
            let id = invited.json?["collaboration"]?["id"]?.text ?? ""
            #expect(id.hasSuffix("-project"))
            #expect(invited.json?["collaborator"]?["email"] == .string("stranger@example.test"))
            #expect(invited.json?["resource_owner"]?["email"] == .string("customer@example.test"))
            let before = try await status(world, project, as: .stranger)
            #expect(before == 404)
            let inbox = try await world.send("GET", "/api/collaborations", as: .stranger)
            #expect(inbox.json?["projects"]?.items?.first?["id"] == .string(id))
            #expect(inbox.json?["projects"]?.items?.first?["active"] == .bool(false))
            #expect(inbox.json?["registries"] == .array([]))
            // Who invited cannot accept.
            let own = try await accept(world, id, as: .owner)
            #expect(own.status == 404)
            let accepted = try await accept(world, id)
            #expect(accepted.status == 202)
            for path in [project, "/api/container_services/\(world.things.service)", "\(project)/containers"] {
                let after = try await status(world, path, as: .stranger)
                #expect(after == 200, "\(path)")
            }
            for path in ["/api/projects", "/api/container_services"] {
                let list = try await world.send("GET", path, as: .stranger)
                #expect(list.headers["total"] == "1", "\(path)")
            }
            // Stepping back closes it again; so does leaving.
            _ = try await accept(world, id, false)
            let stepped = try await status(world, project, as: .stranger)
            #expect(stepped == 404)
            let left = try await world.send("DELETE", "/api/collaborations/\(id)", as: .stranger)
            #expect(left.status == 202 && left.text.isEmpty)
            let gone = try await world.send("GET", "/api/collaborations/\(id)", as: .stranger)
            #expect(gone.status == 404)
            let again = try await invite(world, "stranger@example.test")
            #expect(again.status == 201)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whoIsPutOutFindsNothingWithTheNextRequest(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let project = "/api/projects/\(world.things.project)"
            let before = try await status(world, project, as: .collaborator)
            #expect(before == 200)
            let path = "\(project)/collaborators/\(world.things.collaborator)"
            let removed = try await world.send("DELETE", path)
            #expect(removed.status == 202 && removed.text.isEmpty)
            let after = try await status(world, project, as: .collaborator)
            #expect(after == 404)
            let events = try await world.database.read { connection in
                try connection.rows("SELECT event FROM audits ORDER BY id DESC LIMIT 1") { $0.text(0) }
            }
            #expect(events == ["removed collaborator"])
        }
    }

    @Test func whoCannotBeInvitedIsSaid() async throws {
        try await APIWorld.with(.sqlite) { world in
            let wrong = [
                ("nobody@example.test", "Collaborator must exist."),
                ("suspended@example.test", "Collaborator must exist."),
                ("customer@example.test", "The owner of the project cannot be its collaborator."),
                ("pending@example.test", "This person is a collaborator already, or has been invited."),
            ]
            for (email, sentence) in wrong {
                let reply = try await invite(world, email)
                #expect(reply.status == 422 && reply.errors == [sentence], "\(email): \(reply.text)")
            }
            for body in [#"{}"#, #"{"collaborator":[]}"#] {
                let path = "/api/projects/\(world.things.project)/collaborators"
                let reply = try await world.send("POST", path, body: body)
                #expect(reply.status == 400, "\(body): \(reply.text)")
            }
            for email in ["", "x", "a@b@c"] {
                let reply = try await invite(world, email)
                #expect(reply.status == 422, "\(email)")
            }
            let count = try await world.database.read {
                try $0.int("SELECT COUNT(*) FROM project_collaborators")
            }
            #expect(count == 2)
        }
    }

    @Test func namesOfCollaborationsThatAreNoneAreUnknown() async throws {
        try await APIWorld.with(.sqlite) { world in
            let own = "\(world.things.collaborator)"
            for name in [
                own, "\(own)-", "\(own)-image", "\(own)-zone", "-project", "+1-project", "x-project", "1--project",
            ] {
                let reply = try await world.send("GET", "/api/collaborations/\(name)", as: .collaborator)
                #expect(reply.status == 404, "\(name)")
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aCollaboratorOrdersForTheOwner(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let body = """
                {"order":{"project_id":\(world.things.project),
                 "containers":[{"image_variant_id":\(world.shop.hello.variant)}]}}
                """
            let reply = try await world.send("POST", "/api/orders", as: .collaborator, body: body)
            #expect(reply.status == 201, "\(reply.text)")
            let pending = try await world.send("POST", "/api/orders", as: .pending, body: body)
            #expect(pending.status == 422)
            let counts = try await world.database.read { connection in
                try connection.rows("SELECT email, containers_count FROM users WHERE containers_count > 0") {
                    "\($0.text(0)) \($0.int(1))"
                }
            }
            #expect(counts == ["customer@example.test 2"])
            // Who ordered sees the order; the owner sees what came of it.
            let orders = try await world.send("GET", "/api/orders", as: .collaborator)
            #expect(orders.headers["total"] != "0")
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aSuspendedOwnersProjectIsClosedForAll(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let project = "/api/projects/\(world.things.project)"
            let before = try await status(world, project, as: .collaborator)
            #expect(before == 200)
            try await world.database.transaction { tx in
                try Accounts.setActive(
                    false, id: world.shop.customer.userID ?? 0, by: .shell, at: SystemWallClock().now(), in: tx)
            }
            let after = try await status(world, project, as: .collaborator)
            #expect(after == 404)
        }
    }

    @Test(arguments: TestDialect.allCases) func anImageOfOnesOwnIsShared(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let image = world.shop.web.image
            let path = "/api/container_images/\(image)"
            let before = try await status(world, path, as: .stranger)
            #expect(before == 404)
            let invited = try await world.send(
                "POST", "\(path)/collaborators", body: #"{"collaborator":{"user_email":"stranger@example.test"}}"#)
            #expect(invited.status == 201, "\(invited.text)")
            #expect(invited.json?["collaboration"]?["project"] == nil)
            let id = invited.json?["collaboration"]?["id"]?.text ?? ""
            _ = try await accept(world, id)
            let after = try await status(world, path, as: .stranger)
            #expect(after == 200)
            let list = try await status(world, "\(path)/collaborators", as: .stranger)
            #expect(list == 403)
        }
    }

    /// As the letter says.
    @Test(arguments: TestDialect.allCases) func whoSharesAnImageOrdersFromIt(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let image = world.shop.hello.image
            try await world.database.transaction { tx in
                try tx.run("UPDATE images SET user_id = \(world.shop.customer.userID) WHERE id = \(image)")
            }
            let order = try world.shop.order(world.shop.helloLine, project: "\"project_name\":\"theirs\"").compact
            let path = "/api/container_images/\(image)/collaborators"
            let invited = try await world.send(
                "POST", path, body: #"{"collaborator":{"user_email":"stranger@example.test"}}"#)
            let id = invited.json?["collaboration"]?["id"]?.text ?? ""
            let before = try await world.send("POST", "/api/orders", as: .stranger, body: order)
            #expect(before.status == 422, "\(before.text)")
            _ = try await accept(world, id)
            let during = try await world.send("POST", "/api/orders", as: .stranger, body: order)
            #expect(during.status == 201, "\(during.text)")
            _ = try await world.send("DELETE", "/api/collaborations/\(id)", as: .stranger)
            let after = try await world.send("POST", "/api/orders", as: .stranger, body: order)
            #expect(after.status == 422, "\(after.text)")
        }
    }

    @Test(arguments: TestDialect.allCases)
    func acceptingAndPuttingOutAtOnceEndsOutside(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let project = "/api/projects/\(world.things.project)"
            for round in 0..<5 {
                let invited = try await invite(world, "stranger@example.test")
                let id = invited.json?["collaboration"]?["id"]?.text ?? ""
                let row = id.split(separator: "-").first ?? ""
                async let accepted = accept(world, id)
                async let removed = world.send("DELETE", "\(project)/collaborators/\(row)")
                let statuses = try await (accepted.status, removed.status)
                #expect([202, 404].contains(statuses.0) && statuses.1 == 202, "\(round): \(statuses)")
                let after = try await status(world, project, as: .stranger)
                #expect(after == 404, "\(round)")
            }
        }
    }

    @Test func aLimitedCredentialOfACollaboratorStaysLimited() async throws {
        try await APIWorld.with(.sqlite) { world in
            let made = try await world.send(
                "POST", "/api/users/api_keys", as: .collaborator,
                body: """
                    {"api_key":{"name":"CI","scopes":["project_read"],"project_id":\(world.things.project)}}
                    """)
            // A key for another's project would outlive his leaving it, so there is none.
            #expect(made.status == 422 || made.status == 404, "\(made.text)")
        }
    }
}
