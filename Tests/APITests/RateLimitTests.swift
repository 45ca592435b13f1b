import API
import Basics
import Contract
import Identity
import SQL
import TestKit
import Testing

/// What happens to those who ask too often.
@Suite struct RateLimitTests {
    private func limits(_ kind: RateLimit.Kind, _ quota: Int64, _ seconds: Int64 = 300) -> RateLimits {
        var limits = RateLimits.off
        limits[kind] = RateLimit(kind, quota: quota, seconds: seconds)
        return limits
    }

    @Test func everyAnswerSaysWhatIsLeft() async throws {
        try await APIWorld.with(.sqlite, limits: .standard) { world in
            let reply = try await world.send("GET", "/api/version")
            #expect(reply.status == 200)
            #expect(reply.headers["ratelimit-limit"] == "2500")
            #expect(reply.headers["ratelimit-remaining"] == "2499")
            #expect((1...300).contains(Int(reply.headers["ratelimit-reset"] ?? "") ?? 0))
            #expect(reply.headers["ratelimit-policy"]?.hasSuffix(";q=2500;w=300") == true)
            #expect(reply.headers["ratelimit"]?.contains(";r=2499;t=") == true)
            for path in ["/api/no/such/thing", "/login"] {
                let other = try await world.send("GET", path)
                #expect(other.headers["ratelimit-limit"] == "2500", "\(path)")
            }
            let probe = try await world.send("GET", "/healthz")
            #expect(probe.headers["ratelimit-limit"] == nil)
        }
    }

    @Test(arguments: [RateLimit.Kind.address, .credential])
    func underParallelLoadExactlyTheQuotaIsServed(kind: RateLimit.Kind) async throws {
        try await APIWorld.with(.sqlite, limits: limits(kind, 40)) { world in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<200 { group.addTask { try await world.send("GET", "/api/version").status } }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 40, 429: 160])
            let refused = try await world.send("GET", "/api/version")
            #expect(refused.status == 429)
            #expect(refused.errors?.first?.hasPrefix("Too many requests. Try again in ") == true)
            #expect((1...600).contains(Int(refused.headers["retry-after"] ?? "") ?? 0))
            #expect(refused.headers["ratelimit-remaining"] == "0")
            // Others are not affected by what one credential did, but by what their address did.
            let other = try await world.send("GET", "/api/version", as: .stranger)
            #expect(other.status == (kind == .credential ? 200 : 429))
        }
    }

    @Test func noHeaderLeadsAroundIt() async throws {
        try await APIWorld.with(.sqlite, limits: limits(.address, 3)) { world in
            for _ in 0..<3 {
                let status = try await world.send("GET", "/api/version").status
                #expect(status == 200)
            }
            for (name, value) in [
                ("X-Forwarded-For", "203.0.113.9"), ("X-Real-IP", "203.0.113.9"), ("Forwarded", "for=203.0.113.9"),
                ("True-Client-IP", "203.0.113.9"), ("X-Request-Id", "another"), ("Accept", "application/problem+json"),
                ("X-HTTP-Method-Override", "OPTIONS"),
            ] {
                let reply = try await world.send("GET", "/api/version", headers: [(name, value)])
                #expect(reply.status == 429, "\(name)")
            }
            let options = try await world.send("OPTIONS", "/api/version")
            #expect(options.status == 429)
        }
    }

    @Test func aTrustedProxyTellsClientsApart() async throws {
        let proxies = [try IPNetwork("127.0.0.0/8"), try IPNetwork("10.0.0.0/8")]
        try await APIWorld.with(.sqlite, limits: limits(.address, 1), proxies: proxies) { world in
            let visits = [
                ("203.0.113.1", 200), ("203.0.113.1", 429), ("203.0.113.2", 200),
                // What the client wrote itself stands before what the proxies have seen.
                ("198.51.100.1, 203.0.113.1, 10.1.2.3", 429),
                // All of one network of IPv6 is one customer's.
                ("2001:db8:1:2::1", 200), ("2001:db8:1:2:ffff::1", 429), ("2001:db8:1:3::1", 200),
                // Nonsense is not believed: that is the proxy itself then.
                ("nobody", 200), ("unknown", 429),
            ]
            for (chain, status) in visits {
                let reply = try await world.send("GET", "/api/version", headers: [("X-Forwarded-For", chain)])
                #expect(reply.status == status, "\(chain)")
            }
        }
    }

    @Test func guessingKeysEndsSoonAndLocksNobodyOut() async throws {
        var limits = limits(.failure, 4, 60)
        limits[.failureOfName] = RateLimit(.failureOfName, quota: 2, seconds: 60)
        try await APIWorld.with(.sqlite, limits: limits) { world in
            let owner = world.keys[.owner]?.split(separator: ":").first.map(String.init) ?? ""
            func guess(_ name: String, _ number: Int) async throws -> Int {
                try await world.raw(
                    "GET", "/api/version", [("Authorization", "Basic \(base64("\(name):guess\(number)"))")], nil
                ).status
            }
            let before = try await world.send("GET", "/api/version")
            #expect(before.status == 200)
            let guesses = [
                (owner, 401), (owner, 401), (owner, 429),
                // Two more for other names; then the address has had its share.
                ("a", 401), ("b", 401), ("c", 429),
            ]
            for (number, (name, status)) in guesses.enumerated() {
                let got = try await guess(name, number)
                #expect(got == status, "\(name), \(number)")
            }
            let after = try await world.send("GET", "/api/version", as: .token)
            #expect(after.status == 200)
        }
    }

    @Test func tokensAndFormsHaveTheirOwnLimits() async throws {
        var limits = limits(.token, 2, 60)
        limits[.form] = RateLimit(.form, quota: 2, seconds: 20)
        try await APIWorld.with(.sqlite, limits: limits) { world in
            func token(_ client: String) async throws -> APIWorld.Reply {
                try await world.raw(
                    "POST", "/api/oauth/token", [("Content-Type", "application/x-www-form-urlencoded")],
                    Array("grant_type=client_credentials&client_id=\(client)&client_secret=x".utf8))
            }
            for client in ["one", "one", "two"] {
                let reply = try await token(client)
                #expect(reply.status == 401)
            }
            let refused = try await token("one")
            #expect(refused.status == 429)
            #expect(refused.oauthError == "temporarily_unavailable")
            #expect(refused.headers["retry-after"] != nil)
            // Devices ask within the same limit.
            let device = try await world.raw(
                "POST", "/api/oauth/device_authorization", [("Content-Type", "application/x-www-form-urlencoded")],
                Array("client_id=one".utf8))
            #expect(device.status == 429)
            func signIn() async throws -> Int {
                try await world.raw(
                    "POST", "/login", [("Content-Type", "application/x-www-form-urlencoded")],
                    Array("email=a@example.test&password=x".utf8)
                ).status
            }
            for _ in 0..<2 {
                let status = try await signIn()
                #expect(status != 429)
            }
            let third = try await signIn()
            #expect(third == 429)
            let page = try await world.send("GET", "/login")
            #expect(page.status == 200)
        }
    }
}

