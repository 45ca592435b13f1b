import Basics
import Foundation

/// What one round of wrk found.
struct Round {
    let requests: Double
    let seconds: Double
    /// Answers that were not 2xx or 3xx, and connections that broke.
    let errors: Double
    /// Milliseconds.
    let p50: Double
    let p99: Double
    /// Server CPU per request, in microseconds.
    var cpu = 0.0

    var rate: Double { requests / max(seconds, 0.001) }
}

/// Requests as wrk sends them: one thread, 32 connections that stay open.
struct Load {
    var path: String
    /// Appended to ``path``, a different one for each request.
    var ids: ClosedRange<Int64>?
    var credentials: String?
    /// Makes it a POST.
    var body: String?
    var contentType = "application/json"

    static let connections = 32

    func round(against contender: Contender, seconds: Int, folder: String) throws -> Round {
        let script = "\(folder)/wrk.lua"
        try lua.write(toFile: script, atomically: true, encoding: .utf8)
        let before = contender.cpuMicroseconds
        let output = try Self.run([
            "wrk", "-t1", "-c\(Self.connections)", "-d\(seconds)s", "--timeout", "10s", "-s", script,
            "http://127.0.0.1:\(contender.port)\(path)",
        ])
        let cpu = contender.cpuMicroseconds - before
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("RESULT ") }) else {
            throw Fault(.unavailable, "wrk said nothing useful: \(output)")
        }
        let numbers = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard numbers.count == 5 else { throw Fault(.unavailable, "wrk said \(line).") }
        var round = Round(
            requests: numbers[0], seconds: numbers[1] / 1_000_000, errors: numbers[2], p50: numbers[3] / 1000,
            p99: numbers[4] / 1000)
        round.cpu = cpu / max(round.requests, 1)
        return round
    }

    private var lua: String {
        var text = ""
        if let credentials { text += "wrk.headers[\"Authorization\"] = \"\(credentials)\"\n" }
        if let body {
            text +=
                "wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"\(contentType)\"\nwrk.body = [[\(body)]]\n"
        }
        if let ids {
            // Written once, so that the client costs the same as for a constant request.
            text += """
                local texts, at = {}, 0
                function init(args)
                  for n = 0, 999 do
                    texts[n] = wrk.format(nil, "\(path)" .. (\(ids.lowerBound) + n * 7919 % \(ids.count)))
                  end
                end
                function request()
                  at = (at + 1) % 1000
                  return texts[at]
                end

                """
        }
        return text + """
            function done(summary, latency)
              local e = summary.errors
              io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
                e.status + e.connect + e.read + e.write + e.timeout, latency:percentile(50), latency:percentile(99)))
            end
            """
    }

    private static func run(_ command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Fault(.unavailable, "\(command[0]) ended with status \(process.terminationStatus).")
        }
        return String(decoding: output, as: UTF8.self)
    }
}
