/// The shape of a JSON value, learned from a Swift type. See ``SchemaRecorder``.
package indirect enum Schema: Sendable, Hashable {
    /// An object of a named type.
    case object(name: String, fields: [Field])
    case array(Schema)
    /// `format` as in OpenAPI, for instance `date-time`.
    case string(format: String?, choices: [String])
    case integer
    case number
    case boolean
    /// This, or null.
    case nullable(Schema)
    /// This, within bounds.
    case bounded(Schema, Bounds)
    /// Members that are not known beforehand, all of one shape.
    case map(Schema)
    /// Anything at all.
    case any

    /// A member of an object.
    package struct Field: Sendable, Hashable {
        package let name: String
        package let schema: Schema
        /// Declared as optional in Swift: null in an answer, may be left out of a request.
        package let isOptional: Bool
        /// Not null but absent in an answer: see ``SparseView``.
        package var isLeftOut = false
    }

    /// The same object with its optional members absent in place of null.
    var sparse: Schema {
        guard case .object(let name, let fields) = self else { return self }
        return .object(
            name: name,
            fields: fields.map {
                Field(
                    name: $0.name, schema: $0.isOptional ? $0.schema.withoutNull : $0.schema,
                    isOptional: $0.isOptional, isLeftOut: $0.isOptional)
            })
    }

    /// Learns the shape of `type`.
    package static func of<T: Decodable>(_ type: T.Type) -> Schema { SchemaRecorder.record(type).schema }

    /// The same without the outer "or null".
    package var withoutNull: Schema {
        if case .nullable(let inner) = self { inner } else { self }
    }
}

/// A type that says its shape itself: scalars and enumerations of the wire.
package protocol SelfDescribing: Decodable {
    static var schema: Schema { get }
    /// Any valid value.
    static var sample: Self { get }
}

/// A view whose absent optionals are left out in place of being null, as RFC 6749 and RFC 7662 have it.
package protocol SparseView: Codable {}

/// An enumeration of words on the wire.
package protocol WireWord: SelfDescribing, Codable, Sendable, Hashable, CaseIterable, RawRepresentable
where RawValue == String {}

extension WireWord {
    package static var schema: Schema { .string(format: nil, choices: allCases.map(\.rawValue)) }
    package static var sample: Self {
        guard let first = allCases.first else { preconditionFailure("An enumeration has cases.") }
        return first
    }
}

/// Names on the wire are snake_case, in Swift camelCase. Names that start with a capital are kept.
package enum WireName {
    package static func of(_ key: any CodingKey) -> String {
        var bytes: [UInt8] = []
        append(key.stringValue, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func append(_ name: String, to bytes: inout [UInt8]) {
        if let first = name.utf8.first, isUpper(first) {
            bytes.append(contentsOf: name.utf8)
            return
        }
        for byte in name.utf8 {
            if isUpper(byte) {
                bytes.append(UInt8(ascii: "_"))
                bytes.append(byte | 0x20)
            } else {
                bytes.append(byte)
            }
        }
    }

    private static func isUpper(_ byte: UInt8) -> Bool { byte >= 65 && byte <= 90 }
}
