import Basics
import DockerEngine
import Fleet
import Foundation
import TestKit
import Testing

/// TCP with mutual TLS, ended by socat in front of the engine's socket.
struct TLSTests {
    @Test func everythingWorksOverMutualTLS() async throws {
        try await withTLSEngine { address, certificates in
            let endpoint = EngineEndpoint(address: address, tlsDirectory: certificates)
            try await TestEngine.run(proxied: endpoint) { world in
                let spec = try await world.running(command: ["sh", "-c", "echo ready; sleep 3600"])
                for try await line in world.engine.logs(of: spec.name, sinceMicroseconds: 0) {
                    #expect(line.line == "ready")
                    break
                }
                let result = try await world.engine.execute(
                    in: spec.name, argv: ["sh", "-c", "read line; echo got $line; exit 4"], input: Array("it\n".utf8))
                #expect(String(decoding: result.output, as: UTF8.self) == "got it\n")
                #expect(result.exitCode == 4)
            }
        }
    }

    @Test func strangersOnEitherSideAreRefused() async throws {
        try await withTLSEngine { address, certificates in
            let port = address.split(separator: ":").last ?? ""
            let other = try Certificates.make()
            defer { try? FileManager.default.removeItem(atPath: other) }
            // Ours is signed by an authority the server does not know, and we do not know the server's.
            let stranger = try DockerEngine(EngineEndpoint(address: "tcp://127.0.0.1:\(port)", tlsDirectory: other))
            let fault = await #expect(throws: Fault.self) { try await stranger.facts() }
            #expect(fault?.code == .unavailable)
            // Right certificates, wrong name.
            let elsewhere = try DockerEngine(
                EngineEndpoint(address: "tcp://127.0.0.2:\(port)", tlsDirectory: certificates))
            #expect(await #expect(throws: Fault.self) { try await elsewhere.facts() }?.code == .unavailable)
            let plain = try DockerEngine(EngineEndpoint(address: "tcp://127.0.0.1:\(port)", tlsDirectory: nil))
            #expect(await #expect(throws: Fault.self) { try await plain.facts() }?.code == .unavailable)
        }
    }

    @Test func missingCertificatesAreNamed() {
        let fault = #expect(throws: Fault.self) {
            try DockerEngine(EngineEndpoint(address: "tcp://127.0.0.1:2376", tlsDirectory: "/nonexistent"))
        }
        #expect(fault?.sentences.first?.contains("/nonexistent") == true)
    }
}
