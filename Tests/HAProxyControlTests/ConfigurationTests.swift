import Basics
import Edge
import Foundation
import HAProxyControl
import Testing

/// The text HAProxy gets: golden files, which HAProxy itself must accept, and what must never become text.
struct ConfigurationTests {
    static let states: [(name: String, state: IngressState)] = [
        ("empty", IngressState(httpPort: 80, routes: [], backends: [], candidates: [])),
        (
            "typical",
            IngressState(
                httpPort: 8081,
                routes: [
                    .init(host: "shop.example.org", backend: "rule-12"),
                    .init(host: "quiet-otter-3.apps.example", backend: "rule-3"),
                    .init(host: "www.shop.example.org", backend: "rule-12"),
                ],
                backends: [
                    .init(
                        name: "rule-12",
                        servers: [
                            .init(name: "instance-9", address: "10.64.3.36", port: 443),
                            .init(name: "instance-31", address: "fd00:64::3", port: 443),
                        ], useTLS: true),
                    .init(
                        name: "rule-3", servers: [.init(name: "instance-4", address: "10.64.3.34", port: 80)],
                        useTLS: false),
                    .init(name: "rule-5", servers: [], useTLS: false),
                    .init(
                        name: "rule-8", servers: [.init(name: "instance-20", address: "10.64.4.2", port: 443)],
                        opening: [.init(name: "instance-21", address: "10.64.4.3", port: 443)], useTLS: true),
                ],
                candidates: [.init(name: "instance-32", address: "10.64.3.37", port: 8080)])
        ),
    ]

