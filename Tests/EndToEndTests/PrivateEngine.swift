import Foundation
import Synchronization
import TestKit

/// A Docker Engine that a test may kill. It has a bridge of its own (with none at all it would remove `docker0`, which
/// is another engine's) and makes no firewall rules, so it can run beside another one.
final class PrivateEngine: @unchecked Sendable {
    let folder: URL
    private var process: Process?
    private let bridge: String
    private let extra: [String]
    private let killed = Mutex(0)

    /// How often it was killed.
    var deaths: Int { killed.withLock { $0 } }

    var address: String { "unix://\(folder.path)/d.sock" }

    /// Runs `body` with an engine that is started with `extra` options, and removes it.
    static func with(_ extra: String..., body: (PrivateEngine) async throws -> Void) async throws {
        let engine = PrivateEngine(extra)
        do {
            try await engine.prepare()
            try await body(engine)
        } catch {
            try? await engine.remove()
            throw error
        }
        try await engine.remove()
    }

    private init(_ extra: [String]) {
        self.extra = extra
        let code = UUID().uuidString.prefix(8).lowercased()
        folder = URL(filePath: "/tmp/berth-eng-\(code)")
        bridge = "bt\(code)"
    }

    /// Starts it with the images the tests need. What was begun is there for ``remove()`` when this fails halfway.
    private func prepare() async throws {
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
        process.arguments =
            [
                "--host", address, "--data-root", "\(folder.path)/data", "--exec-root", "\(folder.path)/exec",
                "--pidfile", "\(folder.path)/pid", "--bridge", bridge, "--iptables=false", "--ip-masq=false",
            ] + extra
        let log = folder.appending(path: "log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: log)
        process.standardError = process.standardOutput
        try process.run()
        self.process = process
    }

    func kill() async throws {
        send(SIGKILL)
        try await ended()
        try? FileManager.default.removeItem(atPath: "\(folder.path)/pid")
        killed.withLock { $0 += 1 }
    }

    /// As a package update stops it.
    func stop() async throws {
        send(SIGTERM)
        try await ended()
    }

    func send(_ signal: Int32) {
        if let process { Foundation.kill(process.processIdentifier, signal) }
    }

    /// Its own command line.
    @discardableResult
    func docker(_ arguments: String..., mustSucceed: Bool = true) throws -> String {
        try Command.run("/usr/bin/docker", ["-H", address] + arguments, mustSucceed: mustSucceed).text
    }

    private func ended() async throws {
        guard let process else { return }
        try await eventually("the private engine has ended") { self.hasEnded(process) }
    }

    /// Foundation waits for whoever inherited the engine's files, which its containers' guardians do; the kernel knows.
    private func hasEnded(_ process: Process) -> Bool {
        let path = "/proc/\(process.processIdentifier)/stat"
        guard let stat = try? String(contentsOfFile: path, encoding: .utf8) else { return true }
        return stat.split(separator: ")").last?.split(separator: " ").first == "Z"
    }

    func remove() async throws {
        // One that stands still would hear nothing.
        send(SIGCONT)
        for id in try docker("ps", "-aq", mustSucceed: false).split(separator: "\n") {
            try docker("rm", "-f", String(id), mustSucceed: false)
        }
        if let process {
            process.terminate()
            try? await eventually("the private engine has ended") { self.hasEnded(process) }
            if !hasEnded(process) { try await kill() }
        }
        try Command.run("/sbin/ip", ["link", "del", bridge], mustSucceed: false)
        try? FileManager.default.removeItem(at: folder)
    }
}
