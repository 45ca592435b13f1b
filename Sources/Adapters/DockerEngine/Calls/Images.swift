// Members are named as on the wire of the Engine API.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Basics
package import Fleet
import FoundationEssentials
import NIOCore
import NIOHTTP1

extension DockerEngine {
    package func ensureImage(_ image: ImageReference) async throws -> String {
        try await asking {
            if let id = try await inspectImage(image.name) { return id }
            try await pull(image) { _ in }
            guard let id = try await inspectImage(image.name) else {
                throw Fault(.unavailable, "The image \(image.name) is gone again right after it was fetched.")
            }
            return id
        }
    }

    /// The content id (`sha256:…`) of an image on the engine; nil when it is not there.
    package func imageID(_ name: String) async throws -> String? {
        try await asking { try await inspectImage(name) }
    }

    /// Fetches an image again even when it is there, and tells what the engine says meanwhile.
    package func pullImage(
        _ image: ImageReference, progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws {
        try await asking { try await pull(image, progress) }
    }

    /// Makes an image named `name` from a root file system, with Dockerfile instructions such as `CMD ["/hello"]`.
    /// Answers its content id.
    package func importImage(_ name: String, rootTar: [UInt8], changes: [String] = []) async throws -> String {
        try await asking {
            let (repository, tag) = Self.split(name)
            var call = Call(.POST, "images", "create")
            call.query = [("fromSrc", "-"), ("repo", repository), ("tag", tag)] + changes.map { ("changes", $0) }
            call.body = .tar(rootTar)
            try await follow(call) { _ in }
            return try await existing(name)
        }
    }

    /// Loads images from an archive that `docker save` wrote.
    package func loadImages(tar: [UInt8]) async throws {
        try await asking {
            var call = Call(.POST, "images", "load")
            call.query = [("quiet", "1")]
            call.body = .tar(tar)
            try await follow(call) { _ in }
        }
    }

    /// Builds an image named `name` from a folder with a Dockerfile, given as tar. Answers its content id.
    package func buildImage(
        _ name: String, contextTar: [UInt8], progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> String {
        try await asking {
            var call = Call(.POST, "build")
            call.query = [("t", name), ("forcerm", "1")]
            call.body = .tar(contextTar)
            try await follow(call, progress)
            return try await existing(name)
        }
    }

    /// Gives the image another name.
    package func tagImage(_ name: String, as other: String) async throws {
        try await asking {
            let (repository, tag) = Self.split(other)
            var call = Call(.POST, "images", name, "tag")
            call.query = [("repo", repository), ("tag", tag)]
            call.accept = [201]
            _ = try await transport.send(call)
        }
    }

    /// Removes the name, and the image with its last name. Succeeds when there is none; `.conflict` while used.
    package func removeImage(_ name: String) async throws {
        try await asking {
            var call = Call(.DELETE, "images", name)
            call.accept = [200, 404]
            call.seconds = DockerLimits.changeSeconds
            _ = try await transport.send(call)
        }
    }

    func inspectImage(_ name: String) async throws -> String? {
        var call = Call(.GET, "images", name, "json")
        call.accept = [200, 404]
        let answer = try await transport.send(call)
        return answer.status == 404 ? nil : try transport.decode(ImageAnswer.self, answer, call).Id
    }

    private func existing(_ name: String) async throws -> String {
        guard let id = try await inspectImage(name) else {
            throw Fault(.unavailable, "The image \(name) is gone again right after it was made.")
        }
        return id
    }

    private func pull(_ image: ImageReference, _ progress: @escaping @Sendable (String) -> Void) async throws {
        let (repository, tag) = Self.split(image.name)
        var call = Call(.POST, "images", "create")
        call.query = [("fromImage", repository), ("tag", tag)]
        if let username = image.username, let password = image.password {
            let server = repository.split(separator: "/").first.map(String.init) ?? ""
            let auth = RegistryAuth(username: username, password: password.reveal(), serveraddress: server)
            let base64 = Data(try JSONEncoder().encode(auth)).base64EncodedString()
            // The engine decodes with the URL-safe alphabet (RFC 4648 §5).
            let safe = base64.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
            call.headers = [("X-Registry-Auth", String(safe))]
        }
        try await follow(call, progress)
    }

    /// Reads a progress stream to its end. A failure in the middle comes as a line of a 200 answer.
    private func follow(_ call: Call, _ progress: @escaping @Sendable (String) -> Void) async throws {
        var call = call
        // The engine answers the head when there is something to tell, after it has read the whole body.
        call.seconds = DockerLimits.imageIdleSeconds
        let opened = call
        try await transport.exchange(call) { _ in
            try await within(DockerLimits.imageSeconds) {
                let stream = try await transport.open(opened)
                var lines = LineSplitter()
                while let bytes = try await stream.next(idleSeconds: DockerLimits.imageIdleSeconds) {
                    lines.append(bytes)
                    try Self.report(&lines, stream, progress)
                }
                lines.append(ByteBuffer(string: "\n"))
                try Self.report(&lines, stream, progress)
            }
        }
    }

    private static func report(
        _ lines: inout LineSplitter, _ stream: ByteStream, _ progress: (String) -> Void
    ) throws {
        do {
            while let line = try lines.next() {
                guard let step = try? JSONDecoder().decode(ProgressAnswer.self, from: Data(line.readableBytesView))
                else { throw stream.error(.nonsense, "its progress is not the expected JSON") }
                if let message = step.errorDetail?.message ?? step.error {
                    throw stream.error(.refused(status: ProgressAnswer.status(message)), message)
                }
                if let text = step.status ?? step.stream { progress(text) }
            }
        } catch is LineSplitter.TooLong {
            throw stream.error(.nonsense, "a line of its progress is too long")
        }
    }

    /// `host:5000/path:tag` into what the engine calls image and tag; a digest counts as tag. Without a tag the engine
    /// would fetch every one there is.
    static func split(_ name: String) -> (repository: String, tag: String) {
        if let at = name.firstIndex(of: "@") { return (String(name[..<at]), String(name[name.index(after: at)...])) }
        guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return (name, "latest") }
        return (String(name[..<colon]), String(name[name.index(after: colon)...]))
    }
}

private struct ImageAnswer: Decodable { let Id: String }

private struct RegistryAuth: Encodable {
    let username: String
    let password: String
    let serveraddress: String
}

struct ProgressAnswer: Decodable, Sendable {
    struct Detail: Decodable, Sendable { let message: String? }

    let status: String?
    let stream: String?
    let error: String?
    let errorDetail: Detail?

    /// In-stream errors carry no status; this is the one they would have had.
    static func status(_ message: String) -> Int {
        let text = message.lowercased()
        if text.contains("toomanyrequests") { return 429 }
        let permanent = [
            "not found", "manifest unknown", "access denied", "unauthorized", "no basic auth", "denied",
            "no matching manifest", "invalid", "unsupported", "returned a non-zero code", "dockerfile",
        ]
        return permanent.contains(where: text.contains) ? 400 : 503
    }
}
