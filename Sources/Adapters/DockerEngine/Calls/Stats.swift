// Members are named as on the wire of the Engine API.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Basics
package import Fleet
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Synchronization

extension DockerEngine {
    package func sample(of container: String) async throws -> EngineSample? {
        try await asking {
            try DockerNames.check(container, "container")
            var call = Call(.GET, "containers", container, "stats")
            // Without a previous reading of ours the engine takes two itself, which needs a second or two.
            let known = readings.contains(container)
            call.query = [("stream", "false"), ("one-shot", known ? "true" : "false")]
            call.accept = [200, 404, 409]
            let answer = try await transport.send(call)
            guard answer.status == 200 else {
                readings.forget(container)
                return nil
            }
            return readings.sample(container, try transport.decode(StatsAnswer.self, answer, call))
        }
    }

    /// A sample every second or so until the container ends or the consumer leaves.
    package func samples(of container: String) -> AsyncThrowingStream<EngineSample, any Error> {
        let transport = transport
        let readings = Readings()
        var lines = LineSplitter()
        let title = "GET /containers/\(container)/stats"
        return Feed.elements(
            open: {
                try DockerNames.check(container, "container")
                var call = Call(.GET, "containers", container, "stats")
                call.query = [("stream", "true")]
                return try await transport.open(call)
            },
            parse: { bytes in
                lines.append(bytes)
                var samples: [EngineSample] = []
                do {
                    while let line = try lines.next() {
                        let answer = try JSONDecoder().decode(StatsAnswer.self, from: Data(line.readableBytesView))
                        if let sample = readings.sample(container, answer) { samples.append(sample) }
                    }
                } catch {
                    throw transport.error(.nonsense, "a sample is not the expected JSON", title)
                }
                return samples
            })
    }

    package func processes(of container: String) async throws -> ProcessTable {
        try await asking {
            try DockerNames.check(container, "container")
            let table = try await transport.send(Call(.GET, "containers", container, "top"), as: TopAnswer.self)
            return ProcessTable(titles: table.Titles ?? [], rows: table.Processes ?? [])
        }
    }
}

/// The previous CPU reading of each container, from which the next sample is told.
final class Readings: Sendable {
    private struct Reading {
        let id: String
        let atNanoseconds: Int64
        let usedNanoseconds: UInt64
    }

    private let byContainer = Mutex<[String: Reading]>([:])

    func contains(_ container: String) -> Bool { byContainer.withLock { $0[container] != nil } }

    func forget(_ container: String) { byContainer.withLock { $0[container] = nil } }

    /// nil when the container does not run.
    func sample(_ container: String, _ answer: StatsAnswer) -> EngineSample? {
        guard let at = EngineTime.nanoseconds(answer.read.utf8), let usage = answer.memory_stats?.usage,
            let used = answer.cpu_stats?.cpu_usage?.total_usage
        else {
            forget(container)
            return nil
        }
        let id = answer.id ?? container
        let previous = byContainer.withLock { known -> Reading? in
            let previous = known[container].flatMap { $0.id == id ? $0 : nil }
            // Containers that are gone stay behind; start anew rather than grow.
            if known.count >= DockerLimits.readingsMax { known.removeAll() }
            known[container] = Reading(id: id, atNanoseconds: at, usedNanoseconds: used)
            return previous
        }
        let cache = answer.memory_stats?.stats?.inactive ?? 0
        let cpu: Int64
        if let previous, at > previous.atNanoseconds {
            cpu = Self.cpuMilli(from: previous.usedNanoseconds, to: used, overNanoseconds: at - previous.atNanoseconds)
        } else {
            cpu = answer.ownCPUMilli
        }
        return EngineSample(
            cpuMilli: cpu, memoryKiB: Int64(clamping: usage > cache ? (usage - cache) / 1024 : 0),
            memoryLimitKiB: Int64(clamping: (answer.memory_stats?.limit ?? 0) / 1024))
    }

    /// Thousandths of a core; 0 when the counter went back (the container was restarted).
    static func cpuMilli(from before: UInt64, to after: UInt64, overNanoseconds nanoseconds: Int64) -> Int64 {
        guard after > before, nanoseconds > 0 else { return 0 }
        let cores = Double(after - before) / Double(nanoseconds)
        return Int64(min(cores * 1000, 1_000_000_000).rounded())
    }
}

struct StatsAnswer: Decodable, Sendable {
    struct CPU: Decodable, Sendable {
        struct Usage: Decodable, Sendable { let total_usage: UInt64? }

        let cpu_usage: Usage?
    }

    struct Memory: Decodable, Sendable {
        struct Details: Decodable, Sendable {
            /// cgroup v2.
            let inactive_file: UInt64?
            /// cgroup v1, with the children's.
            let total_inactive_file: UInt64?

            var inactive: UInt64 { total_inactive_file ?? inactive_file ?? 0 }
        }

        let usage: UInt64?
        let limit: UInt64?
        let stats: Details?
    }

    let id: String?
    let read: String
    let preread: String?
    let cpu_stats: CPU?
    let precpu_stats: CPU?
    let memory_stats: Memory?

    /// From the engine's own two readings.
    var ownCPUMilli: Int64 {
        guard let after = EngineTime.nanoseconds(read.utf8),
            let before = preread.flatMap({ EngineTime.nanoseconds($0.utf8) }),
            let used = cpu_stats?.cpu_usage?.total_usage, let usedBefore = precpu_stats?.cpu_usage?.total_usage
        else { return 0 }
        return Readings.cpuMilli(from: usedBefore, to: used, overNanoseconds: after - before)
    }
}

private struct TopAnswer: Decodable {
    let Titles: [String]?
    let Processes: [[String]]?
}
