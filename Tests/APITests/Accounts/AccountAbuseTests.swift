import Basics
import Identity
import SQL
import TestKit
import Testing

/// What nobody sends who means well.
@Suite struct AccountAbuseTests {
    private static let paths = [
        "/register", "/password/forgot", "/password/reset", "/account/confirm", "/account/email/confirm", "/login",
        "/login/factor", "/login/passkey", "/login/factor/passkey", "/account/password", "/account/email",
        "/account/sessions", "/account/factor", "/account/passkeys",
    ]
    private static let names = [
        "email", "password", "new_password", "token", "code", "do", "session", "remove", "first_name", "last_name",
        "name", "client_data", "attestation", "credential_id", "authenticator_data", "signature", "return",
    ]

    @Test(arguments: TestDialect.allCases) func nonsenseInFormsIsRefused(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, _ in
            let values = [
                "%00", "%FF%FE", "%F0%9F%92%A9", "-1", "99999999999999999999", "%27%3B--", "%25s%25n", "NaN",
                String(repeating: "x", count: 3000), "%0D%0ASet-Cookie:%20x=y", "%E2%80%AE", "begin", "confirm",
                "remove",
                "bth_ml_" + String(repeating: "0", count: 49), "İ@ẞ.test",
            ]
            try await browser.signIn()
            let signedIn = await browser.kept
            for (path, value) in Self.paths.flatMap({ path in values.map { (path, $0) } }) {
                // Wrong passwords among them would lock the account, and then nothing would be looked at.
                try await world.database.transaction { try $0.run("UPDATE users SET failed_logins = 0") }
                for cookies in [signedIn, [:]] {
                    let visitor = Browser(world)
                    await visitor.take(cookies)
                    let page = try await visitor.get("\(path)?token=\(value)&return=\(value)&done=\(value)")
                    #expect(page.status < 500, "GET \(path) \(value)")
                    #expect(page.headers["set-cookie"]?.contains("x=y") != true)
                    let token = await visitor.formToken
                    let body = (Self.names.map { "\($0)=\(value)" } + ["form_token=\(token)"]).joined(separator: "&")
                    let reply = try await visitor.send(path, raw: body)
                    #expect(reply.status < 500, "POST \(path) \(value): \(reply.text)")
                    #expect((reply.headers["location"] ?? "/").hasPrefix("/"), "\(path) \(value)")
                    #expect(!(reply.headers["location"] ?? "/").hasPrefix("//"))
                }
            }
            for raw in ["", "&&&", "=", "a", "email=a&email=b", "%", String(repeating: "a=b&", count: 30_000)] {
                for path in Self.paths {
                    #expect(try await browser.send(path, raw: raw).status < 500, "\(path) \(raw.prefix(20))")
                }
            }
            #expect(try await browser.isSignedIn())
        }
    }

    /// Of many who use one link at once, one has used it.
    @Test(arguments: TestDialect.allCases) func aLinkIsUsedOnceByManyAtOnce(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            try await browser.get("/password/forgot")
            try await browser.submit("/password/forgot", [("email", APIWorld.customer)])
            let link = try await mailbox.deliver().first?.link ?? ""
            let token = String(link.split(separator: "=").last ?? "")
            let (vault, now) = (world.vault, SystemWallClock().now())
            let used = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let done: Void? = try? await world.database.transaction {
                            try PasswordChange.reset(
                                token: token, hash: "hash \(number)", by: .system("test"),
                                mail: MailQueue(vault: vault, publicURL: "https://berth.test"), at: now, in: $0)
                        }
                        return done != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(used == 1)
            #expect(try await mailbox.deliver().count == 1)
        }
    }

    /// Nobody is sent to another site after signing in.
    @Test func onlyOurPagesFollowASignIn() async throws {
        try await APIWorld.withPeople(.sqlite) { _, browser, _ in
            for target in [
                "https://evil.example/", "//evil.example/account", "/\\evil.example", "/accounts", "/account\r\nx: y",
                "javascript:alert(1)", "/api/users", "/account/../api/users", "/login",
            ] {
                try await browser.get("/login?return=\(FormText.encode(target))")
                let fields = [("email", APIWorld.customer), ("password", APIWorld.password), ("return", target)]
                let reply = try await browser.submit("/login", fields)
                let location = reply.headers["location"] ?? ""
                #expect(location == "/account" || location.hasPrefix("/account/"), "\(target): \(location)")
            }
        }
    }
}
