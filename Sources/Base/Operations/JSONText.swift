import Basics
import Foundation

/// Inputs and outputs as they are stored: JSON text with sorted keys.
enum JSONText {
    static func encode(_ value: any Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        do { return try JSONDecoder().decode(type, from: Data(text.utf8)) } catch {
            throw Fault(.bug, "A stored document does not have the shape of \(type).", cause: error)
        }
    }
}

/// The output of a step that has none.
struct Nothing: Codable, Sendable {}
