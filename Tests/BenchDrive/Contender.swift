import Basics
import Foundation

/// A server process under measurement.
final class Contender {
    let name: String
    let port: Int
    /// From the start of the process to its first 200, in milliseconds.
    private(set) var startMilliseconds = 0.0
    private let process = Process()

    /// Starts the program and waits for its first 200. Its output goes to `log`.
    init(
        _ name: String, program: String, arguments: [String], port: Int, environment: [String: String] = [:],
        log: String
    ) throws {
        self.name = name
        self.port = port
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        guard let output = FileHandle(forWritingAtPath: log) else {
            throw Fault(.unavailable, "Cannot write \(log).")
        }
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let began = ContinuousClock.now
        try process.run()
        while !Probe.answers(port: port) {
            guard process.isRunning, ContinuousClock.now - began < .seconds(30) else {
                process.terminate()
                throw Fault(.unavailable, "\(name) did not start: \(log) says why.")
            }
            usleep(500)
        }
        startMilliseconds = (ContinuousClock.now - began) / .milliseconds(1)
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// User and system time so far, in microseconds; in steps of 10 ms.
    var cpuMicroseconds: Double {
        let stat = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
        // The second field, the program's name, may hold spaces.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return 0 }
        return (user + system) * 1_000_000 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory now (`VmRSS`) or at its highest (`VmHWM`), in MB.
    func memory(_ field: String = "VmRSS") -> Double {
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(field) } ?? ""
        return (Double(line.filter(\.isNumber)) ?? 0) / 1024
    }
}

/// The cheapest possible client, so that a start is measured and not a client.
private enum Probe {
    static func answers(port: Int) -> Bool {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard handle >= 0 else { return false }
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(handle, $0, size) }
        }
        guard connected == 0 else { return false }
        let request = Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard write(handle, request, request.count) == request.count else { return false }
        var answer = [UInt8](repeating: 0, count: 64)
        let count = read(handle, &answer, answer.count)
        return count > 12 && answer.starts(with: "HTTP/1.1 200".utf8)
    }
}
