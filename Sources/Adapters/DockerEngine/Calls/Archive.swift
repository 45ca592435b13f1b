import Basics
import NIOCore
import NIOHTTP1

extension DockerEngine {
    package func upload(tar: [UInt8], to container: String, path: String) async throws {
        try await asking {
            try DockerNames.check(container, "container")
            var call = Call(.PUT, "containers", container, "archive")
            call.query = [("path", path), ("noOverwriteDirNonDir", "1")]
            call.body = .tar(tar)
            call.seconds = DockerLimits.archiveSeconds
            _ = try await transport.send(call)
        }
    }

    package func download(from container: String, path: String, bytesMax: Int) async throws -> [UInt8] {
        try await asking {
            try DockerNames.check(container, "container")
            var call = Call(.GET, "containers", container, "archive")
            call.query = [("path", path)]
            call.bytesMax = bytesMax
            call.seconds = DockerLimits.archiveSeconds
            return Array(try await transport.send(call).body.readableBytesView)
        }
    }
}
