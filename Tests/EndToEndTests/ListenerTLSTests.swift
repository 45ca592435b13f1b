import Foundation
import TestKit
import Testing

/// HTTPS without a proxy in front.
struct ListenerTLSTests {
    private func certificate(_ folder: URL, _ name: String) throws -> (certificate: String, key: String) {
        let certificate = folder.appending(path: "\(name).pem").path
        let key = folder.appending(path: "\(name).key").path
        try Command.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
                certificate,
            ])
        return (certificate, key)
    }

    /// The status, the version of HTTP, and the body, as curl sees them.
    private func curl(_ world: World, _ arguments: [String]) throws -> Command.Output {
        try Command.run(
            "/usr/bin/curl",
            ["-sS", "--max-time", "10", "-w", "\n%{http_code} %{http_version}"] + arguments, mustSucceed: false)
    }

    @Test func http2IsSpokenOverTLSAndOldVersionsAreRefused() async throws {
        try await inWorld(.sqlite) { world in
            let files = try certificate(world.folder, "server")
            let url = "https://localhost:\(world.listenPort)/healthz"
            let trusted = ["--resolve", "localhost:\(world.listenPort):127.0.0.1", "--cacert", files.certificate]
            let process = try world.launch([
                "BERTH_TLS_CERTIFICATE": files.certificate, "BERTH_TLS_KEY": files.key, "BERTH_ROLES": "api",
            ])
            try await eventually("the server answers over TLS", seconds: 30) {
                try curl(world, trusted + [url]).text.hasPrefix("ok") || !process.isRunning
            }
            let second = try curl(world, trusted + ["--http2", url])
            #expect(second.text == "ok\n\n200 2")
            let first = try curl(world, trusted + ["--http1.1", url])
            #expect(first.text == "ok\n\n200 1.1")
            let old = try curl(world, trusted + ["--tls-max", "1.1", url])
            #expect(old.status != 0)
            let plain = try curl(world, ["http://127.0.0.1:\(world.listenPort)/healthz"])
            #expect(plain.status != 0)
            // HTTP/2 announces its limit of header fields, and ends the stream of whoever exceeds it.
            let large = try curl(
                world,
                trusted + [
                    "--http2", "-H", "X-Large: \(String(repeating: "a", count: 17_000))", "-o",
                    "/dev/null", "https://localhost:\(world.listenPort)/api/version",
                ])
            #expect(large.status != 0 && !large.text.contains("200"), "\(large.text) \(large.errors)")
            let after = try curl(world, trusted + ["--http2", url])
            #expect(after.text == "ok\n\n200 2")
        }
    }

    @Test func whatDoesNotFitTogetherIsSaidAtTheStart() async throws {
        try await inWorld(.sqlite) { world in
            let (one, other) = (try certificate(world.folder, "one"), try certificate(world.folder, "other"))
            let wrong: [([String: String], String)] = [
                (["BERTH_TLS_CERTIFICATE": one.certificate], "BERTH_TLS_KEY is missing"),
                (["BERTH_TLS_KEY": one.key], "BERTH_TLS_CERTIFICATE is missing"),
                (
                    ["BERTH_TLS_CERTIFICATE": one.certificate, "BERTH_TLS_KEY": other.key],
                    "is not the key of \(one.certificate)"
                ),
                (["BERTH_TLS_CERTIFICATE": "/nowhere.pem", "BERTH_TLS_KEY": one.key], "/nowhere.pem cannot be read"),
                (["BERTH_TLS_CERTIFICATE": one.key, "BERTH_TLS_KEY": one.key], "\(one.key) cannot be read"),
            ]
            for (settings, sentence) in wrong {
                let ended = try Command.run(
                    Command.required("BERTH_TEST_BINARY"), ["serve"],
                    environment: world.settings.merging(settings) { _, new in new }, folder: world.folder,
                    mustSucceed: false)
                #expect(ended.status == 65, "\(settings)")
                #expect(ended.errors.contains(sentence), "\(settings): \(ended.errors)")
            }
        }
    }
}
