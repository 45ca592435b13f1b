import Basics
import Foundation
import Identity
import SQL
import TestKit
import Testing

/// One-time passwords as a second factor.
@Suite struct SecondFactorTests {
    /// The code that the application shows so many steps from now.
    static func code(_ secret: String, stepsFromNow: Int64 = 0) throws -> String {
        let bytes = try #require(Base32.decode(secret))
        return OneTimePassword.code(bytes, step: OneTimePassword.step(at: SystemWallClock().now()) + stepsFromNow)
    }

    /// What stands between `before` and the next `<`, or quotation mark.
    static func text(after before: String, in page: String) -> String {
        let rest = page.range(of: before).map { page[$0.upperBound...] } ?? ""
        return String(rest.prefix { $0 != "<" && $0 != "\"" })
    }

    /// Sets a second factor up; answers its secret, the recovery codes, and the code that switched it on.
    static func enrol(_ browser: Browser) async throws -> (secret: String, codes: [String], used: String) {
        try await browser.get("/account/factor")
        try await browser.submit("/account/factor", [("do", "begin"), ("password", APIWorld.password)])
        let secret = text(after: "<code>", in: await browser.text)
        // The step before, so that the present one is left for signing in.
        let used = try code(secret, stepsFromNow: -1)
        let reply = try await browser.submit("/account/factor", [("do", "confirm"), ("code", used)])
        let codes = reply.text.components(separatedBy: "<li><code>").dropFirst().map { String($0.prefix { $0 != "<" }) }
        return (secret, codes, used)
    }

