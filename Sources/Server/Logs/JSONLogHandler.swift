package import Basics
package import Logging

/// Writes each log entry as one JSON object on one line of standard error, in one `write`, so that lines of several
/// threads never mix.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let output: Output

    /// What all copies of a logger share. Hummingbird makes one for every request.
    private final class Output: Sendable {
        let label: String
        let clock: any WallClock
        let write: @Sendable ([UInt8]) -> Void

        init(_ label: String, _ clock: any WallClock, _ write: @escaping @Sendable ([UInt8]) -> Void) {
            self.label = label
            self.clock = clock
            self.write = write
        }
    }

    /// `write` gets one whole line, its end included, at a time.
    package init(
        label: String, level: Logger.Level, clock: any WallClock = SystemWallClock(),
        to write: @escaping @Sendable ([UInt8]) -> Void = { StandardError.write($0) }
    ) {
        logLevel = level
        output = Output(label, clock, write)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set {
            // Hummingbird's number of a request, for which it copies the logger. What we write about one has our own.
            if key != "hb.request.id" { metadata[key] = newValue }
        }
    }

    package func log(event: LogEvent) {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.key("time")
            json.value(output.clock.now())
            json.key("level")
            json.value(event.level.rawValue)
            json.key("source")
            json.value(output.label)
            json.key("message")
            json.value(event.message.description)
            var all = metadata
            if let more = event.metadata { all.merge(more) { _, new in new } }
            for (key, value) in all.sorted(by: { $0.key < $1.key }) {
                json.key(text: key)
                Self.write(value, to: &json)
            }
        }
        var line = json.finish()
        line.append(UInt8(ascii: "\n"))
        output.write(line)
    }

    private static func write(_ value: Logger.MetadataValue, to json: inout JSONWriter) {
        switch value {
        case .string(let text): json.value(text)
        case .stringConvertible(let value): json.value(value.description)
        case .array(let values): json.array { json in for value in values { write(value, to: &json) } }
        case .dictionary(let values):
            json.object { json in
                for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                    json.key(text: key)
                    write(value, to: &json)
                }
            }
        }
    }
}
