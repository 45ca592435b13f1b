// Members are named as on the wire of the Engine API.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Basics
package import Fleet
import NIOHTTP1

extension DockerEngine {
    package func ensureVolume(_ volume: VolumeSpec) async throws {
        try await asking {
            try DockerNames.check(volume.name, "volume")
            // Creating a volume that exists answers the existing one, whatever its labels are.
            var call = Call(.POST, "volumes", "create")
            call.body = try .encoding(VolumeBody(Name: volume.name, Labels: volume.labels))
            call.accept = [200, 201]
            call.seconds = DockerLimits.changeSeconds
            let answer = try await transport.send(call, as: VolumeAnswer.self)
            let owner = volume.labels[DockerLabels.installation]
            guard owner == nil || answer.Labels?[DockerLabels.installation] == owner else {
                throw Fault(
                    .conflict, "The volume \(volume.name) exists on the engine and is not ours. Remove it there.")
            }
        }
    }

    package func removeVolume(_ name: String) async throws {
        try await asking {
            try DockerNames.check(name, "volume")
            var call = Call(.DELETE, "volumes", name)
            call.accept = [204, 404]
            call.seconds = DockerLimits.changeSeconds
            _ = try await transport.send(call)
        }
    }

    /// Names of all volumes with the label `key=value`.
    package func listVolumes(label key: String, value: String) async throws -> [String] {
        try await asking {
            var call = Call(.GET, "volumes")
            call.query = [("filters", try Self.filters(["label": ["\(key)=\(value)"]]))]
            call.bytesMax = DockerLimits.listBytesMax
            return try await transport.send(call, as: VolumeListAnswer.self).Volumes?.map(\.Name).sorted() ?? []
        }
    }
}

private struct VolumeBody: Encodable {
    let Name: String
    let Labels: [String: String]
}

private struct VolumeAnswer: Decodable {
    let Name: String
    let Labels: [String: String]?
}

private struct VolumeListAnswer: Decodable { let Volumes: [VolumeAnswer]? }
