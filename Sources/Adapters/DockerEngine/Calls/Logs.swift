import Basics
package import Fleet
import NIOCore
import NIOHTTP1

extension DockerEngine {
    package func logs(
        of container: String, sinceMicroseconds: Int64
    ) -> AsyncThrowingStream<EngineLogLine, any Error> {
        let transport = transport
        var assembler = LogAssembler()
        return Feed.elements(
            open: {
                try DockerNames.check(container, "container")
                var call = Call(.GET, "containers", container, "logs")
                call.query = [
                    ("follow", "1"), ("stdout", "1"), ("stderr", "1"), ("timestamps", "1"),
                    ("since", EngineTime.parameter(microseconds: sinceMicroseconds)),
                ]
                return try await transport.open(call)
            },
            parse: { bytes in
                do {
                    return try assembler.take(bytes)
                } catch is FrameDecoder.Malformed {
                    throw transport.error(.nonsense, "it is no multiplexed stream", "GET /containers/\(container)/logs")
                }
            })
    }
}

/// Makes log lines from frames. The engine cuts lines after 16 KB and puts a time before each part; a part that does
/// not end with a line end is continued by the next one of the same stream.
struct LogAssembler {
    private var frames = FrameDecoder()
    private var partial: [Int: EngineLogLine] = [:]

    /// The lines that `bytes` complete.
    mutating func take(_ bytes: ByteBuffer) throws(FrameDecoder.Malformed) -> [EngineLogLine] {
        frames.append(bytes)
        var lines: [EngineLogLine] = []
        while let frame = try frames.next() {
            guard let line = Self.line(frame) else { continue }
            let whole = frame.payload.readableBytesView.last == 10
            let joined = Self.join(partial[frame.stream], line)
            partial[frame.stream] = whole ? nil : joined
            if whole { lines.append(joined) }
        }
        return lines
    }

    private static func join(_ start: EngineLogLine?, _ next: EngineLogLine) -> EngineLogLine {
        guard let start else { return next }
        let room = DockerLimits.logLineBytesMax - start.line.utf8.count
        let text = room > 0 ? start.line + String(decoding: next.line.utf8.prefix(room), as: UTF8.self) : start.line
        return EngineLogLine(atMicroseconds: start.atMicroseconds, stream: start.stream, line: text)
    }

    /// `2026-11-23T19:50:15.188408538Z text`; nil when it has no time.
    private static func line(_ frame: FrameDecoder.Frame) -> EngineLogLine? {
        let bytes = frame.payload.readableBytesView
        guard let space = bytes.firstIndex(of: 32), let time = EngineTime.nanoseconds(bytes[..<space]) else {
            return nil
        }
        var text = bytes[(space + 1)...]
        if text.last == 10 { text = text.dropLast() }
        if text.last == 13 { text = text.dropLast() }
        // PostgreSQL refuses NUL in text, and no reader of a log misses it.
        let decoded = String(decoding: text.prefix(DockerLimits.logLineBytesMax), as: UTF8.self)
        return EngineLogLine(
            atMicroseconds: time / 1000, stream: frame.stream,
            line: decoded.utf8.contains(0) ? decoded.split(separator: "\0").joined(separator: "\u{FFFD}") : decoded)
    }
}
