import Basics
import NIOCore
import NIOHTTP1

/// One request to the engine.
struct Call: Sendable {
    enum Body: Sendable {
        case json([UInt8])
        case tar([UInt8])
    }

    var method: HTTPMethod
    /// Without the version, every segment escaped: made by ``path(_:)``.
    var path: String
    var query: [(String, String)] = []
    var headers: [(String, String)] = []
    var body: Body?
    /// Statuses that are no error for the caller.
    var accept: Set<Int> = [200]
    var seconds: Int64 = DockerLimits.querySeconds
    var bytesMax = DockerLimits.answerBytesMax
    /// Whether it may be sent again when the connection was lost in the middle.
    var repeatable = true
    /// `/version` and `/_ping` work without an agreed version.
    var versioned = true

    init(_ method: HTTPMethod, _ segments: String...) {
        self.method = method
        path = segments.map { "/" + PercentEncoding.encode($0) }.joined()
    }

    /// For messages and the log.
    var title: String { "\(method.rawValue) \(path)" }

    func uri(version: APIVersion?) -> String {
        var uri = version.map { "/v\($0)" } ?? ""
        uri += path
        if !query.isEmpty {
            uri += "?" + query.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        }
        return uri
    }
}

/// A whole answer within its size limit.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: ByteBuffer
}
