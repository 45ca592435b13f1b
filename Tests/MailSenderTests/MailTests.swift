import Basics
import Foundation
import Identity
import Logging
import TestKit
import Testing

@testable import MailSender

/// Mail to a real server (aiosmtpd) and to files.
@Suite struct MailTests {
    private static func letter(
        to: String = "ada@example.test", subject: String = "Hello", text: String = "Hello,\n\nyou.\n", number: Int64 = 7
    ) throws -> RenderedMail {
        let from = try #require(MailSenderName(parsing: "Bérth Hosting <berth@provider.test>"))
        return try MailDeliverer.rendered(
            Letter(to: to, subject: subject, text: text), from: from, number: number, installation: "abc",
            at: Moment(milliseconds: 1_790_000_000_000))
    }

    private static func sender(
        _ server: MailServer, tls: SMTPServer.TLSMode, trusting: Bool = true, user: String? = nil,
        password: String = "s3cret é"
    ) -> SMTPSender {
        SMTPSender(
            server: SMTPServer(
                host: "127.0.0.1", port: server.port, tls: tls,
                credentials: user.map { .init(user: $0, password: Secret(password)) },
                authorities: trusting ? "\(server.folder)/ca.pem" : nil), ownName: "provider.test")
    }

    private static func with(_ options: String..., body: (MailServer) async throws -> Void) async throws {
        let server =
            switch options.count {
            case 0: try MailServer()
            case 1: try MailServer(options[0])
            case 2: try MailServer(options[0], options[1])
            default: try MailServer(options[0], options[1], options[2])
            }
        defer { server.stop() }
        try await body(server)
    }

    /// The fault of a delivery that must fail.
    private static func fault(_ sender: SMTPSender, _ mail: RenderedMail) async -> Fault? {
        do {
            try await sender.send(mail)
            Issue.record("The mail was taken.")
            return nil
        } catch { return error as? Fault }
    }

    @Test(arguments: [SMTPServer.TLSMode.none, .optional, .starttls, .implicit])
    func aLetterArrivesAsItWasWritten(mode: SMTPServer.TLSMode) async throws {
        try await Self.with("tls=\(mode == .none ? "none" : mode == .implicit ? "implicit" : "starttls")") { server in
            let text = """
                .a dot at the beginning
                ..and two
                Grüße, 東京 \(String(repeating: "a long line ", count: 20))= and a trailing blank \n
                From here
                .
                """
            let subject = "Ihre Adresse bestätigen – \(String(repeating: "東京", count: 30))"
            let mail = try Self.letter(subject: subject, text: text)
            #expect(mail.text.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 })
            #expect(mail.text.utf8.allSatisfy { $0 < 128 })
            try await Self.sender(server, tls: mode).send(mail)
            let kept = try #require(try server.accepted().first)
            #expect(kept.subject == subject)
            #expect(kept.text == text + "\n")
            #expect(kept.sender == "Bérth Hosting <berth@provider.test>")
            #expect(kept.messageID == "<7.abc@provider.test>")
            #expect(kept.defects == [])
            #expect(kept.from == "berth@provider.test" && kept.to == "ada@example.test")
            #expect(kept.tls == (mode != .none))
            #expect(kept.host == "provider.test")
            #expect(Data(base64Encoded: kept.data) == Data(mail.text.utf8))
        }
    }

    @Test func plainTextStaysReadableWithWholeLinks() throws {
        let link = "https://berth.test/account/confirm?token=\(String(repeating: "x", count: 90))"
        let mail = try Self.letter(text: "Open\n\n\(link)\n\nsoon.")
        #expect(mail.text.contains("\r\n\(link)\r\n"))
        #expect(mail.text.contains("Date: Mon, 21 Sep 2026 14:13:20 +0000\r\n"), "\(mail.text)")
    }

