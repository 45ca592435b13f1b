// Measures Berth; `script/bench` builds everything in its optimised form and calls this. See docs/benchmarks.md.

import Basics
import Foundation

do {
    let options = try Options(Array(CommandLine.arguments.dropFirst()))
    try? FileManager.default.removeItem(atPath: options.folder)
    try FileManager.default.createDirectory(atPath: options.folder, withIntermediateDirectories: true)
    var report = Report()
    let before = Machine.load
    say("\(Machine.summary); load \(before)")
    Report.head()
    let shop = try await Shop.make(at: "\(options.folder)/seed.sqlite")
    if options.http { try await Requests(shop: shop, options: options).run(&report) }
    if options.work { try await Work(shop: shop, options: options).run(&report) }
    say("load before \(before), after \(Machine.load); others' work makes all numbers worse, ratios less so")
    try report.write(
        to: options.output,
        facts: [
            "time": .string(Date.now.ISO8601Format()), "machine": .string(Machine.summary),
            "load_before": .string(before), "load_after": .string(Machine.load),
            "rounds": .int(Int64(options.rounds)), "seconds_per_round": .int(Int64(options.seconds)),
        ])
    try? FileManager.default.removeItem(atPath: options.folder)
    if !report.missed.isEmpty {
        say("Floors missed: \(report.missed.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "; "))")
        if options.isStrict { exit(1) }
    }
} catch {
    let text = (error as? Fault)?.sentences.joined(separator: " ") ?? "\(error)"
    FileHandle.standardError.write(Data("\(text)\n".utf8))
    exit((error as? Fault)?.code == .invalid ? 64 : 70)
}

/// The machine that was measured on.
enum Machine {
    /// Averages of 1, 5 and 15 minutes.
    static var load: String {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        return text.split(separator: " ").prefix(3).joined(separator: " ")
    }

    static var summary: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = text.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last ?? ""
        let memory = Int(ProcessInfo.processInfo.physicalMemory >> 30)
        return "\(ProcessInfo.processInfo.processorCount) ×\(model), \(memory) GB"
    }
}