/// How requests are counted.
@Suite struct RateLimiterTests {
    private let key = RateKey(.address, IPAddress("203.0.113.7"))

    private func limiter(_ quota: Int64, _ seconds: Int64, _ clock: ManualWallClock) -> RateLimiter {
        var limits = RateLimits.off
        limits[.address] = RateLimit(.address, quota: quota, seconds: seconds)
        return RateLimiter(limits, clock: clock)
    }

    @Test func theWindowSlides() throws {
        let clock = ManualWallClock(Moment(milliseconds: 1_000_000_000))
        let limiter = limiter(100, 100, clock)
        for _ in 0..<100 { #expect(limiter.take(key)?.isExceeded == false) }
        let refused = try #require(limiter.take(key))
        #expect(refused.isExceeded && refused.remaining == 0)
        // At the turn of the window all of it still counts; half a window later half of it.
        clock.advance(by: .seconds(100))
        #expect(limiter.take(key)?.isExceeded == true)
        clock.advance(by: .seconds(50))
        #expect(limiter.look(key)?.remaining == 50)
        clock.advance(by: .seconds(50))
        #expect(limiter.look(key)?.remaining == 100)
    }

    @Test func whatIsToldToWaitIsEnoughAndNotMuchMore() throws {
        let clock = ManualWallClock(Moment(milliseconds: 1_000_000_000))
        let limiter = limiter(10, 60, clock)
        for round in 0..<50 {
            while let budget = limiter.take(key), !budget.isExceeded {}
            let wait = try #require(limiter.look(key)).retrySeconds
            #expect((1...120).contains(wait), "round \(round)")
            clock.advance(by: .seconds(wait))
            #expect(limiter.look(key)?.isExceeded == false, "round \(round), \(wait) s")
        }
    }

    @Test func aClockThatIsSetBackForgivesNothing() {
        let clock = ManualWallClock(Moment(milliseconds: 1_000_000_000))
        let limiter = limiter(5, 60, clock)
        for _ in 0..<5 { _ = limiter.take(key) }
        clock.advance(by: .seconds(-100_000))
        #expect(limiter.take(key)?.isExceeded == true)
    }

    @Test func processesOnPostgreSQLCountTogether() async throws {
        try await withDatabase(.postgres) { database in
            let clock = ManualWallClock(Moment(milliseconds: 1_000_000_000))
            let (one, other) = (limiter(10, 60, clock), limiter(10, 60, clock))
            for _ in 0..<6 { _ = one.take(key) }
            _ = other.take(key)
            await one.share(on: database)
            await other.share(on: database)
            #expect(other.look(key)?.remaining == 3)
            for _ in 0..<3 { #expect(other.take(key)?.isExceeded == false) }
            #expect(other.take(key)?.isExceeded == true)
            await other.share(on: database)
            _ = one.take(key)
            await one.share(on: database)
            #expect(one.take(key)?.isExceeded == true)
            // Both know in the next window what was in the one before.
            clock.advance(by: .seconds(60))
            #expect(one.look(key).map { $0.remaining < 10 } == true)
            #expect(other.look(key).map { $0.remaining < 10 } == true)
        }
    }
}