    @Test(arguments: ["PLAIN", "LOGIN"]) func theServerLearnsWhoWeAre(way: String) async throws {
        try await Self.with("tls=starttls", "user=berth:s3cret é", "ways=\(way)") { server in
            try await Self.sender(server, tls: .starttls, user: "berth").send(try Self.letter())
            #expect(try server.accepted().map(\.way) == [way])
            // A wrong password is ours to put right: the letter waits.
            let wrong = await Self.fault(
                Self.sender(server, tls: .starttls, user: "berth", password: "x"), try Self.letter())
            #expect(wrong?.isTransient == true)
            #expect(wrong?.logLine.contains("535") == true, "\(wrong?.logLine ?? "")")
            #expect(wrong?.logLine.contains("s3cret") == false)
            // So is no password at all.
            let none = await Self.fault(Self.sender(server, tls: .starttls), try Self.letter())
            #expect(none?.isTransient == true)
            #expect(try server.accepted().count == 1)
        }
    }

    @Test func whatTheServerSaysOfTheMessageDecides() async throws {
        try await Self.with { server in
            let sender = Self.sender(server, tls: .none)
            for (to, isTransient, code) in [
                ("reject@example.test", false, "550"), ("later@example.test", true, "451"),
                ("junk@example.test", false, "554"),
            ] {
                let fault = await Self.fault(sender, try Self.letter(to: to))
                #expect(fault?.isTransient == isTransient, "\(to)")
                #expect(fault?.logLine.contains(code) == true, "\(fault?.logLine ?? "")")
                #expect(fault?.logLine.unicodeScalars.allSatisfy { $0.value >= 32 } == true)
            }
            let lost = await Self.fault(sender, try Self.letter(to: "lost@example.test"))
            #expect(lost?.isTransient == true, "\(lost?.logLine ?? "")")
            try await sender.send(try Self.letter())
        }
    }

    @Test func anUntrustedOrTamperedConnectionGetsNothing() async throws {
        try await Self.with("tls=starttls") { server in
            for mode in [SMTPServer.TLSMode.starttls, .optional, .implicit] {
                let fault = await Self.fault(Self.sender(server, tls: mode, trusting: false), try Self.letter())
                #expect(fault?.isTransient == true, "\(mode)")
            }
            #expect(try server.accepted().isEmpty)
        }
        try await Self.with("tls=none") { server in
            let fault = await Self.fault(Self.sender(server, tls: .starttls), try Self.letter())
            #expect(fault?.logLine.contains("does not offer STARTTLS") == true)
            // A password goes over no open line, but for this machine's own.
            let remote = SMTPSender(
                server: SMTPServer(
                    host: "0.0.0.0", port: server.port, tls: .optional,
                    credentials: .init(user: "a", password: Secret("b"))), ownName: "x")
            #expect(await Self.fault(remote, try Self.letter())?.logLine.contains("without TLS") == true)
            #expect(try server.accepted().isEmpty)
        }
        try await Self.with("inject=yes") { server in
            let fault = await Self.fault(Self.sender(server, tls: .starttls), try Self.letter())
            #expect(fault?.isTransient == true)
            let said = fault?.logLine ?? ""
            #expect(said.contains("out of turn") || said.contains("too much at once"), "\(said)")
        }
    }

    /// Also when it is that of the address, which the library alone would take.
    @Test(arguments: [
        ("starttls", "DNS:localhost", true), ("starttls", "IP:127.0.0.1", false), ("implicit", "DNS:localhost", true),
        ("implicit", "IP:127.0.0.1", false), ("implicit", "DNS:other.test", false),
    ])
    func theCertificateMustBeThatOfTheName(mode: String, name: String, isTaken: Bool) async throws {
        try await Self.with("tls=\(mode)", "name=\(name)") { server in
            let sender = SMTPSender(
                server: SMTPServer(
                    host: "localhost", port: server.port, tls: mode == "implicit" ? .implicit : .starttls,
                    authorities: "\(server.folder)/ca.pem"), ownName: "x")
            if isTaken {
                try await sender.send(try Self.letter())
            } else {
                #expect(await Self.fault(sender, try Self.letter())?.isTransient == true)
            }
            #expect(try server.accepted().count == (isTaken ? 1 : 0))
        }
    }

