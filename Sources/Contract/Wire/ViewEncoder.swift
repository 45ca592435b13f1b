import Basics

/// Writes a view as JSON bytes: names in snake_case, nothing left out but by a ``SparseView``
/// (an absent optional is `null`), members in the
/// order of the declaration.
///
/// It writes straight into a ``JSONWriter`` and understands what the compiler synthesises, which is all that views
/// use; nested and super containers do not occur.
package final class ViewEncoder: Encoder {
    private var writer: JSONWriter
    /// What the value being encoded opened, to be closed after it.
    private var opened: JSONWriter.Shape?
    /// The value being encoded is a ``SparseView``.
    private var leavesOut = false

    private init(capacity: Int) { writer = JSONWriter(capacity: capacity) }

    /// The bytes of `view`.
    package static func bytes(_ view: some Encodable, capacity: Int = 1024) throws -> [UInt8] {
        let encoder = ViewEncoder(capacity: capacity)
        try encoder.encode(view)
        return encoder.writer.finish()
    }

    package var codingPath: [any CodingKey] { [] }
    package var userInfo: [CodingUserInfoKey: Any] { [:] }

    package func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        open(.object)
        return KeyedEncodingContainer(Members<Key>(encoder: self))
    }
    package func unkeyedContainer() -> any UnkeyedEncodingContainer {
        open(.array)
        return Elements(encoder: self)
    }
    package func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }

    /// JSON that is text already.
    func raw(_ json: String) { writer.value(rawJSON: json) }

    private func open(_ shape: JSONWriter.Shape) {
        writer.open(shape)
        opened = shape
    }

    private func encode(_ value: some Encodable) throws {
        let (outer, outerLeavesOut) = (opened, leavesOut)
        opened = nil
        leavesOut = value is any SparseView
        try value.encode(to: self)
        if let opened { writer.close(opened) }
        opened = outer
        leavesOut = outerLeavesOut
    }

    private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let encoder: ViewEncoder
        var codingPath: [any CodingKey] { [] }

        private func key(_ key: Key) {
            encoder.writer.key { WireName.append(key.stringValue, to: &$0) }
        }
        mutating func encodeNil(forKey key: Key) {
            if encoder.leavesOut { return }
            self.key(key)
            encoder.writer.null()
        }
        mutating func encode(_ value: Bool, forKey key: Key) {
            self.key(key)
            encoder.writer.value(value)
        }
        mutating func encode(_ value: String, forKey key: Key) {
            self.key(key)
            encoder.writer.value(value)
        }
        mutating func encode(_ value: Double, forKey key: Key) {
            self.key(key)
            encoder.writer.value(value)
        }
        mutating func encode(_ value: Int, forKey key: Key) {
            self.key(key)
            encoder.writer.value(value)
        }
        mutating func encode(_ value: Int64, forKey key: Key) {
            self.key(key)
            encoder.writer.value(value)
        }
        mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
            self.key(key)
            try encoder.encode(value)
        }
        mutating func encodeIfPresent(_ value: Bool?, forKey key: Key) {
            if let value { encode(value, forKey: key) } else { encodeNil(forKey: key) }
        }
        mutating func encodeIfPresent(_ value: String?, forKey key: Key) {
            if let value { encode(value, forKey: key) } else { encodeNil(forKey: key) }
        }
        mutating func encodeIfPresent(_ value: Double?, forKey key: Key) {
            if let value { encode(value, forKey: key) } else { encodeNil(forKey: key) }
        }
        mutating func encodeIfPresent(_ value: Int?, forKey key: Key) {
            if let value { encode(value, forKey: key) } else { encodeNil(forKey: key) }
        }
        mutating func encodeIfPresent(_ value: Int64?, forKey key: Key) {
            if let value { encode(value, forKey: key) } else { encodeNil(forKey: key) }
        }
        mutating func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws {
            if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
        }
        mutating func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: Key) -> KeyedEncodingContainer<N>
        {
            self.key(key)
            return encoder.container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            self.key(key)
            return encoder.unkeyedContainer()
        }
        mutating func superEncoder() -> any Encoder { encoder }
        mutating func superEncoder(forKey key: Key) -> any Encoder { encoder }
    }

    private struct Elements: UnkeyedEncodingContainer {
        let encoder: ViewEncoder
        var count = 0
        var codingPath: [any CodingKey] { [] }

        init(encoder: ViewEncoder) { self.encoder = encoder }

        mutating func encodeNil() { encoder.writer.null() }
        mutating func encode<T: Encodable>(_ value: T) throws { try encoder.encode(value) }
        mutating func nestedContainer<N: CodingKey>(keyedBy type: N.Type) -> KeyedEncodingContainer<N> {
            encoder.container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder.unkeyedContainer() }
        mutating func superEncoder() -> any Encoder { encoder }
    }

    private struct Single: SingleValueEncodingContainer {
        let encoder: ViewEncoder
        var codingPath: [any CodingKey] { [] }

        mutating func encodeNil() { encoder.writer.null() }
        mutating func encode(_ value: Bool) { encoder.writer.value(value) }
        mutating func encode(_ value: String) { encoder.writer.value(value) }
        mutating func encode(_ value: Double) { encoder.writer.value(value) }
        mutating func encode(_ value: Int) { encoder.writer.value(value) }
        mutating func encode(_ value: Int64) { encoder.writer.value(value) }
        mutating func encode<T: Encodable>(_ value: T) throws { try encoder.encode(value) }
    }
}
