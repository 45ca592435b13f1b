import Basics
import DockerEngine
import Fleet
import Foundation

/// Runs `body` with socat before the test engine's socket, on a TCP port of every address of the machine, demanding a
/// client certificate. `address` names 127.0.0.1, as the server's certificate does; `certificates` is the folder with
/// our files.
package func withTLSEngine<T>(
    isolation: isolated (any Actor)? = #isolation, _ body: (_ address: String, _ certificates: String) async throws -> T
) async throws -> T {
    let certificates = try Certificates.make()
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
    let address = "tcp://127.0.0.1:\(port)"
    let engine = try DockerEngine(EngineEndpoint(address: address, tlsDirectory: certificates))
    let deadline = ContinuousClock.now + .seconds(10)
    while (try? await engine.ping()) == nil, ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(50))
    }
    return try await body(address, certificates)
}

/// Certificates for a test of TLS.
package enum Certificates {
    /// A folder with an authority, a server certificate for 127.0.0.1, or for another subjectAltName, and a client
    /// certificate, made by openssl.
    package static func make(server name: String = "IP:127.0.0.1") throws -> String {
        let folder = "/tmp/berth-tls-\(Random.token(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        try openssl(
            ["req", "-x509"] + curve + [
                "-keyout", "\(folder)/ca-key.pem", "-out", "\(folder)/ca.pem", "-subj",
                "/CN=berth test \(Random.token(6))",
            ])
        for (name, file, extras) in [
            ("server", "server", ["-addext", "subjectAltName=\(name)"]), ("client", "", []),
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