    @Test(arguments: states.map(\.name)) func textIsAsReviewedAndHAProxyAcceptsIt(name: String) throws {
        let state = try #require(Self.states.first { $0.name == name }).state
        let rendered = try HAProxyConfiguration(state)
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
        for (file, text) in [("haproxy.cfg", rendered.configuration), ("hosts.map", rendered.map)] {
            let golden = folder.appending(path: file)
            if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try text.write(to: golden, atomically: true, encoding: .utf8)
            }
            let expected = try? String(contentsOf: golden, encoding: .utf8)
            #expect(text == expected, "\(golden.path) differs: if that is meant, run the test with UPDATE_GOLDEN=1")
        }
        #expect(try Self.complaint(aboutConfigurationIn: folder) == nil)
    }

    @Test func orderDoesNotMatter() throws {
        let state = try #require(Self.states.last).state
        let shuffled = IngressState(
            httpPort: state.httpPort, routes: state.routes.reversed(),
            backends: state.backends.reversed().map {
                .init(
                    name: $0.name, servers: $0.servers.reversed(), opening: $0.opening.reversed(), useTLS: $0.useTLS)
            }, candidates: state.candidates.reversed())
        #expect(try HAProxyConfiguration(state) == HAProxyConfiguration(shuffled))
    }

    @Test func aHostChangesTheMapOnly() throws {
        var state = try #require(Self.states.last).state
        let before = try HAProxyConfiguration(state)
        state.routes.append(.init(host: "new.example", backend: "rule-5"))
        let after = try HAProxyConfiguration(state)
        #expect(before.configuration == after.configuration)
        #expect(before.map != after.map)
        #expect(before.name != after.name)
    }

    @Test func aServerThatGoesIntoServiceNeedsNoReload() throws {
        var state = try #require(Self.states.last).state
        let before = try HAProxyConfiguration(state)
        state.backends = state.backends.map {
            .init(name: $0.name, servers: $0.servers + $0.opening, useTLS: $0.useTLS)
        }
        let after = try HAProxyConfiguration(state)
        #expect(before.configuration.replacing(" disabled", with: "") == after.configuration)
        #expect(before.map != after.map)
        #expect(before.name != after.name)
    }

    @Test(arguments: [
        "", "a b", "a\nb", "a\r\nb", "a\tb", "a\"b", "a'b", "a\\b", "a#b", "a{b", "a%[b]", "a,b", "a/b", "A.example",
        "ä.example", "a..b", ".a", "a.", "!generation", "a:80", "${HOME}", "a\u{0}b", "a\u{2028}b",
        String(repeating: "a", count: 64), String(repeating: "a.", count: 127),
    ])
    func hostsThatWouldBeConfigurationAreRefused(host: String) {
        #expect(throws: Fault.self) {
            try HAProxyConfiguration(
                IngressState(
                    httpPort: 80, routes: [.init(host: host, backend: "b")],
                    backends: [.init(name: "b", servers: [], useTLS: false)], candidates: []))
        }
    }

    @Test(arguments: ["", "a b", "a\n", "a\"", "A", "ä", "unknown-host", "candidates", "a.b", "a;b", "$a"])
    func namesThatWouldBeConfigurationAreRefused(name: String) {
        #expect(throws: Fault.self) {
            try HAProxyConfiguration(
                IngressState(
                    httpPort: 80, routes: [], backends: [.init(name: name, servers: [], useTLS: false)], candidates: []
                ))
        }
    }

    @Test(arguments: [
        "", "localhost", "10.0.0.1 disabled", "10.0.0.1\n", "unix@/x", "1234", "10.0.0.1:80\"", "fd00::%1",
    ])
    func addressesThatWouldBeConfigurationAreRefused(address: String) {
        let server = IngressState.Server(name: "s", address: address, port: 80)
        #expect(throws: Fault.self) {
            try HAProxyConfiguration(IngressState(httpPort: 80, routes: [], backends: [], candidates: [server]))
        }
        #expect(throws: Fault.self) {
            try HAProxyConfiguration(
                IngressState(
                    httpPort: 80, routes: [], backends: [.init(name: "b", servers: [server], useTLS: false)],
                    candidates: []))
        }
    }

    @Test func whatContradictsItselfIsRefused() {
        let server = IngressState.Server(name: "s", address: "10.0.0.1", port: 80)
        let backend = IngressState.Backend(name: "b", servers: [server], useTLS: false)
        let route = IngressState.Route(host: "a.example", backend: "b")
        let wrong = [
            IngressState(httpPort: 0, routes: [], backends: [], candidates: []),
            IngressState(httpPort: 65536, routes: [], backends: [], candidates: []),
            IngressState(httpPort: 80, routes: [route], backends: [], candidates: []),
            IngressState(httpPort: 80, routes: [route, route], backends: [backend], candidates: []),
            IngressState(httpPort: 80, routes: [], backends: [backend, backend], candidates: []),
            IngressState(httpPort: 80, routes: [], backends: [], candidates: [server, server]),
            IngressState(
                httpPort: 80, routes: [], backends: [],
                candidates: [.init(name: "s", address: "10.0.0.1", port: 70_000)]),
        ]
        for state in wrong { #expect(throws: Fault.self) { try HAProxyConfiguration(state) } }
    }

    /// What the installed HAProxy says against the files; nil when it accepts them. It stands in for the image's user
    /// and folder, which are not on this machine.
    private static func complaint(aboutConfigurationIn folder: URL) throws -> String? {
        let copy = FileManager.default.temporaryDirectory.appending(path: "berth-golden-\(Random.token(8))")
        try FileManager.default.copyItem(at: folder, to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        let file = copy.appending(path: "haproxy.cfg")
        let text = try String(contentsOf: file, encoding: .utf8)
            .replacing("    user haproxy\n    group haproxy\n", with: "")
        try text.write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/sbin/haproxy")
        process.arguments = ["-c", "-f", file.path]
        process.environment = ["BERTH_IPV6": "yes"]
        process.standardError = output
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let warned = String(decoding: said, as: UTF8.self).split(separator: "\n").filter {
            $0.contains("[WARNING]") || $0.contains("[ALERT]")
        }
        return process.terminationStatus == 0 && warned.isEmpty ? nil : String(decoding: said, as: UTF8.self)
    }
}
