import Foundation
import Logging
import Server
import Testing

@Suite struct SettingsTests {
    @Test func nothingSaidGivesTheDefaults() throws {
        let settings = try Settings.load(environment: ["PATH": "/bin"])
        #expect(settings.listen == ListenAddress(host: "127.0.0.1", port: 8080))
        #expect(settings.publicURL == "http://127.0.0.1:8080")
        #expect(settings.secretKeyFile == "var/secret.key")
        #expect(settings.logLevel == .info)
        #expect(settings.metricsListen == ListenAddress(host: "127.0.0.1", port: 9464))
        #expect(settings.roles == Set(Settings.Role.allCases))
        guard case .sqlite("var/berth.sqlite") = settings.database else {
            Issue.record("\(settings.database)")
            return
        }
        #expect(settings.printed.map(\.name) == SettingName.allCases)
        #expect(settings.printed.allSatisfy { $0.source == .default })
    }

    @Test func aFlagWinsOverTheEnvironment() throws {
        let settings = try Settings.load(
            environment: ["BERTH_LISTEN": "0.0.0.0:80", "BERTH_ROLES": "api"],
            flags: SettingsFlags(listen: "[::1]:81", roles: "worker, api"))
        #expect(settings.listen == ListenAddress(host: "::1", port: 81))
        #expect(settings.publicURL == "http://[::1]:81")
        #expect(settings.roles == [.worker, .api])
        #expect(settings.printed.first { $0.name == .listen }?.source == .flag)
    }

    @Test func everyProblemIsToldAtOnceWithItsName() {
        let environment = [
            "BERTH_DATABASE_URL": "mysql://x", "BERTH_LISTEN": "8080", "BERTH_PUBLIC_URL": "my.example",
            "BERTH_SECRET_KEY_FILE": "", "BERTH_LOG_LEVEL": "loud", "BERTH_METRICS_LISTEN": "no",
        ]
        do throws(SettingsProblems) {
            _ = try Settings.load(environment: environment, flags: SettingsFlags(roles: "cook"))
            Issue.record("Nothing was refused.")
        } catch {
            #expect(error.sentences.count == 7)
            for name in environment.keys {
                #expect(error.sentences.contains { $0.hasPrefix("\(name) ") }, "\(name)")
            }
            #expect(error.sentences.contains { $0.hasPrefix("--roles ") })
        }
    }

    @Test(arguments: [
        ("postgres://me:se:cr@t@db.example:5432/x", "postgres://me:•••@db.example:5432/x"),
        ("postgres://me:a/b@db.example/x", "postgres://me:•••@db.example/x"),
        (
            "postgresql://me@db/x?sslmode=require&password=se%20cret",
            "postgresql://me@db/x?sslmode=require&password=•••"
        ),
        ("postgres://db:5432/x", "postgres://db:5432/x"),
        ("postgres:///x?host=/tmp/pg", "postgres:///x?host=/tmp/pg"),
    ])
    func passwordsInsideTheDatabaseURLAreMasked(url: String, shown: String) throws {
        let settings = try Settings.load(environment: ["BERTH_DATABASE_URL": url])
        #expect(settings.printed.first?.value == shown)
    }

    @Test(arguments: [
        "1", ":80", "host:", "host:99999", "::1:80", "a b:80", "[host]:80", "http://h:80", "127.0.0.1:-1", "h:+80",
    ])
    func addressesWithoutHostOrPortAreRefused(text: String) {
        #expect(throws: SettingsProblems.self) { try Settings.load(environment: ["BERTH_LISTEN": text]) }
    }

    @Test(arguments: ["ftp://x", "http://", "https://x/y", "http://x?y", "http://u@h", "x"])
    func publicURLsThatAreMoreOrLessThanAHostAreRefused(text: String) {
        #expect(throws: SettingsProblems.self) { try Settings.load(environment: ["BERTH_PUBLIC_URL": text]) }
    }

    @Test(arguments: [
        ("smtp://me%40x:se%2Fcr+et@mail.example", "smtp://me%40x:•••@mail.example:587?tls=starttls"),
        ("smtps://mail.example", "smtp://mail.example:465?tls=implicit"),
        ("smtp://[::1]:25?tls=none", "smtp://[::1]:25?tls=none"),
        (
            "smtp://a:b@mail.example:25/?tls=optional&ca=/etc/x.pem",
            "smtp://a:•••@mail.example:25?tls=optional&ca=%2Fetc%2Fx.pem"
        ),
    ])
    func mailServersAreReadAndMasked(url: String, shown: String) throws {
        let settings = try Settings.load(environment: ["BERTH_SMTP_URL": url, "BERTH_MAIL_FROM": "B <b@x.test>"])
        #expect(settings.printed.first { $0.name == .smtpURL }?.value == shown)
        #expect(settings.mailServer != nil)
    }

    @Test(arguments: [
        "smtp://", "mail.example:25", "smtp://a@h", "smtp://a:b@h?tls=none", "smtp://h?tls=maybe", "smtp://h?x=y",
        "smtps://h?tls=starttls", "smtp://h:0", "smtp://a:%zz@h", "http://h",
    ])
    func mailServersThatCannotBeMeantAreRefused(url: String) {
        #expect(throws: SettingsProblems.self) {
            try Settings.load(environment: ["BERTH_SMTP_URL": url, "BERTH_MAIL_FROM": "b@x.test"])
        }
    }

    @Test func whoNamesAServerSaysWhoMailComesFrom() {
        do throws(SettingsProblems) {
            _ = try Settings.load(environment: ["BERTH_SMTP_URL": "smtp://mail.example"])
            Issue.record("Nothing was refused.")
        } catch { #expect(error.sentences.count == 1 && error.sentences[0].hasPrefix("BERTH_MAIL_FROM is missing")) }
    }

    @Test func metricsCanBeSwitchedOff() throws {
        #expect(try Settings.load(environment: ["BERTH_METRICS_LISTEN": "off"]).metricsListen == nil)
    }

    @Test func misspelledNamesAreNoticed() throws {
        let settings = try Settings.load(environment: ["BERTH_LISTN": "x", "BERTH_TEST_DOCKER": "y", "OTHER": "z"])
        #expect(settings.unknownNames == ["BERTH_LISTN"])
    }

    @Test func theExampleFileNamesEverySettingWithItsDefault() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "settings.example.env"), encoding: .utf8)
        var environment: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1)
            environment[String(parts[0])] = String(try #require(parts.last))
        }
        #expect(Set(environment.keys) == Set(SettingName.allCases.map(\.rawValue)))
        let settings = try Settings.load(environment: environment)
        let defaults = try Settings.load(environment: [:])
        #expect(settings.printed.map(\.value) == defaults.printed.map(\.value))
        #expect(settings.unknownNames == [])
    }
}