    /// Appendix B of RFC 6238.
    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ])
    func codesAreThoseOfTheStandard(seconds: Int64, code: String) {
        let secret = Array("12345678901234567890".utf8)
        let step = OneTimePassword.step(at: Moment(milliseconds: seconds * 1000))
        #expect(OneTimePassword.code(secret, step: step, digits: 8) == code)
        #expect(OneTimePassword.code(secret, step: step) == code.suffix(6))
    }

    /// RFC 4648 §10.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ])
    func lettersAreThoseOfTheStandard(text: String, letters: String) {
        #expect(Base32.encode(Array(text.utf8)) == letters)
        #expect(Base32.decode(letters) == Array(text.utf8))
        #expect(Base32.decode(letters + "1") == nil)
    }

    @Test(arguments: TestDialect.allCases)
    func signingInTakesACodeAfterThePassword(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            try await browser.signIn()
            try await browser.get("/account/factor")
            let wrong = try await browser.submit("/account/factor", [("do", "begin"), ("password", "x")])
            #expect(wrong.status == 422)
            let (secret, codes, first) = try await Self.enrol(browser)
            #expect(codes.count == 10 && Set(codes).count == 10)
            #expect(try await mailbox.deliver().map(\.subject) == ["Your account has a second factor"])
            let stored = try await world.database.read {
                try $0.rows("SELECT secret FROM second_factors") { $0.text(0) }
            }
            #expect(stored.allSatisfy { $0.hasPrefix("v1:") && !$0.contains(secret) })

            let other = Browser(world)
            try await other.signIn()
            #expect(await other.location == "/login/factor")
            #expect(try await other.isSignedIn() == false)
            // The code that switched it on has been used.
            try await other.get("/login/factor?return=%2Faccount%2Fsessions")
            let used = try await other.submit("/login/factor", [("code", first)])
            #expect(used.status == 422)
            let code = try Self.code(secret)
            #expect(try await other.submit("/login/factor", [("code", code)]).status == 303)
            #expect(await other.location == "/account/sessions")
            #expect(try await other.isSignedIn())
            // So has this one, also in another browser.
            let third = Browser(world)
            try await third.signIn()
            try await third.get("/login/factor")
            #expect(try await third.submit("/login/factor", [("code", code)]).status == 422)
            // A recovery code works once, however it is written.
            let written = codes[0].uppercased().replacingOccurrences(of: "-", with: " ")
            #expect(try await third.submit("/login/factor", [("code", written)]).status == 303)
            #expect(try await third.get("/account/factor").text.contains("Recovery codes left: 9."))
            try await other.signIn()
            try await other.get("/login/factor")
            #expect(try await other.submit("/login/factor", [("code", codes[0])]).status == 422)
        }
    }

    @Test(arguments: TestDialect.allCases) func guessingEndsInALock(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, _ in
            try await browser.signIn()
            let (secret, _, _) = try await Self.enrol(browser)
            let other = Browser(world)
            // To know the password wins no further tries.
            for round in 0..<5 {
                try await other.signIn()
                #expect(await other.location == "/login/factor", "\(round)")
                try await other.get("/login/factor")
                try await other.submit("/login/factor", [("code", "00000x")])
            }
            #expect(try await other.signIn().status == 422)
            try await other.get("/login/factor")
            #expect(await other.location == "/login")
            #expect(try await browser.isSignedIn() == false)
            try await world.database.transaction { tx in
                try tx.run("UPDATE users SET locked_until = 1 WHERE locked_until IS NOT NULL")
                try tx.wake(.identity)
            }
            try await other.signIn()
            try await other.get("/login/factor")
            #expect(try await other.submit("/login/factor", [("code", try Self.code(secret))]).status == 303)
        }
    }

    @Test(arguments: TestDialect.allCases) func waitingEndsAfterFiveTriesOrTenMinutes(dialect: TestDialect) async throws
    {
        try await APIWorld.withPeople(dialect) { world, browser, _ in
            let (clock, vault, id) = (ManualWallClock(), world.vault, world.shop.customer.userID ?? 0)
            let (caller, queue) = (world.shop.customer, MailQueue(vault: vault, publicURL: "https://berth.test"))
            let secret = try await Self.prepare(world, caller, vault, queue, clock)
            @Sendable func begin() async throws -> String {
                let now = clock.now()
                return try await world.database.transaction {
                    try PendingSignIns.begin(userID: id, at: now, in: $0)?.reveal()
                } ?? ""
            }
            @Sendable func answer(_ token: String, _ code: String) async throws -> PendingSignIns.Outcome {
                let now = clock.now()
                return try await world.database.transaction { tx in
                    // The lock of the account is another test's.
                    try tx.run("UPDATE users SET failed_logins = 0")
                    return try PendingSignIns.answer(token, code: code, vault: vault, at: now, in: tx)
                }
            }
            func code(_ steps: Int64) -> String {
                OneTimePassword.code(secret, step: OneTimePassword.step(at: clock.now()) + steps)
            }
            let first = try await begin()
            #expect(try await answer(first, code(-2)) == .wrong)
            #expect(try await answer(first, code(2)) == .wrong)
            for _ in 0..<3 { #expect(try await answer(first, "x") == .wrong) }
            #expect(try await answer(first, code(1)) == .over)
            let late = try await begin()
            clock.advance(by: .seconds(601))
            #expect(try await answer(late, code(0)) == .over)
            #expect(try await answer("bth_ps_nonsense", code(0)) == .over)
            // The one before, the present and the next step count, each once, and none before the last one used.
            for (steps, outcome) in [
                (Int64(-1), PendingSignIns.Outcome.right(userID: id)), (1, .right(userID: id)), (0, .wrong),
                (1, .wrong),
            ] { #expect(try await answer(try await begin(), code(steps)) == outcome, "\(steps)") }
            // Many at once: one.
            clock.advance(by: .seconds(90))
            let (tokens, same) = (try await [begin(), begin(), begin(), begin()], code(0))
            let outcomes = try await withThrowingTaskGroup(of: PendingSignIns.Outcome.self) { group in
                for token in tokens { group.addTask { try await answer(token, same) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == .right(userID: id) } == 1)
        }
    }

    /// A second factor of the area, without pages; answers its secret.
    private static func prepare(
        _ world: APIWorld, _ caller: Caller, _ vault: Vault, _ queue: MailQueue, _ clock: ManualWallClock
    ) async throws -> [UInt8] {
        let now = clock.now()
        return try await world.database.transaction { tx in
            try SecondFactor.begin(by: caller, vault: vault, at: now, in: tx)
            let shown = try SecondFactor.enrolment(by: caller, issuer: "x", vault: vault, on: tx)
            let secret = Base32.decode(shown?.secret.reveal() ?? "") ?? []
            let code = OneTimePassword.code(secret, step: OneTimePassword.step(at: now))
            // Not yet: nobody is asked for what was not shown to work.
            #expect(try PendingSignIns.begin(userID: caller.userID ?? 0, at: now, in: tx) == nil)
            #expect(
                try SecondFactor.confirm("000", by: caller, vault: vault, mail: queue, at: now, in: tx) == nil)
            let codes = try SecondFactor.confirm(code, by: caller, vault: vault, mail: queue, at: now, in: tx)
            #expect(codes?.count == 10)
            #expect(throws: Fault.self) { try SecondFactor.begin(by: caller, vault: vault, at: now, in: tx) }
            return secret
        }
    }

    @Test(arguments: TestDialect.allCases) func itIsRemovedForACodeOrByStaff(dialect: TestDialect) async throws {
        try await APIWorld.withPeople(dialect) { world, browser, mailbox in
            try await browser.signIn()
            let (_, codes, _) = try await Self.enrol(browser)
            _ = try await mailbox.deliver()
            try await browser.get("/account/factor")
            #expect(try await browser.submit("/account/factor", [("do", "remove"), ("code", "x")]).status == 422)
            try await browser.submit("/account/factor", [("do", "codes"), ("code", codes[1])])
            let fresh = Self.text(after: "<li><code>", in: await browser.text)
            #expect(!codes.contains(fresh) && fresh.count == 19)
            try await browser.get("/account/factor")
            let old = try await browser.submit("/account/factor", [("do", "remove"), ("code", codes[2])])
            #expect(old.status == 422)
            #expect(try await browser.submit("/account/factor", [("do", "remove"), ("code", fresh)]).status == 200)
            #expect(try await mailbox.deliver().map(\.subject) == ["Your account has no second factor now"])
            #expect(try await Browser(world).signIn().headers["location"] == "/account")

            _ = try await Self.enrol(browser)
            let (id, vault) = (world.shop.customer.userID ?? 0, world.vault)
            for (caller, isAllowed) in [(world.shop.customer, false), (Caller.shell, true), (Caller.shell, false)] {
                let reset: Void? = try? await world.database.transaction {
                    try SecondFactor.reset(
                        id: id, by: caller, mail: MailQueue(vault: vault, publicURL: "https://berth.test"),
                        at: SystemWallClock().now(), in: $0)
                }
                #expect((reset != nil) == isAllowed)
            }
            #expect(try await browser.isSignedIn() == false)
            #expect(try await browser.signIn().headers["location"] == "/account")
            #expect(
                try await world.events() == [
                    "second_factor_on", "recovery_codes_renewed", "second_factor_off", "second_factor_on",
                ])
        }
    }

    /// The picture is read by zbar, the address by pyotp, which also makes the code.
    @Test func authenticatorApplicationsUnderstandIt() async throws {
        try await APIWorld.withPeople(.sqlite) { world, browser, _ in
            try await browser.signIn()
            try await browser.get("/account/factor")
            try await browser.submit("/account/factor", [("do", "begin"), ("password", APIWorld.password)])
            let page = await browser.text
            let folder = FileManager.default.temporaryDirectory.appending(path: "berth-qr-\(Random.token(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let picture = folder.appending(path: "code.pbm")
            try Data(Self.bitmap(page).utf8).write(to: picture)
            let read = try Self.run("/usr/bin/zbarimg", ["--nodbus", "--raw", "-q", picture.path])
            #expect(read.hasPrefix("otpauth://totp/berth.test:customer%40example.test?secret="), "\(read)")
            let shown = Self.text(after: "<a href=\"otpauth", in: page).replacingOccurrences(of: "&amp;", with: "&")
            #expect(read == "otpauth" + shown)
            let python = try #require(ProcessInfo.processInfo.environment["BERTH_TEST_PYTHON"])
            let code = try Self.run(
                python, ["-c", "import pyotp, sys; sys.stdout.write(pyotp.parse_uri(sys.argv[1]).now())", read])
            let done = try await browser.submit("/account/factor", [("do", "confirm"), ("code", code)])
            #expect(done.text.contains("Your recovery codes"))
        }
    }

    /// The squares of the page's picture, eight dots each.
    private static func bitmap(_ page: String) -> String {
        let side = (Int(text(after: "viewBox=\"0 0 ", in: page).split(separator: " ").first ?? "") ?? 0)
        var dark: Set<[Int]> = []
        for part in text(after: "fill=\"#000\" d=\"", in: page).split(separator: "M") {
            let numbers = part.prefix { $0 != "h" }.split(separator: " ").compactMap { Int($0) }
            dark.insert(numbers)
        }
        let rows = (0..<side * 8).map { y in
            (0..<side * 8).map { x in dark.contains([x / 8, y / 8]) ? "1" : "0" }.joined(separator: " ")
        }
        return "P1\n\(side * 8) \(side * 8)\n" + rows.joined(separator: "\n") + "\n"
    }

    /// What a program prints.
    static func run(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
