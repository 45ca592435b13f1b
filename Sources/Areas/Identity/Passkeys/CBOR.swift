/// The part of CBOR (RFC 8949) that authenticators speak: whole numbers, bytes, text, lists, maps, true, false, null,
/// all of known length (CTAP2 canonical form). Everything comes from strangers, so everything has a bound and nothing
/// can trap.
indirect enum CBOR: Sendable, Hashable {
    case number(Int64)
    case bytes([UInt8])
    case text(String)
    case list([CBOR])
    /// Keys in the order they came; none comes twice.
    case map([Pair])
    case bool(Bool)
    case null

    /// One member of a map.
    struct Pair: Sendable, Hashable {
        let key: CBOR
        let value: CBOR
    }

    /// Bounds.
    enum Limits {
        /// CTAP2 §8 has four levels.
        static let depthMax = 4
        /// Of one list or map; a COSE key has five members.
        static let itemsMax = 32
    }

    /// The one value that `bytes` hold, with nothing behind it; nil for anything else.
    static func read(_ bytes: [UInt8]) -> CBOR? {
        var rest = bytes[...]
        guard let value = read(&rest, depth: 0), rest.isEmpty else { return nil }
        return value
    }

    /// Takes one value from the front of `rest`; nil for what is none.
    static func read(_ rest: inout ArraySlice<UInt8>) -> CBOR? { read(&rest, depth: 0) }

    /// The member of a map; nil when this is none, or has none like that.
    subscript(_ key: CBOR) -> CBOR? {
        guard case .map(let pairs) = self else { return nil }
        return pairs.first { $0.key == key }?.value
    }

    var asBytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }

    private static func read(_ rest: inout ArraySlice<UInt8>, depth: Int) -> CBOR? {
        guard depth <= Limits.depthMax, let head = rest.popFirst() else { return nil }
        if head == 0xF4 || head == 0xF5 { return .bool(head == 0xF5) }
        if head == 0xF6 { return .null }
        guard head < 0xC0, let argument = argument(head & 31, &rest) else { return nil }
        switch head >> 5 {
        case 0: return .number(argument)
        case 1: return .number(-1 - argument)
        case 2: return take(argument, &rest).map { .bytes(Array($0)) }
        case 3:
            guard let bytes = take(argument, &rest), let text = String(validating: bytes, as: UTF8.self) else {
                return nil
            }
            return .text(text)
        case 4:
            guard argument <= Limits.itemsMax else { return nil }
            var items: [CBOR] = []
            for _ in 0..<argument {
                guard let item = read(&rest, depth: depth + 1) else { return nil }
                items.append(item)
            }
            return .list(items)
        default:
            guard argument <= Limits.itemsMax else { return nil }
            return map(argument, &rest, depth)
        }
    }

    private static func map(_ count: Int64, _ rest: inout ArraySlice<UInt8>, _ depth: Int) -> CBOR? {
        var pairs: [Pair] = []
        for _ in 0..<count {
            guard let key = read(&rest, depth: depth + 1), let value = read(&rest, depth: depth + 1),
                !pairs.contains(where: { $0.key == key })
            else { return nil }
            pairs.append(Pair(key: key, value: value))
        }
        return .map(pairs)
    }

    /// The number in or behind a head; nil when it does not fit, or the length is not known (RFC 8949 §3.2).
    private static func argument(_ low: UInt8, _ rest: inout ArraySlice<UInt8>) -> Int64? {
        if low < 24 { return Int64(low) }
        guard low < 28, let bytes = take(1 << Int64(low - 24), &rest) else { return nil }
        return Int64(exactly: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private static func take(_ count: Int64, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard count <= Int64(rest.count) else { return nil }
        let taken = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        return taken
    }
}
