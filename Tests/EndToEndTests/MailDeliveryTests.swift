import Foundation
import TestKit
import Testing

/// Mail of a running server.
struct MailDeliveryTests {
    /// The mail server has taken a letter; we die before its answer arrives, or is on record.
    @Test(.timeLimit(.minutes(2)), arguments: TestDialect.allCases)
    func aLetterWhoseAnswerWasLostComesAgainAsTheSame(dialect: TestDialect) async throws {
        let server = try MailServer("tls=starttls", "user=berth:s3cret")
        defer { server.stop() }
        try await inWorld(dialect) { world in
            try world.berth(
                "admin", "user", "create", "--email", "slow@example.test", "--first-name", "Slow", "--last-name", "P")
            let mail = [
                "BERTH_SMTP_URL": "smtp://berth:s3cret@127.0.0.1:\(server.port)?ca=\(server.folder)/ca.pem",
                "BERTH_MAIL_FROM": "Berth <berth@provider.test>",
            ]
            try await world.start(mail)
            try Self.forget("slow@example.test", world)
            try await eventually("the letter is there") { try server.accepted().count == 1 }
            try await world.kill()
            #expect(try world.query("SELECT state FROM outbox WHERE kind = 'mail'") == ["waiting"])
            if dialect == .postgres {
                // Another process could have it still: its time is awaited. Not here.
                _ = try world.query("UPDATE outbox SET lease_until = 0")
            }
            try await world.start(mail)
            try await eventually("the letter is delivered") {
                try world.query("SELECT state FROM outbox WHERE kind = 'mail'") == ["delivered"]
            }
            let accepted = try server.accepted()
            #expect(accepted.count == 2)
            #expect(Set(accepted.map(\.data)).count == 1)
            #expect(accepted.allSatisfy { $0.tls && $0.way == "PLAIN" && $0.to == "slow@example.test" })
            #expect(accepted[0].text.contains("/password/reset?token=bth_ml_"))
            #expect(!world.serverLog().contains("s3cret"))
            #expect(!world.serverLog().contains("bth_ml_"))
        }
    }

    /// Without a mail server there are files, and the log says so.
    @Test func withoutAMailServerThereAreFiles() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            try Self.forget("owner@example.test", world)
            let folder = world.folder.appending(path: "var/mail")
            try await eventually("the letter is there") {
                try world.query("SELECT state FROM outbox WHERE kind = 'mail'") == ["delivered"]
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(names.count == 1)
            let text = try String(contentsOf: folder.appending(path: names[0]), encoding: .utf8)
            #expect(text.contains("To: owner@example.test") && text.contains("/password/reset?token="))
            #expect(world.serverLog().contains("the mail was written to a file"))
            let listed = try json(world.berth("admin", "mail", "list", "--json"))["mail"] as? [[String: Any]]
            #expect(listed?.first?["state"] as? String == "delivered")
            #expect(listed?.first?["subject"] as? String == "Choose a new password")
        }
    }

    /// Somebody has forgotten the password, in a browser.
    private static func forget(_ email: String, _ world: World) throws {
        let page = "http://127.0.0.1:\(world.listenPort)/password/forgot"
        let jar = world.folder.appending(path: "cookies").path
        let form = try Command.run("/usr/bin/curl", ["-sf", "-c", jar, page]).text
        let token = form.components(separatedBy: "name=\"form_token\" value=\"").last?.prefix { $0 != "\"" } ?? ""
        try Command.run(
            "/usr/bin/curl",
            [
                "-sf", "-b", jar, "--data-urlencode", "form_token=\(token)", "--data-urlencode", "email=\(email)", page,
            ])
    }
}
