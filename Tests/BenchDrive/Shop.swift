import Basics
import Foundation
import Identity
import OAuth
import SQL
import SQLiteDriver
import TestKit

/// The data everything is measured on: an account with 10 000 projects, each with a service and a container, and one
/// with as many as usual.
struct Shop {
    static let projects = 10_000
    /// Of the other account.
    static let usualProjects = 25
    /// Nodes of the fake fleet.
    static let nodes = 100

    let path: String
    let fixture: WorkloadFixture
    /// `Authorization`, without its name.
    let credentials: String
    /// The same of the account with as many projects as usual, with a key and with an access token.
    let usualKey: String
    let usualToken: String
    /// The same of an application.
    let client: String
    let firstProject: Int64

    var orderBody: String {
        """
        {"order":{"project_name":"bench","containers":[{"image_variant_id":\(fixture.hello.variant)}]}}
        """
    }

    /// Makes the database file at `path`, which must not be there.
    static func make(at path: String) async throws -> Shop {
        let database = try SQLiteDatabase(path: path)
        try await Migrator.migrate(database)
        let fixture = try await WorkloadFixture.make(in: database, quota: 1_000_000_000)
        let (first, keys, tokens) = try await database.transaction { tx in
            try grow(fixture, in: tx)
            let first = try fill(fixture, of: fixture.customer, 0..<projects, in: tx)
            _ = try fill(fixture, of: fixture.stranger, projects..<projects + usualProjects, in: tx)
            let pairs = (try key(of: fixture.customer, in: tx), try key(of: fixture.stranger, in: tx))
            return (first, pairs, try application(fixture.stranger, in: tx))
        }
        let form = TokenRequest(
            grantType: "authorization_code", code: tokens.code, redirectURI: RedirectURI.outOfBand)
        let token = try await Grants(database: database, clock: SystemWallClock()).token(
            form, client: ClientCredentials(authorization: tokens.client))
        await database.close()
        return Shop(
            path: path, fixture: fixture, credentials: keys.0, usualKey: keys.1,
            usualToken: "Bearer \(token.accessToken.reveal())", client: tokens.client, firstProject: first)
    }

    /// A key pair as `Authorization` has it.
    private static func key(of caller: Caller, in tx: any Transaction) throws -> String {
        let pair = try APIKeys.create(
            forUser: caller.userID ?? 0, by: .shell, at: SystemWallClock().now(), in: tx)
        return "Basic \(Data("\(pair.username):\(pair.password.reveal())".utf8).base64EncodedString())"
    }

    /// An application that the customer has allowed to see the profile: a code, and what the application shows.
    private static func application(
        _ customer: Caller, in tx: any Transaction
    ) throws -> (code: String, client: String) {
        let now = SystemWallClock().now()
        let draft = ApplicationDraft(
            name: "Bench", redirectURIs: [RedirectURI.outOfBand], scopes: [.public, .profileRead])
        let made = try Applications.create(draft, by: .shell, at: now, in: tx)
        let asked = AuthorizationParameters(
            clientID: made.application.uid, responseType: "code", scope: "profile_read")
        let code = try Consent.allow(
            AuthorizationRequest(asked, on: tx), projects: nil, by: customer, at: now, in: tx)
        let pair = "\(made.application.uid):\(made.secret?.reveal() ?? "")"
        return (code.reveal(), "Basic \(Data(pair.utf8).base64EncodedString())")
    }

    /// The same data in another file.
    func copy(to path: String) throws {
        try FileManager.default.copyItem(atPath: self.path, toPath: path)
    }

    /// Room for whatever is ordered.
    private static func grow(_ fixture: WorkloadFixture, in tx: any Transaction) throws {
        try tx.run("UPDATE zones SET network_pool = '10.0.0.0/8', fill_to = 1000000000")
        // The customer's image costs nothing, so that prices are no part of what is measured.
        try tx.run("UPDATE zones SET cpu_milli_total = 1000000000, memory_mb_total = 1000000000")
    }

    /// Makes projects with these numbers; answers the id of the first.
    private static func fill(
        _ fixture: WorkloadFixture, of caller: Caller, _ numbers: Range<Int>, in tx: any Transaction
    ) throws -> Int64 {
        let user = caller.userID ?? 0
        var first: Int64 = 0
        for number in numbers {
            let project = try tx.int(
                """
                INSERT INTO projects (user_id, zone_id, name, created_at, updated_at)
                VALUES (\(user), \(fixture.zoneID), \("Project \(number)"), 1790000000000, 1790000000000) RETURNING id
                """)
            guard let project else { throw Fault(.bug, "No id.") }
            if number == numbers.lowerBound { first = project }
            try tx.run(
                """
                INSERT INTO networks (project_id, zone_id, slot, cidr, created_at)
                VALUES (\(project), \(fixture.zoneID), \(number), \("10.0.0.0/27"), 1)
                """)
            let service = try tx.int(
                """
                INSERT INTO services (project_id, name, label, image_variant_id, cpu_milli, memory_mb, created_at,
                    updated_at)
                VALUES (\(project), \("hello-\(number)"), 'hello', \(fixture.hello.variant), 100, 64, 1, 1) RETURNING id
                """)
            guard let service else { throw Fault(.bug, "No id.") }
            try tx.run(
                """
                INSERT INTO containers (service_id, name, ordinal, desired_state, state, created_at, updated_at)
                VALUES (\(service), \("hello-\(number)-1"), 1, 'running', 'running', 1, 1)
                """)
        }
        try tx.run(
            """
            UPDATE users SET projects_count = \(numbers.count), services_count = \(numbers.count),
                containers_count = \(numbers.count)
            WHERE id = \(user)
            """)
        return first
    }

    /// Turns the one zone into ``nodes`` of them.
    static func addNodes(_ database: any Database, _ fixture: WorkloadFixture) async throws {
        try await database.transaction { tx in
            for node in 2...nodes {
                try tx.run(
                    """
                    INSERT INTO zones (location_id, name, docker_endpoint, ingress_http_port, apps_domain, public_ip,
                        network_pool, state, fill_to, cpu_milli_total, memory_mb_total, created_at, updated_at)
                    VALUES (\(fixture.locationID), \("z\(node)"), \("unix:///nowhere/\(node)"), 80,
                        \(WorkloadFixture.appsDomain), '203.0.113.7', '10.0.0.0/8', 'online', 1000000, 64000, 65536,
                        1, 1)
                    """)
            }
        }
    }
}
