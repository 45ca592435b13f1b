/// Writes JSON straight into a byte array. For lists: a generic encoder costs an order of magnitude more.
///
/// The writer places commas; the caller keeps `object`/`array` balanced by the closures. Text must be valid UTF-8.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8]
    private var needsComma = false

    package init(capacity: Int = 1024) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// What can be opened and closed.
    package enum Shape: Sendable {
        case object
        case array
    }

    /// Opens an object or array whose end is not in the same function. Whoever opens closes.
    package mutating func open(_ shape: Shape) { begin(shape == .object ? UInt8(ascii: "{") : UInt8(ascii: "[")) }

    /// Closes what ``open(_:)`` opened last.
    package mutating func close(_ shape: Shape) { end(shape == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")) }

    /// An object; `body` writes its members.
    package mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        begin(UInt8(ascii: "{"))
        try body(&self)
        end(UInt8(ascii: "}"))
    }

    /// An array; `body` writes its members.
    package mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        begin(UInt8(ascii: "["))
        try body(&self)
        end(UInt8(ascii: "]"))
    }

    /// A member name. It must need no escaping.
    package mutating func key(_ name: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        append(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member name that is data.
    package mutating func key(text name: String) {
        value(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member name that is computed; `write` appends its bytes, which must need no escaping.
    package mutating func key(_ write: (inout [UInt8]) -> Void) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        write(&bytes)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A string, escaped as RFC 8259 wants.
    package mutating func value(_ text: String) {
        comma()
        var text = text
        text.withUTF8 { quote($0) }
        needsComma = true
    }

    /// A string that is already UTF-8 bytes.
    package mutating func value(utf8 text: UnsafeBufferPointer<UInt8>) {
        comma()
        quote(text)
        needsComma = true
    }

    package mutating func value(_ number: Int64) {
        comma()
        digits(number)
        needsComma = true
    }

    package mutating func value(_ number: Int) { value(Int64(number)) }

    /// A JSON number; infinities and NaN, which JSON does not have, become null.
    package mutating func value(_ number: Double) {
        guard number.isFinite else { return null() }
        comma()
        bytes.append(contentsOf: number.description.utf8)
        needsComma = true
    }

    package mutating func value(_ flag: Bool) {
        comma()
        append(flag ? "true" : "false")
        needsComma = true
    }

    /// The word `null`.
    package mutating func null() {
        comma()
        append("null")
        needsComma = true
    }

    package mutating func value(_ text: String?) {
        if let text { value(text) } else { null() }
    }

    package mutating func value(_ number: Int64?) {
        if let number { value(number) } else { null() }
    }

    package mutating func value(_ moment: Moment) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { buffer in
            moment.write(to: buffer)
            bytes.append(contentsOf: buffer)
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Text that is JSON already (a stored document). The caller vouches for it.
    package mutating func value(rawJSON text: String) {
        comma()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func begin(_ byte: UInt8) {
        comma()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func end(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func digits(_ number: Int64) {
        var rest = number.magnitude
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var start = 20
            repeat {
                start -= 1
                buffer[start] = UInt8(truncatingIfNeeded: 48 + rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start..<20]))
        }
    }

    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var copied = 0
        for index in text.indices {
            let byte = text[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<index]))
            escape(byte)
            copied = index + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...]))
        bytes.append(UInt8(ascii: "\""))
    }

    /// RFC 8259 §7.
    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        default:
            append(byte < 0x10 ? "\\u000" : "\\u001")
            bytes.append(Array("0123456789abcdef".utf8)[Int(byte & 15)])
        }
    }
}
