package import Basics

/// What is wrong with a member of a body, and where.
package struct BodyProblem: Error {
    let sentence: String
    let path: [any CodingKey]

    /// The root object itself, or its first member, is missing or of the wrong kind.
    package var isAboutTheRoot: Bool { path.count < 2 }

    /// `project.name must be text.`
    package var description: String {
        path.isEmpty ? "The body \(sentence)." : "\(path.map(WireName.of).joined(separator: ".")) \(sentence)."
    }
}

/// Reads a body type from parsed JSON. Unknown members are ignored (v60 clients send them); a missing or mistyped one
/// is a ``BodyProblem`` that names it.
package struct BodyDecoder: Decoder {
    package let value: JSONValue
    package let codingPath: [any CodingKey]
    package var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// `value` as a `type`.
    package static func decode<T: Decodable>(_ type: T.Type, from value: JSONValue) throws -> T {
        try BodyDecoder(value: value, codingPath: []).unwrap(type)
    }

    package func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let members = value.members else { throw BodyProblem(sentence: "must be an object", path: codingPath) }
        return KeyedDecodingContainer(Members<Key>(members: members, codingPath: codingPath))
    }
    package func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let items = value.items else { throw BodyProblem(sentence: "must be a list", path: codingPath) }
        return Elements(items: items, codingPath: codingPath)
    }
    package func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoder: self) }

    /// Scalars are read here; everything else decodes itself.
    fileprivate func unwrap<T: Decodable>(_ type: T.Type) throws -> T {
        func expect<S>(_ found: S?, _ what: String) throws -> T {
            guard let result = found as? T else { throw BodyProblem(sentence: "must be \(what)", path: codingPath) }
            return result
        }
        switch type {
        case is String.Type: return try expect(value.text, "text")
        case is Bool.Type: return try expect(value.flag, "true or false")
        case is Int64.Type: return try expect(value.integer, "a whole number")
        case is Int.Type: return try expect(value.integer.flatMap { Int(exactly: $0) }, "a whole number")
        case is Double.Type: return try expect(value.double, "a number")
        default: return try T(from: self)
        }
    }

    private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let members: [String: JSONValue]
        let codingPath: [any CodingKey]

        var allKeys: [Key] { members.keys.compactMap { Key(stringValue: $0) } }
        func contains(_ key: Key) -> Bool { members[WireName.of(key)] != nil }
        func decodeNil(forKey key: Key) -> Bool { members[WireName.of(key)]?.isNull ?? true }
        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
            guard let value = members[WireName.of(key)] else {
                throw BodyProblem(sentence: "is missing", path: codingPath + [key])
            }
            return try BodyDecoder(value: value, codingPath: codingPath + [key]).unwrap(type)
        }
        func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: Key) throws -> KeyedDecodingContainer<N> {
            try superDecoder(forKey: key).container(keyedBy: type)
        }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try superDecoder(forKey: key).unkeyedContainer()
        }
        func superDecoder() -> any Decoder { BodyDecoder(value: .object(members), codingPath: codingPath) }
        func superDecoder(forKey key: Key) -> any Decoder {
            BodyDecoder(value: members[WireName.of(key)] ?? .null, codingPath: codingPath + [key])
        }
    }

    private struct Position: CodingKey {
        let index: Int
        var stringValue: String { String(index) }
        var intValue: Int? { index }
        init(_ index: Int) { self.index = index }
        init?(stringValue: String) { nil }
        init?(intValue: Int) { index = intValue }
    }

    private struct Elements: UnkeyedDecodingContainer {
        let items: [JSONValue]
        let codingPath: [any CodingKey]
        var currentIndex = 0
        var count: Int? { items.count }
        var isAtEnd: Bool { currentIndex >= items.count }

        init(items: [JSONValue], codingPath: [any CodingKey]) {
            self.items = items
            self.codingPath = codingPath
        }

        private mutating func next() throws -> BodyDecoder {
            guard !isAtEnd else { throw BodyProblem(sentence: "is too short", path: codingPath) }
            defer { currentIndex += 1 }
            return BodyDecoder(value: items[currentIndex], codingPath: codingPath + [Position(currentIndex)])
        }
        mutating func decodeNil() -> Bool {
            guard !isAtEnd, items[currentIndex].isNull else { return false }
            currentIndex += 1
            return true
        }
        mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().unwrap(type) }
        mutating func nestedContainer<N: CodingKey>(keyedBy type: N.Type) throws -> KeyedDecodingContainer<N> {
            try next().container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
        mutating func superDecoder() throws -> any Decoder { try next() }
    }

    private struct Single: SingleValueDecodingContainer {
        let decoder: BodyDecoder
        var codingPath: [any CodingKey] { decoder.codingPath }

        func decodeNil() -> Bool { decoder.value.isNull }
        func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.unwrap(type) }
    }
}

extension JSONValue {
    fileprivate var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    fileprivate var integer: Int64? { if case .int(let number) = self { number } else { nil } }
    fileprivate var double: Double? {
        switch self {
        case .int(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}
