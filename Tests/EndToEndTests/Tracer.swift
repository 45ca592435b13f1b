import Foundation

/// `strace` on the server: what the disk does to `fsync` and `fdatasync`.
final class Tracer: @unchecked Sendable {
    enum Disturbance {
        /// The process stands still after each.
        case stopping
        /// From the given one on – counted for each thread by itself – each fails.
        case failing(from: Int)

        fileprivate var injection: String {
            switch self {
            case .stopping: "fdatasync,fsync:signal=SIGSTOP"
            case .failing(let first): "fdatasync,fsync:error=EIO:when=\(first)+"
            }
        }
    }

    private let process = Process()
    private let file: URL
    private let target: Int32

    init(_ world: World, _ disturbance: Disturbance) async throws {
        target = world.processID
        file = world.folder.appending(path: "strace-\(UUID().uuidString)")
        process.executableURL = URL(filePath: "/usr/bin/strace")
        process.arguments = [
            "-f", "-qq", "-o", file.path, "-e", "trace=fdatasync,fsync", "-e", "inject=\(disturbance.injection)", "-p",
            "\(target)",
        ]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        try await eventually("strace has attached itself") { try self.isAttached() }
    }

    /// How many there were so far.
    func syncs() -> Int {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").count { $0.contains(" fdatasync(") || $0.contains(" fsync(") }
    }

    /// How many failed.
    func failures() -> Int {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").count { $0.contains("(INJECTED)") }
    }

    /// Lets a process that stands still go on.
    func goOn() { kill(target, SIGCONT) }

    /// By a signal that cannot be blocked, as a thread of a test may hand on. Until strace has ended it may stop the
    /// process once more.
    func remove() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        goOn()
    }

    private func isAttached() throws -> Bool {
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(target)/task")
        return threads.allSatisfy { thread in
            let status = (try? String(contentsOfFile: "/proc/\(target)/task/\(thread)/status", encoding: .utf8)) ?? ""
            return !status.contains("TracerPid:\t0\n")
        }
    }
}
