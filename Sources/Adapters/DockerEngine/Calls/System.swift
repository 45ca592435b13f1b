// Members are named as on the wire of the Engine API.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Basics
package import Fleet
import NIOHTTP1

extension DockerEngine {
    package func facts() async throws -> EngineFacts {
        try await asking {
            let info = try await info()
            return EngineFacts(
                id: info.ID, version: info.ServerVersion, apiVersion: "\(try await transport.version())",
                cpuMilli: Int64(clamping: info.NCPU) * 1000, memoryMB: info.MemTotal / 1_048_576)
        }
    }

    /// Whether the engine answers at all.
    package func ping() async throws {
        try await asking {
            var call = Call(.GET, "_ping")
            call.versioned = false
            call.seconds = DockerLimits.probeSeconds
            _ = try await transport.send(call)
        }
    }

    func info() async throws -> InfoAnswer {
        var call = Call(.GET, "info")
        call.seconds = DockerLimits.probeSeconds
        return try await transport.send(call, as: InfoAnswer.self)
    }
}

struct InfoAnswer: Decodable, Sendable {
    let ID: String
    let ServerVersion: String
    let NCPU: Int
    let MemTotal: Int64
    let LiveRestoreEnabled: Bool?
    let CgroupVersion: String?
}

/// What names may contain: checked before they become part of a path, whoever chose them.
enum DockerNames {
    /// The engine's own rule for containers, networks and volumes.
    static func check(_ name: String, _ what: String) throws {
        let bytes = Array(name.utf8)
        let good = bytes.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == 45 || byte == 46 || byte == 95
        }
        guard good, bytes.count >= 2, bytes.count <= 128, ![45, 46, 95].contains(bytes[0]) else {
            throw Fault(
                .invalid,
                "\(name.prefix(140)) is no name for a \(what). "
                    + "Use 2 to 128 letters, digits, dots, dashes and underscores."
            )
        }
    }
}
