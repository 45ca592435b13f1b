import Basics
import Foundation
import Identity
import SQL
import TestKit
import Testing

/// What authenticators and settings say, however wrong.
@Suite struct PasskeyInputTests {
    /// Whatever an authenticator says is taken or refused; it never ends the process.
    @Test func nonsenseIsRefused() async throws {
        try await APIWorld.withPeople(.sqlite) { world, _, _ in
            let site = try #require(PasskeySite(publicURL: "https://berth.test"))
            let (caller, id) = (world.shop.customer, world.shop.customer.userID)
            let (vault, now) = (world.vault, SystemWallClock().now())
            let good = try SoftAuthenticator.Kind.allCases.map { try SoftAuthenticator($0).attestation() }
            @Sendable func base64url(_ bytes: [UInt8]) -> String {
                Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                    .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
            }
            func attempt(_ attestation: [UInt8]) async throws -> String? {
                try await world.database.transaction { tx in
                    let challenge = try PasskeyChallenges.make(.register, userID: id, at: now, in: tx)
                    let client = JSONValue.object([
                        "type": .string("webauthn.create"), "origin": .string(site.origin),
                        "challenge": .string(challenge),
                    ]).compact
                    return try Passkeys.register(
                        Passkeys.Registration(
                            clientData: base64url(Array(client.utf8)), attestation: base64url(attestation)),
                        name: "x", site: site, by: caller, mail: MailQueue(vault: vault, publicURL: site.origin),
                        at: now, in: tx)
                }
            }
            for each in good { #expect(try await attempt(each) == nil) }
            var generator = SystemRandomNumberGenerator()
            for round in 0..<2000 {
                var bytes = good[round % good.count]
                switch round % 4 {
                case 0: bytes = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator)))
                case 1: bytes.append(UInt8.random(in: .min ... .max, using: &generator))
                case 2:
                    for _ in 0..<Int.random(in: 1...4, using: &generator) {
                        let place = Int.random(in: 0..<bytes.count, using: &generator)
                        bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
                    }
                default:
                    bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                        UInt8.random(in: .min ... .max, using: &generator)
                    }
                }
                _ = try await attempt(bytes)
            }
            // Lengths that promise what is not there, depth without end, keys that come twice, and what is no key.
            let odd: [[UInt8]] = [
                [], [0xBF], [0x5B] + [UInt8](repeating: 0xFF, count: 8),
                [0x9B, 0x7F] + [UInt8](repeating: 0xFF, count: 7),
                [UInt8](repeating: 0x81, count: 60_000), [0xBA, 0xFF, 0xFF, 0xFF, 0xFF], [0xA2, 1, 1, 1, 1], [0x1C],
                [0xFB, 0, 0, 0, 0, 0, 0, 0, 0], [0xC0, 0x00], [0x62, 0xFF, 0xFE],
                [0x3B] + [UInt8](repeating: 0xFF, count: 8),
            ]
            for bytes in odd { #expect(try await attempt(bytes) == Passkeys.notOurs) }
        }
    }

    @Test(arguments: [
        ("https://Berth.example", "https://berth.example", "berth.example"),
        ("https://berth.example:443", "https://berth.example", "berth.example"),
        ("https://berth.example:8443", "https://berth.example:8443", "berth.example"),
        ("http://localhost:8080", "http://localhost:8080", "localhost"),
    ])
    func sitesAreWhatBrowsersCallThem(url: String, origin: String, id: String) {
        let site = PasskeySite(publicURL: url)
        #expect(site?.origin == origin && site?.id == id)
    }

    @Test(arguments: ["http://berth.example", "https://127.0.0.1", "http://127.0.0.1:8080", "https://[::1]:1"])
    func someAddressesHaveNoPasskeys(url: String) { #expect(PasskeySite(publicURL: url) == nil) }
}
