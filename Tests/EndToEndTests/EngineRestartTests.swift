import Foundation
import TestKit
import Testing

/// F30, F31: the Engine itself dies. It is one of the test's own, because the shared one serves other tests.
struct EngineRestartTests {
    @Test func whatRanRunsAgainAfterTheEngineWasKilled() async throws {
        let engine = try await PrivateEngine()
        do {
            try await inWorld(.sqlite, engine: engine.address) { world in
                try await world.start()
                let placed = try await world.order(["Hello"], project: "outage")
                try await world.waitForOrder(placed)
                let service = try #require(try await world.services(placed.projectID)["Hello"])
                let domain = try #require(service["default_domain"] as? String)
                #expect(try await world.visit(domain).status == 200)

                try await engine.kill()
                try await eventually("Berth has noticed") {
                    try world.query("SELECT state FROM zones") == ["unreachable"]
                }
                // The API goes on.
                #expect(try await world.get("/api/projects").status == 200)

                try await engine.start()
                try await eventually("it answers again", seconds: 60) {
                    (try? await world.visit(domain))?.status == 200
                }
                try await eventually("the zone is online") {
                    try world.query("SELECT state FROM zones") == ["online"]
                }
                #expect(try world.query("SELECT crash_count < 2 FROM containers").allSatisfy { "1t".contains($0) })
            }
        } catch {
            Issue.record("\(error)")
        }
        try await engine.remove()
    }
}

/// A Docker Engine that a test may kill. It has a bridge of its own (with none at all it would remove `docker0`, which
/// is another engine's) and makes no firewall rules, so it can run beside another one.
final class PrivateEngine: @unchecked Sendable {
    let folder: URL
    private var process: Process?
    private let bridge: String

    var address: String { "unix://\(folder.path)/d.sock" }

    init() async throws {
        let code = UUID().uuidString.prefix(8).lowercased()
        folder = URL(filePath: "/tmp/berth-eng-\(code)")
        bridge = "bt\(code)"
        try Command.run("/sbin/ip", ["link", "add", "name", bridge, "type", "bridge"])
        try Command.run("/sbin/ip", ["addr", "add", "10.251.\(Int.random(in: 0...255)).1/24", "dev", bridge])
        try Command.run("/sbin/ip", ["link", "set", bridge, "up"])
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await start()
        for image in ["berth/ingress:1", "berth/hello:1"] {
            let file = folder.appending(path: "image.tar").path
            try Command.docker("save", "-o", file, image)
            try Command.run("/usr/bin/docker", ["-H", address, "load", "-q", "-i", file])
        }
    }

    /// On a busy machine the engine's own containerd may take longer to start than the engine waits for it.
    func start() async throws {
        for attempt in 1...3 {
            try launch()
            do {
                try await eventually("the private engine answers", seconds: 60) {
                    if let process = self.process, self.hasEnded(process) { throw Ended() }
                    return try Command.run("/usr/bin/docker", ["-H", self.address, "version"], mustSucceed: false)
                        .status == 0
                }
                return
            } catch is Ended where attempt < 3 {
                try? FileManager.default.removeItem(atPath: "\(folder.path)/pid")
            }
        }
    }

    private struct Ended: Error {}

    private func launch() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/sbin/dockerd")
        process.arguments = [
            "--host", address, "--data-root", "\(folder.path)/data", "--exec-root", "\(folder.path)/exec",
            "--pidfile", "\(folder.path)/pid", "--bridge", bridge, "--iptables=false", "--ip-masq=false",
        ]
        let log = folder.appending(path: "log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: log)
        process.standardError = process.standardOutput
        try process.run()
        self.process = process
    }

    func kill() async throws {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        try await eventually("the private engine is dead") { self.hasEnded(process) }
        try? FileManager.default.removeItem(atPath: "\(folder.path)/pid")
    }

    /// Foundation waits for whoever inherited the engine's files, which its containers' guardians do; the kernel knows.
    private func hasEnded(_ process: Process) -> Bool {
        let path = "/proc/\(process.processIdentifier)/stat"
        guard let stat = try? String(contentsOfFile: path, encoding: .utf8) else { return true }
        return stat.split(separator: ")").last?.split(separator: " ").first == "Z"
    }

    func remove() async throws {
        let all = try Command.run("/usr/bin/docker", ["-H", address, "ps", "-aq"], mustSucceed: false).text
        for id in all.split(separator: "\n") {
            try Command.run("/usr/bin/docker", ["-H", address, "rm", "-f", String(id)], mustSucceed: false)
        }
        guard let process else { return }
        process.terminate()
        try? await eventually("the private engine has ended") { self.hasEnded(process) }
        if !hasEnded(process) { try await kill() }
        try Command.run("/sbin/ip", ["link", "del", bridge], mustSucceed: false)
        try? FileManager.default.removeItem(at: folder)
    }
}
