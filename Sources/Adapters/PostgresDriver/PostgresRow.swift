import CLibPQ
import SQL

#if canImport(Glibc)
    import Glibc
#endif

/// A row of a result that libpq holds in memory as text.
final class PostgresRow: Row {
    private let result: OpaquePointer
    var index: Int32 = 0

    init(_ result: OpaquePointer) { self.result = result }

    func isNull(_ column: Int) -> Bool { PQgetisnull(result, index, Int32(column)) == 1 }

    /// Digits up to the first character that is none, as SQLite reads numbers. PostgreSQL's `t` is 1.
    func int(_ column: Int) -> Int64 {
        let bytes = bytes(column)
        guard let first = bytes.first else { return 0 }
        if first == UInt8(ascii: "t") { return 1 }
        let isNegative = first == UInt8(ascii: "-")
        var value: Int64 = 0
        for byte in bytes.dropFirst(isNegative ? 1 : 0) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
            value = value &* 10 &- Int64(byte - UInt8(ascii: "0"))
        }
        return isNegative ? value : 0 &- value
    }

    func double(_ column: Int) -> Double { Double(text(column)) ?? 0 }
    func text(_ column: Int) -> String { String(decoding: bytes(column), as: UTF8.self) }
    func utf8(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) { body(bytes(column)) }

    private func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8> {
        guard let start = PQgetvalue(result, index, Int32(column)) else { return .init(start: nil, count: 0) }
        return UnsafeBufferPointer(
            start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self),
            count: Int(PQgetlength(result, index, Int32(column))))
    }
}

/// Values in the form libpq wants: one block of zero-terminated texts, and the type of each.
struct PostgresParameters {
    private static let int8: Oid = 20
    private static let text: Oid = 25
    private static let float8: Oid = 701

    /// Types are sent for what is not NULL, so that `$1` means the same as it does on SQLite.
    private(set) var types: [Oid] = []
    private var block: [UInt8] = []
    private var starts: [Int?] = []

    init(_ values: [SQLValue]) throws {
        types.reserveCapacity(values.count)
        starts.reserveCapacity(values.count)
        for value in values {
            switch value {
            case .null: add(nil, 0)
            case .int(let number): add(String(number), Self.int8)
            case .real(let number): add("\(number)", Self.float8)
            case .text(let text):
                // It would end the text for libpq.
                guard !text.utf8.contains(0) else {
                    throw DatabaseProblem.notAllowed(detail: "A text may not contain the character U+0000.")
                }
                add(text, Self.text)
            }
        }
    }

    /// Pointers to the texts; nil means NULL.
    func withPointers<T>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> T) -> T {
        block.withUnsafeBytes { block in
            let base = block.baseAddress
            let pointers = starts.map { start in
                start.flatMap { base?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            }
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }

    private mutating func add(_ text: String?, _ type: Oid) {
        types.append(type)
        starts.append(text == nil ? nil : block.count)
        guard let text else { return }
        block.append(contentsOf: text.utf8)
        block.append(0)
    }
}
