import Basics
import DockerEngine
import Fleet
import Foundation
import TestKit
import Testing

/// TCP with mutual TLS, ended by socat in front of the engine's socket.
struct TLSTests {
    @Test func everythingWorksOverMutualTLS() async throws {
        try await withTLSEngine { port, certificates in
            let endpoint = EngineEndpoint(address: "tcp://127.0.0.1:\(port)", tlsDirectory: certificates)
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
        try await withTLSEngine { port, certificates in
            let other = try await Certificates.make()
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

    /// Runs `body` with socat listening on a port of 127.0.0.1 and 127.0.0.2, demanding a client certificate.
    private func withTLSEngine(_ body: (_ port: Int, _ certificates: String) async throws -> Void) async throws {
        let certificates = try await Certificates.make()
        defer { try? FileManager.default.removeItem(atPath: certificates) }
        let socket = try TestEngine.endpoint().address.dropFirst("unix://".count)
        let port = Int.random(in: 20_000...29_999)
        let files = "cert=\(certificates)/server.pem,key=\(certificates)/server-key.pem,cafile=\(certificates)/ca.pem"
        let socat = Process()
        socat.executableURL = URL(fileURLWithPath: "/usr/bin/socat")
        socat.arguments = [
            "-t60", "OPENSSL-LISTEN:\(port),bind=0.0.0.0,reuseaddr,fork,\(files),verify=1", "UNIX-CONNECT:\(socket)",
        ]
        socat.standardError = FileHandle.nullDevice
        socat.standardOutput = FileHandle.nullDevice
        try socat.run()
        defer {
            // Not SIGTERM: the child inherits a mask that blocks it.
            kill(socat.processIdentifier, SIGKILL)
            socat.waitUntilExit()
        }
        let engine = try DockerEngine(EngineEndpoint(address: "tcp://127.0.0.1:\(port)", tlsDirectory: certificates))
        let deadline = ContinuousClock.now + .seconds(10)
        while (try? await engine.ping()) == nil, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        try await body(port, certificates)
    }
}

private enum Certificates {
    /// A folder with an authority, a server certificate for 127.0.0.1, and a client certificate, made by openssl.
    static func make() async throws -> String {
        let folder = "/tmp/berth-tls-\(Random.token(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        try openssl(
            ["req", "-x509"] + curve + [
                "-keyout", "\(folder)/ca-key.pem", "-out", "\(folder)/ca.pem", "-subj",
                "/CN=berth test \(Random.token(6))",
            ])
        for (name, file, extras) in [
            ("server", "server", ["-addext", "subjectAltName=IP:127.0.0.1"]), ("client", "", []),
        ] {
            let key = file.isEmpty ? "key.pem" : "\(file)-key.pem"
            let certificate = file.isEmpty ? "cert.pem" : "\(file).pem"
            try openssl(
                ["req", "-x509"] + curve + [
                    "-CA", "\(folder)/ca.pem", "-CAkey", "\(folder)/ca-key.pem", "-keyout", "\(folder)/\(key)",
                    "-out", "\(folder)/\(certificate)", "-subj", "/CN=\(name)", "-addext",
                    "basicConstraints=critical,CA:FALSE",
                ] + extras)
        }
        return folder
    }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Fault(.unavailable, "openssl \(arguments[0]) failed with \(process.terminationStatus).")
        }
    }
}