    @Test(arguments: [
        ("mail.example", "MAIL.example", true), ("*.example.test", "a.example.test", true),
        ("*.example.test", "a.b.example.test", false), ("*.example.test", "example.test", false),
        ("*.test", "example.test", false), ("*", "example", false), ("m*.example.test", "mail.example.test", false),
        ("*.*.test", "a.b.test", false), ("", "", false), ("*.example.test", ".example.test", false),
    ])
    func namesMatchAsTheStandardSays(name: String, host: String, isEqual: Bool) {
        #expect(PeerName.matches(name, host: host) == isEqual)
    }

    @Test func oldServersAreSpokenWithToo() async throws {
        try await Self.with("ehlo=no") { server in
            try await Self.sender(server, tls: .optional).send(try Self.letter())
            #expect(try server.accepted().map(\.tls) == [false])
            let fault = await Self.fault(Self.sender(server, tls: .starttls), try Self.letter())
            #expect(fault?.logLine.contains("does not offer STARTTLS") == true)
        }
    }

    /// We are stopped in the moment that the server decides: a moment more saves a second copy.
    @Test func aStopWaitsForTheServersAnswer() async throws {
        try await Self.with { server in
            let sender = Self.sender(server, tls: .none)
            let mail = try Self.letter(to: "pause@example.test")
            let sending = Task { try await sender.send(mail) }
            let deadline = ContinuousClock.now + .seconds(10)
            while try server.accepted().isEmpty, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            sending.cancel()
            try await sending.value
            // Before that moment it ends at once.
            let early = Task { try await sender.send(mail) }
            early.cancel()
            await #expect(throws: (any Error).self) { try await early.value }
            #expect(try server.accepted().count == 1)
        }
    }

    @Test func nobodyAnswersIsTriedAgain() async throws {
        let server = try MailServer()
        server.stop()
        #expect(await Self.fault(Self.sender(server, tls: .none), try Self.letter())?.isTransient == true)
    }

    @Test func addressesOfOtherScriptsNeedAServerForThem() async throws {
        for (option, isTaken) in [("utf8=yes", true), ("utf8=no", false)] {
            try await Self.with(option) { server in
                let mail = try Self.letter(to: "grüße@bücher.example")
                if isTaken {
                    try await Self.sender(server, tls: .none).send(mail)
                    #expect(try server.accepted().map(\.to) == ["grüße@bücher.example"])
                } else {
                    #expect(await Self.fault(Self.sender(server, tls: .none), mail)?.isTransient == false)
                }
            }
        }
    }

    @Test(arguments: [
        "a@b\r\nBcc: c@d", "a b@c", "<a@b>", "a@b>", "a@b,c@d", "\"a\\\"b\"@c", "a@", "@b", "a..b@c", "a@b@c", "a(c)@b",
        "a@b\u{2028}x", "a@[127.0.0.1]", "a\u{0}@b", "a@b.", "a;b@c:25",
    ])
    func noAddressBreaksOut(address: String) {
        #expect(MailAddress(address) == nil)
        #expect(throws: Fault.self) { try Self.letter(to: address) }
    }

    @Test func noSubjectOrTextBreaksOut() throws {
        let mail = try Self.letter(
            subject: "x\r\nBcc: evil@example.test\r\n\r\nbody \u{2028}=?utf-8?B?eA==?=",
            text: "a\r\n.\r\nMAIL FROM:<x@y>\u{0}\u{7}")
        let head = mail.text.components(separatedBy: "\r\n\r\n")[0]
        #expect(head.components(separatedBy: "\r\n").count(where: { $0.hasPrefix("Bcc") }) == 0)
        #expect(!mail.text.contains("\u{0}") && !mail.text.contains("\u{7}"))
        #expect(MailSenderName(parsing: "x\r\nBcc: <a@b.c>") == nil)
    }

    @Test func filesAreWholePrivateAndWrittenOnce() async throws {
        let base = FileManager.default.temporaryDirectory.appending(path: "berth-mail-\(Random.token(8))").path
        defer { try? FileManager.default.removeItem(atPath: base) }
        let folder = MailFolder(
            folder: base + "/var/mail", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for text in ["first", "second"] { try await folder.send(try Self.letter(text: text)) }
        let names = try FileManager.default.contentsOfDirectory(atPath: base + "/var/mail")
        #expect(names == ["7.eml"])
        let path = base + "/var/mail/7.eml"
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasSuffix("\r\n\r\nsecond\r\n"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
