import Basics
import HTTPTypes
import Hummingbird
import Synchronization

/// Names requests: the client's own `X-Request-Id` when it is well-formed, else ours.
///
/// Ours are a random part per process and a number, which costs nothing and is as unique as need be.
final class RequestIDs: Sendable {
    /// Longer names are not taken over.
    private static let bytesMax = 64
    private let prefix = Random.token(10) + "-"
    private let last = Atomic<UInt64>(0)

    func of(_ request: Request) -> String {
        if let own = request.headers.value(of: .requestID), Self.isWellFormed(own) { return own }
        let number = last.wrappingAdd(1, ordering: .relaxed).newValue
        return prefix + String(number, radix: 36)
    }

    /// Letters, digits, `-`, `_`, `.`: nothing that a log or a header could stumble over.
    static func isWellFormed(_ text: String) -> Bool {
        (1...bytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                switch $0 {
                case 48...57, 65...90, 97...122, 45, 46, 95: true
                default: false
                }
            }
    }
}
