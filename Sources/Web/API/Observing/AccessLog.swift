package import Basics
import Synchronization

/// One JSON line per request, gathered and written a few times a second.
///
/// A line per request through the general logger would cost more than many requests do.
package final class AccessLog: Sendable {
    package struct Entry: Sendable {
        package let at: Moment
        package let request: String
        package let method: String
        /// With the query, which is not written.
        package let path: String
        package let status: Int
        package let seconds: Double
        package let user: Int64?

        package init(
            at: Moment, request: String, method: String, path: String, status: Int, seconds: Double, user: Int64?
        ) {
            self.at = at
            self.request = request
            self.method = method
            self.path = path
            self.status = status
            self.seconds = seconds
            self.user = user
        }
    }

    /// Written out at once when this much is waiting.
    private static let bytesMax = 65_536
    /// Longer paths are cut in the log.
    private static let pathCharactersMax = 500

    private let waiting = Mutex<[UInt8]>([])
    private let sink: @Sendable ([UInt8]) -> Void

    /// `sink` gets whole lines, several at a time.
    package init(sink: @escaping @Sendable ([UInt8]) -> Void) { self.sink = sink }

    package func write(_ entry: Entry) {
        var writer = JSONWriter(capacity: 256)
        writer.object { out in
            out.key("time")
            out.value(entry.at)
            out.key("level")
            out.value("info")
            out.key("message")
            out.value("request")
            out.key("request_id")
            out.value(entry.request)
            out.key("method")
            out.value(entry.method)
            out.key("path")
            // Without the query: clients put codes and tokens there, wherever they were told to put them.
            out.value(Self.path(entry.path))
            out.key("status")
            out.value(entry.status)
            out.key("us")
            out.value(Int64(entry.seconds * 1_000_000))
            out.key("user_id")
            out.value(entry.user)
        }
        let full = waiting.withLock { buffer -> [UInt8]? in
            writer.withBytes { buffer.append(contentsOf: $0) }
            buffer.append(UInt8(ascii: "\n"))
            if buffer.count < Self.bytesMax { return nil }
            defer { buffer.removeAll(keepingCapacity: true) }
            return buffer
        }
        if let full { sink(full) }
    }

    private static func path(_ target: String) -> String {
        let path = FormText.target(target).path
        return String(path.utf8.count <= pathCharactersMax ? path : path.prefix(pathCharactersMax))
    }

    /// Writes out what waits.
    package func flush() {
        let bytes = waiting.withLock { buffer -> [UInt8] in
            defer { buffer.removeAll(keepingCapacity: true) }
            return buffer
        }
        if !bytes.isEmpty { sink(bytes) }
    }

    /// Writes out what waits every 200 ms until cancelled, and a last time then.
    package func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(200))
            flush()
        }
        flush()
    }
}
