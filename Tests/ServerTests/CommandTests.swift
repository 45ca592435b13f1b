import Basics
import Foundation
import SQL
import TestKit
import Testing

/// The operator's commands, as other programs call them: the built binary, its output and its exit status.
@Suite struct CommandTests {
    @Test(arguments: TestDialect.allCases)
    func anInstallationIsSetUpByCommands(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let url = database.url
            let user = try await berth(
                "admin", "user", "create", "--email", "Ada@Example.org", "--first-name", "Ada", "--last-name", "L",
                "--admin", "--json", url: url
            ).object()
            #expect(user["id"] as? Int == 1)
            #expect(user["email"] as? String == "ada@example.org")
            #expect((user["password"] as? String)?.count == 20)
            let key = try await berth(
                "admin", "key", "create", "--user", "ada@example.org", "--json", url: url
            ).object()
            #expect(Set(key.keys) == ["username", "password"])
            let location = try await berth("admin", "location", "create", "--name", "Here", "--json", url: url)
            #expect(try location.object()["id"] as? Int == 1)
            let zone = try await berth(
                "admin", "zone", "create", "--location", "1", "--name", "one", "--docker", "unix:///nowhere.sock",
                "--ingress-http", "8081", "--apps-domain", "Apps.localhost", "--json", url: url)
            #expect(try zone.object()["id"] as? Int == 1)
            let product = try await berth(
                "admin", "product", "create", "--name", "small", "--cpu", "1", "--memory", "512", "--storage", "10",
                "--bandwidth", "100", "--price-hour", "0.01", "--json", url: url)
            #expect(try product.object()["id"] as? Int == 1)
            let load = try await berth("catalogue", "load", "catalogue", "--json", url: url)
            #expect(try load.object()["images_created"] as? Int == 3)
            let again = try await berth("catalogue", "load", "catalogue", url: url)
            #expect(again.output == "Nothing changed.\n")
            let export = try await berth("catalogue", "export", url: url)
            #expect(export.output.contains("  name: \"demo-web\"\n"))
            let migrate = try await berth("migrate", "--json", url: url)
            #expect(migrate.output == "{\"applied\":[]}\n")
        }
    }

    @Test func badDataIs65AndSaysWhy() async throws {
        try await withDatabase(.sqlite) { database in
            let url = database.url
            let zone = try await berth(
                "admin", "zone", "create", "--location", "7", "--name", "x", "--docker", "ssh://x", "--ingress-http",
                "0", "--apps-domain", "-", "--json", url: url)
            #expect(zone.status == 65)
            #expect(zone.output == "")
            #expect(zone.errors.split(separator: "\n").count == 4)
            #expect(try await berth("admin", "key", "create", "--user", "no@one.org", url: url).status == 65)
            #expect(try await berth("catalogue", "check", "Package.swift", url: url).status == 65)
            let config = try await berth("config", url: url, more: ["BERTH_LISTEN": "x", "BERTH_LOG_LEVEL": "y"])
            #expect(config.status == 65)
            #expect(config.errors.contains("BERTH_LISTEN") && config.errors.contains("BERTH_LOG_LEVEL"))
        }
    }

    @Test func wrongUsageIs64AndHelpIsNot() async throws {
        let url = "sqlite:/dev/null/none"
        #expect(try await berth("admin", "zone", "create", url: url).status == 64)
        #expect(try await berth("nonsense", url: url).status == 64)
        #expect(try await berth("admin", "product", "create", "--cpu", "much", url: url).status == 64)
        for command in [["--help"], ["admin", "zone", "create", "--help"], ["catalogue", "load", "--help"]] {
            let help =
                switch command.count {
                case 1: try await berth(command[0], url: url)
                case 3: try await berth(command[0], command[1], command[2], url: url)
                default: try await berth(command[0], command[1], command[2], command[3], url: url)
                }
            #expect(help.status == 0)
            #expect(help.output.contains("EXAMPLES"))
        }
    }

    @Test func aDatabaseThatDoesNotAnswerIs69() async throws {
        #expect(try await berth("migrate", url: "sqlite:/proc/nowhere/x.sqlite").status == 69)
        #expect(try await berth("migrate", url: "postgres://127.0.0.1:1/x").status == 69)
    }

    /// A table that is gone is nothing an operator did wrong with the command.
    @Test(arguments: TestDialect.allCases)
    func whatWeCannotExplainIs70(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            try await database.transaction { try $0.run("ALTER TABLE locations RENAME TO lost") }
            let list = try await berth("admin", "location", "list", "--json", url: database.url)
            #expect(list.status == 70)
            #expect(list.output == "")
            #expect(list.errors.contains("locations"))
        }
    }

    @Test func anotherUsersFilesAre77() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "berth-\(Random.token(8))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = "sqlite:\(folder.path)/berth.sqlite"
        #expect(try await berth("migrate", url: url).status == 0)
        for name in ["berth.sqlite", "secret.key"] {
            let path = folder.appending(path: name).path
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0])
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        }
        let list = try await berth("admin", "user", "list", url: url, asOrdinaryUser: true)
        #expect(list.status == 77)
        #expect(list.errors.contains("as the user that berth serve runs as"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: folder.appending(path: "berth.sqlite").path)
        let serve = try await berth(
            "serve", url: url, more: ["BERTH_SECRET_KEY_FILE": "\(folder.path)/secret.key"], asOrdinaryUser: true)
        #expect(serve.status == 77)
        #expect(serve.errors.contains("secret.key"))
    }

    @Test func anUnmigratedDatabaseIsToldToMigrate() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "berth-\(Random.token(8))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = "sqlite:\(folder.path)/new.sqlite"
        let early = try await berth("admin", "user", "list", url: url)
        #expect(early.status == 65)
        #expect(early.errors.contains("berth migrate"))
        #expect(try await berth("migrate", url: url).status == 0)
        #expect(try await berth("admin", "user", "list", "--json", url: url).output == "{\"users\":[]}\n")
    }

    @Test func configMasksPasswords() async throws {
        let config = try await berth("config", "--json", url: "postgres://me:secret@db.example/x")
        let url = try config.object()["BERTH_DATABASE_URL"] as? String
        #expect(url == "postgres://me:•••@db.example/x")
        #expect(!config.output.contains("secret@"))
    }
}
