import Foundation
import TestKit
import Testing

/// `script/up --demo`, the first thing a newcomer runs, in a folder like a fresh clone. Only the toolchain is not the
/// real one: the binary is built already.
struct ScriptUpTests {
    @Test func theDemonstrationAnswersAndASecondRunChangesNothing() async throws {
        let clone = try Clone()
        do {
            let first = try clone.run("script/up --demo")
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.text.contains("HTTP/1.1 200"), "\(first.text)")
            #expect(first.text.contains("Hello from "))
            let before = try clone.state()
            #expect(before.contains { $0.hasPrefix("projects|1") })
            let second = try clone.run("script/up --demo")
            #expect(second.status == 0, "\(second.errors)")
            #expect(second.text.contains("HTTP/1.1 200"))
            #expect(second.errors.contains("Ordering") == false)
            #expect(try clone.state() == before)
            // What customers run goes on without the server.
            let containers = try clone.containers()
            #expect(try clone.run("script/up --down").status == 0)
            #expect(!clone.serverRuns)
            #expect(try clone.containers() == containers)
        } catch {
            Issue.record("\(error)\n\(clone.serverLog())")
        }
        clone.remove()
    }
}

/// A copy of what `script/up` needs of the project.
private struct Clone {
    let folder: URL
    private let environment: [String: String]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "berth-up-\(UUID().uuidString)")
        let tools = folder.appending(path: "tools")
        try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
        for part in ["script", "images", "catalogue"] {
            try FileManager.default.copyItem(
                at: World.projectFolder.appending(path: part), to: folder.appending(path: part))
        }
        let binary = URL(filePath: try Command.required("BERTH_TEST_BINARY"))
        let swift = """
            #!/bin/sh
            case "$*" in *--show-bin-path*) echo '\(binary.deletingLastPathComponent().path)' ;; esac
            """
        _ = FileManager.default.createFile(
            atPath: tools.appending(path: "swift").path, contents: Data(swift.utf8),
            attributes: [.posixPermissions: 0o755])
        environment = [
            "PATH": "\(tools.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")",
            "DOCKER_HOST": try Command.required("BERTH_TEST_DOCKER"), "BERTH_LISTEN": "127.0.0.1:\(try freePort())",
            "BERTH_METRICS_LISTEN": "off",
        ]
    }

    /// The server outlives the script. Without our open files, or Foundation would wait for it too.
    func run(_ command: String) throws -> Command.Output {
        let alone = """
            (for file in /proc/$BASHPID/fd/*; do
                number=${file##*/}; [ "$number" -le 2 ] || eval "exec $number>&-"
            done; exec \(command))
            """
        return try Command.run(
            "/bin/bash", ["-c", alone], environment: environment, folder: folder, mustSucceed: false)
    }

    /// Everything that a second run could have changed.
    func state() throws -> [String] {
        let tables = [
            "users", "api_keys", "locations", "zones", "products", "images", "image_variants", "orders", "projects",
            "services", "containers", "instances", "operations",
        ]
        let counts = try tables.map { "\($0)|\(try query("SELECT count(*) FROM \($0)"))" }
        let rows = try ["images", "products", "orders", "projects", "instances", "operations"].map {
            try query("SELECT * FROM \($0) ORDER BY id")
        }
        let files = try ["admin.json", "serve.pid", "secret.key"].map {
            try String(contentsOf: folder.appending(path: "var/\($0)"), encoding: .utf8)
        }
        return counts + rows + files + [try containers()]
    }

    /// Names and ages of everything that runs.
    func containers() throws -> String {
        try Command.docker(
            "ps", "--no-trunc", "--filter", try filter(), "--format", "{{.Names}} {{.ID}} {{.CreatedAt}}")
    }

    var serverRuns: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "var/serve.pid").path) }

    func serverLog() -> String {
        let text = (try? String(contentsOf: folder.appending(path: "var/serve.log"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(20).joined(separator: "\n")
    }

    func remove() {
        _ = try? run("script/up --down")
        if let filter = try? filter() {
            for (list, remove) in [(["ps", "-aq"], ["rm", "-f"]), (["network", "ls", "-q"], ["network", "rm"])] {
                let found = (try? docker(list + ["--filter", filter])) ?? ""
                for id in found.split(separator: "\n") { _ = try? docker(remove + [String(id)]) }
            }
        }
        try? FileManager.default.removeItem(at: folder)
    }

    private func filter() throws -> String { "label=berth.installation=\(try query("SELECT code FROM installation"))" }

    private func query(_ sql: String) throws -> String {
        try Command.run(
            "/usr/bin/sqlite3", ["-readonly", folder.appending(path: "var/berth.sqlite").path, sql]
        ).text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func docker(_ arguments: [String]) throws -> String {
        try Command.run(
            "/usr/bin/docker", ["-H", try Command.required("BERTH_TEST_DOCKER")] + arguments, mustSucceed: false
        ).text
    }
}
