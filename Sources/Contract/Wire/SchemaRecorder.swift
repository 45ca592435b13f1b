/// Learns the shape of a `Decodable` type by letting it decode itself from a decoder that has an answer to everything
/// and writes down what it was asked. No macro, no second description of a type.
///
/// It understands what the compiler synthesises; types with an `init(from:)` of their own say their shape through
/// ``SelfDescribing``.
enum SchemaRecorder {
    static func record<T: Decodable>(_ type: T.Type) -> (schema: Schema, sample: T) {
        if let own = type as? any SelfDescribing.Type, let sample = own.sample as? T { return (own.schema, sample) }
        let notes = Notes()
        notes.owner = name(of: type)
        do {
            let sample = try T(from: Listener(notes: notes))
            var schema = notes.schema(named: name(of: type))
            if let own = type as? any BoundedMembers.Type { schema = schema.withMembers(within: own.bounds) }
            let example = (type as? any Exemplified.Type)?.example as? T
            return (type is any SparseView.Type ? schema.sparse : schema, example ?? sample)
        } catch {
            preconditionFailure("\(type) cannot be recorded: \(error)")
        }
    }

    /// `ProjectViewLinks` for the type `Links` within `ProjectView`: several types have parts of the same name.
    private static func name(of type: Any.Type) -> String {
        String(reflecting: type).split(separator: ".").dropFirst().filter { !$0.hasPrefix("(") }.joined()
    }

    /// What was asked so far.
    final class Notes {
        var fields: [Schema.Field] = []
        var single: Schema?
        var element: Schema?
        var isMap = false
        /// The type that is being recorded.
        var owner = ""

        func schema(named name: String) -> Schema {
            if let single { return single }
            if let element { return isMap ? .map(element) : .array(element) }
            return .object(name: name, fields: fields)
        }
    }

    struct Listener: Decoder {
        let notes: Notes
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
            KeyedDecodingContainer(Members<Key>(notes: notes))
        }
        func unkeyedContainer() -> any UnkeyedDecodingContainer { Elements(notes: notes) }
        func singleValueContainer() -> any SingleValueDecodingContainer { Single(notes: notes) }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Records members of an object. A dictionary asks `allKeys` first and is offered one.
    private final class Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let notes: Notes
        var optional = false
        init(notes: Notes) { self.notes = notes }

        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] {
            notes.isMap = true
            return Key(stringValue: "name").map { [$0] } ?? []
        }
        func contains(_ key: Key) -> Bool { true }
        /// Only `decodeIfPresent` asks this.
        func decodeNil(forKey key: Key) -> Bool {
            optional = true
            return false
        }
        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
            let (schema, sample) = record(type)
            if notes.isMap {
                notes.element = schema
            } else {
                notes.fields.append(
                    Schema.Field(
                        name: WireName.of(key), schema: optional ? .nullable(schema) : schema, isOptional: optional))
            }
            optional = false
            return ExampleValues.value(of: type, named: WireName.of(key), in: notes.owner) ?? sample
        }
        func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: Key) -> KeyedDecodingContainer<N> {
            KeyedDecodingContainer(Members<N>(notes: Notes()))
        }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { Elements(notes: Notes()) }
        func superDecoder() -> any Decoder { Listener(notes: Notes()) }
        func superDecoder(forKey key: Key) -> any Decoder { Listener(notes: Notes()) }
    }

    /// Records the element of an array: there is always exactly one.
    private struct Elements: UnkeyedDecodingContainer {
        let notes: Notes
        var currentIndex = 0
        var codingPath: [any CodingKey] { [] }
        var count: Int? { 1 }
        var isAtEnd: Bool { currentIndex > 0 }

        init(notes: Notes) { self.notes = notes }

        mutating func decodeNil() -> Bool { false }
        mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
            currentIndex += 1
            let (schema, sample) = record(type)
            notes.element = schema
            return sample
        }
        mutating func nestedContainer<N: CodingKey>(keyedBy type: N.Type) -> KeyedDecodingContainer<N> {
            KeyedDecodingContainer(Members<N>(notes: Notes()))
        }
        mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { Elements(notes: Notes()) }
        mutating func superDecoder() -> any Decoder { Listener(notes: Notes()) }
    }

    private struct Single: SingleValueDecodingContainer {
        let notes: Notes
        var codingPath: [any CodingKey] { [] }

        func decodeNil() -> Bool { false }
        func decode<T: Decodable>(_ type: T.Type) throws -> T {
            let (schema, sample) = record(type)
            notes.single = schema
            return sample
        }
    }
}

extension String: SelfDescribing {
    package static var schema: Schema { .string(format: nil, choices: []) }
    package static var sample: String { "text" }
}
extension Bool: SelfDescribing {
    package static var schema: Schema { .boolean }
    package static var sample: Bool { true }
}
extension Int: SelfDescribing {
    package static var schema: Schema { .integer }
    package static var sample: Int { 1 }
}
extension Int64: SelfDescribing {
    package static var schema: Schema { .integer }
    package static var sample: Int64 { 1 }
}
extension Double: SelfDescribing {
    package static var schema: Schema { .number }
    package static var sample: Double { 0.5 }
}
