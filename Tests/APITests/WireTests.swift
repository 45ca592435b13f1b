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
}
