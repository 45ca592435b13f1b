import API
import Basics
import Foundation
import TestKit
import Testing

/// Answers that are made smaller on the way.
@Suite struct CompressionTests {
    /// What the named program of the system makes of `bytes`.
    private func unpack(_ program: [String], _ bytes: [UInt8]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = program
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
        try input.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }

    @Test(arguments: [
        ("gzip", "gzip", ["gzip", "-dc"]), ("gzip;q=0.5, br", "br", ["brotli", "-dc"]),
        ("br;q=0.1, gzip;q=0.9", "gzip", ["gzip", "-dc"]), ("*", "br", ["brotli", "-dc"]),
    ])
    func whoCanReadItGetsLess(accept: String, coding: String, program: [String]) async throws {
        try await APIWorld.with(.sqlite) { world in
            let plain = try await world.send("GET", "/api/openapi.json")
            #expect(plain.headers["content-encoding"] == nil)
            let packed = try await world.send("GET", "/api/openapi.json", headers: [("Accept-Encoding", accept)])
            #expect(packed.headers["content-encoding"] == coding)
            #expect(packed.headers["vary"] == "Accept-Encoding")
            #expect(packed.bytes.count < plain.bytes.count / 4)
            #expect(packed.headers["etag"] == plain.headers["etag"])
            let unpacked = try unpack(program, packed.bytes)
            #expect(unpacked == plain.text)
        }
    }

    @Test func whoCannotReadItAndWhatIsSmallIsLeftAlone() async throws {
        try await APIWorld.with(.sqlite) { world in
            for accept in ["identity", "gzip;q=0", "gzip;q=0, br;q=0.0", "deflate, zstd", ";;q=,", ""] {
                let reply = try await world.send(
                    "GET", "/api/openapi.json", headers: [("Accept-Encoding", accept)])
                #expect(reply.status == 200)
                #expect(reply.headers["content-encoding"] == nil, "\(accept)")
            }
            let small = try await world.send("GET", "/api/version", headers: [("Accept-Encoding", "gzip, br")])
            #expect(small.headers["content-encoding"] == nil)
        }
    }

    @Test func packedBodiesAreNotUnpacked() async throws {
        try await APIWorld.with(.sqlite) { world in
            // 10 MB of zeros, packed to some kilobytes; it would be over the limit only once it is unpacked.
            let bomb = try unpack(["sh", "-c", "head -c 10000000 /dev/zero | gzip -9 | base64 -w0"], [])
            let bytes = Array(Data(base64Encoded: bomb) ?? Data())
            #expect((1..<20_000).contains(bytes.count))
            for coding in ["gzip", "br", "deflate", "GZIP, gzip"] {
                let reply = try await world.raw(
                    "POST", "/api/orders",
                    [
                        ("Authorization", "Basic \(base64(world.keys[.owner] ?? ""))"),
                        ("Content-Type", "application/json"), ("Content-Encoding", coding),
                    ], bytes)
                #expect(reply.status == 415, "\(coding)")
                #expect(reply.errors == ["Bodies are taken as they are. Send no Content-Encoding."])
            }
        }
    }
}
