// Members are named as on the wire of the Engine API.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import FoundationEssentials
import NIOCore

// Field names below are the engine's (Docker Engine API reference), so the decoder needs no table.

struct VersionAnswer: Decodable, Sendable {
    let Version: String
    let ApiVersion: String
    let MinAPIVersion: String?
}

struct ErrorAnswer: Decodable, Sendable {
    let message: String

    /// The engine's message in an error body; nil for anything else, such as a proxy's HTML page.
    static func message(in bytes: ByteBuffer) -> String? {
        guard bytes.readableBytes <= DockerLimits.errorBytesMax,
            let answer = try? JSONDecoder().decode(ErrorAnswer.self, from: Data(bytes.readableBytesView))
        else { return nil }
        var text = answer.message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if text.hasSuffix(".") { text.removeLast() }
        return text.isEmpty ? nil : text
    }
}

extension Transport {
    /// `answer` as a `T`; anything else is an answer that makes no sense.
    func decode<T: Decodable>(_ type: T.Type, _ answer: Answer, _ call: Call) throws -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(answer.body.readableBytesView))
        } catch {
            throw self.error(.nonsense, "it is not the expected JSON", call.title)
        }
    }

    func send<T: Decodable>(_ call: Call, as type: T.Type) async throws -> T {
        try decode(type, try await send(call), call)
    }
}

extension Call.Body {
    /// `value` as JSON with sorted keys. The types encoded here cannot fail to encode.
    static func encoding(_ value: some Encodable) throws -> Call.Body {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json(Array(try encoder.encode(value)))
    }
}
