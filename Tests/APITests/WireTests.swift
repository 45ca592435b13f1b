import API
import Basics
import TestKit
import Testing

/// What arrives in a way that no honest client sends.
@Suite struct WireTests {
    private func head(_ world: APIWorld, _ line: String, _ headers: [String]) -> String {
        let fixed = ["Host: berth.test", "Authorization: Basic \(base64(world.keys[.owner] ?? ""))"]
        return ([line + " HTTP/1.1"] + fixed + headers).joined(separator: "\r\n") + "\r\n\r\n"
    }

    @Test func aBodyThatDoesNotArriveIsNotWaitedForForever() async throws {
        try await APIWorld.with(.sqlite, bodyTime: .milliseconds(200)) { world in
            let start = head(
                world, "POST /api/orders", ["Content-Type: application/json", "Content-Length: 1000"])
            let reply = try await RawConnection.exchange(world, [start, "{\"order\":"], until: RawConnection.isWhole)
            #expect(reply.hasPrefix("HTTP/1.1 408 "), "\(reply)")
            #expect(reply.hasSuffix(#"{"errors":["The body did not arrive in time."]}"#), "\(reply)")
            let after = try await world.send("GET", "/api/version")
            #expect(after.status == 200)
        }
    }

    @Test func aFormThatDoesNotArriveIsNotWaitedForForever() async throws {
        try await APIWorld.with(.sqlite, bodyTime: .milliseconds(200)) { world in
            let start = head(
                world, "POST /login", ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 100"])
            let reply = try await RawConnection.exchange(world, [start, "email="], until: RawConnection.isWhole)
            #expect(reply.hasPrefix("HTTP/1.1 408 "), "\(reply)")
        }
    }

    @Test func headersHaveALimit() async throws {
        try await APIWorld.with(.sqlite) { world in
            let large = try await world.send(
                "GET", "/api/version", headers: [("X-Large", String(repeating: "a", count: 17_000))])
            #expect(large.status == 431)
            #expect(large.errors?.first?.hasPrefix("The header fields are too large") == true)
            // Beyond what the parser takes nobody answers in words, but the connection ends and the server goes on.
            let line = "X-Huge: " + String(repeating: "a", count: 100_000)
            let huge = try await RawConnection.exchange(
                world, [head(world, "GET /api/version", [line])], until: RawConnection.isWhole)
            #expect(huge.hasPrefix("HTTP/1.1 4") || huge.isEmpty, "\(huge)")
            let after = try await world.send("GET", "/api/version")
            #expect(after.status == 200)
        }
    }

    /// RFC 9110 §5.3: a field that is sent twice is one list.
    @Test func fieldsThatAreSentTwiceCountAsOne() async throws {
        try await APIWorld.with(.sqlite) { world in
            let cases = [
                (["Accept: application/xml"], "406"),
                (["Accept: application/xml", "accept: application/json"], "200"),
                (["Accept: application/json", "Accept: application/xml; api_version=59"], "422"),
            ]
            for (headers, status) in cases {
                let sent = head(world, "GET /api/version", headers)
                let reply = try await RawConnection.exchange(world, [sent], until: RawConnection.isWhole)
                #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(reply)")
            }
        }
    }

    /// Two proxies that read a message differently can be made to see two requests in one (RFC 9112 §11.2).
    @Test(arguments: [
        ["Content-Length: 5", "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["Content-Length: 5", "Content-Length: 6"], ["Content-Length: 5, 6"], ["Content-Length: +5"],
        ["Content-Length: 0x5"], ["Content-Length: -1"], ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked, identity"], ["Transfer-Encoding : chunked"], ["Transfer-Encoding:\u{0B}chunked"],
        ["Content-Length: 99999999999999999999"],
    ])
    func ambiguousLengthsAreRefusedAndTheConnectionEnds(headers: [String]) async throws {
        try await APIWorld.with(.sqlite) { world in
            let smuggled = "GET /api/version HTTP/1.1\r\nHost: berth.test\r\nX-Request-Id: smuggled\r\n\r\n"
            let request = head(world, "POST /api/orders", ["Content-Type: application/json"] + headers)
            let reply = try await RawConnection.exchange(world, [request + "0\r\n\r\n" + smuggled])
            #expect(!reply.contains("smuggled"), "\(headers): \(reply)")
            #expect(!reply.contains("HTTP/1.1 2"), "\(headers): \(reply)")
            let after = try await world.send("GET", "/api/version")
            #expect(after.status == 200)
        }
    }
}
