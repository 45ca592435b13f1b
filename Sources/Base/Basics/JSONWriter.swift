/// Writes JSON straight into a byte array. For lists: a generic encoder costs an order of magnitude more.
///
/// The writer places commas; the caller keeps `object`/`array` balanced by the closures. Text must be valid UTF-8.
package struct JSONWriter: ~Copyable, Sendable {
    private var storage: RawBytes
    private var needsComma = false
    /// Kept for names that are computed, which are many.
    private var name: [UInt8] = []
    /// The day of the time written last, and where it stands in what was written.
    private var day: (number: Int64, at: Int)?

    package init(capacity: Int = 1024) { storage = RawBytes(capacity: max(capacity, 16)) }

    /// What was written. The writer is empty then and keeps its memory.
    package mutating func finish() -> [UInt8] {
        defer { (storage.count, needsComma, day) = (0, false, nil) }
        return [UInt8](storage.written)
    }

    /// Hands over what was written so far, to be copied somewhere.
    package func withBytes<T>(_ body: (UnsafeBufferPointer<UInt8>) -> T) -> T { body(storage.written) }

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
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        let comma = needsComma ? 1 : 0
        add(comma + name.count + 3) { place in
            if comma == 1 { place[0] = UInt8(ascii: ",") }
            place[comma] = UInt8(ascii: "\"")
            Self.copy(name, to: place, at: comma + 1)
            place[comma + name.count + 1] = UInt8(ascii: "\"")
            place[comma + name.count + 2] = UInt8(ascii: ":")
        }
        needsComma = false
    }

    /// A member name that is data.
    package mutating func key(text name: String) {
        value(name)
        byte(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member name that is computed; `write` appends its bytes, which must need no escaping.
    package mutating func key(_ write: (inout [UInt8]) -> Void) {
        name.removeAll(keepingCapacity: true)
        write(&name)
        comma()
        byte(UInt8(ascii: "\""))
        let written = name
        written.withUnsafeBufferPointer { put($0) }
        byte(UInt8(ascii: "\""))
        byte(UInt8(ascii: ":"))
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
        var text = number.description
        text.withUTF8 { put($0) }
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
        let place = storage.extended(by: 26)
        let text = UnsafeMutableBufferPointer(rebasing: place[1..<25])
        place[0] = UInt8(ascii: "\"")
        let number = moment.day
        if let day, day.number == number {
            Self.copy(UnsafeBufferPointer(rebasing: storage.written[day.at..<day.at + 10]), to: text, at: 0)
        } else {
            Moment.write(day: number, to: text)
            day = (number, storage.count - 25)
        }
        moment.writeTime(to: text)
        place[25] = UInt8(ascii: "\"")
        needsComma = true
    }

    /// Members of an object that were written before, by a writer of their own, without the braces around them.
    package mutating func members(_ written: [UInt8]) {
        comma()
        written.withUnsafeBufferPointer { put($0) }
        needsComma = true
    }

    /// Text that is JSON already (a stored document). The caller vouches for it.
    package mutating func value(rawJSON text: String) {
        comma()
        var text = text
        text.withUTF8 { put($0) }
        needsComma = true
    }

    /// Text that was escaped once, to begin many strings with: the address that all links of a list have in common.
    package struct Beginning: Sendable {
        /// With the opening quotation mark.
        fileprivate let bytes: [UInt8]

        package init(_ text: String) {
            var writer = JSONWriter(capacity: text.utf8.count + 2)
            writer.value(text)
            bytes = Array(writer.finish().dropLast())
        }
    }

    /// The pieces of one string, one after the other. `tail` must need no escaping.
    package mutating func value(_ beginning: Beginning, _ number: Int64, _ tail: StaticString) {
        comma()
        beginning.bytes.withUnsafeBufferPointer { put($0) }
        digits(number)
        append(tail)
        byte(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func begin(_ opening: UInt8) {
        comma()
        byte(opening)
        needsComma = false
    }

    private mutating func end(_ closing: UInt8) {
        byte(closing)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { byte(UInt8(ascii: ",")) }
    }

    private mutating func append(_ text: StaticString) {
        put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func byte(_ byte: UInt8) { add(1) { $0[0] = byte } }

    private mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
        add(text.count) { Self.copy(text, to: $0, at: 0) }
    }

    /// Room for `length` more bytes, which `write` fills.
    private mutating func add(_ length: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        write(storage.extended(by: length))
    }

    private static func copy(
        _ text: UnsafeBufferPointer<UInt8>, to place: UnsafeMutableBufferPointer<UInt8>, at index: Int
    ) {
        guard let from = text.baseAddress, let to = place.baseAddress else { return }
        precondition(index + text.count <= place.count)
        UnsafeMutableRawPointer(to + index).copyMemory(from: from, byteCount: text.count)
    }

    private mutating func digits(_ number: Int64) {
        var length = number < 0 ? 2 : 1
        var rest = number.magnitude / 10
        while rest > 0 {
            length += 1
            rest /= 10
        }
        add(length) { place in
            var rest = number.magnitude
            for index in stride(from: length - 1, through: number < 0 ? 1 : 0, by: -1) {
                place[index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
                rest /= 10
            }
            if number < 0 { place[0] = UInt8(ascii: "-") }
        }
    }

    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.contains(where: Self.mustBeEscaped) else {
            return add(text.count + 2) { place in
                place[0] = UInt8(ascii: "\"")
                Self.copy(text, to: place, at: 1)
                place[text.count + 1] = UInt8(ascii: "\"")
            }
        }
        byte(UInt8(ascii: "\""))
        var copied = 0
        for index in text.indices where Self.mustBeEscaped(text[index]) {
            put(UnsafeBufferPointer(rebasing: text[copied..<index]))
            escape(text[index])
            copied = index + 1
        }
        put(UnsafeBufferPointer(rebasing: text[copied...]))
        byte(UInt8(ascii: "\""))
    }

    private static func mustBeEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// RFC 8259 §7.
    private mutating func escape(_ control: UInt8) {
        switch control {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        default:
            append(control < 0x10 ? "\\u000" : "\\u001")
            let digit = control & 15
            byte(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
