import Basics
import Logging
import Server
import Synchronization
import Testing

@Suite struct JSONLogHandlerTests {
    private final class Sink: Sendable {
        private let written = Mutex<[[UInt8]]>([])
        func write(_ line: [UInt8]) { written.withLock { $0.append(line) } }
        var lines: [String] { written.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }
    }

    private func logger(_ sink: Sink, level: Logger.Level = .info) -> Logger {
        Logger(label: "berth.test") { label in
            JSONLogHandler(label: label, level: level, clock: ManualWallClock(Moment(milliseconds: 0))) {
                sink.write($0)
            }
        }
    }

    @Test func anEntryIsOneObjectOnOneLine() {
        let sink = Sink()
        var logger = logger(sink)
        logger[metadataKey: "request"] = "r1"
        logger[metadataKey: "zone"] = "old"
        logger.warning("two\nlines \"quoted\"", metadata: ["zone": .stringConvertible(7), "a": ["x", ["k": "v"]]])
        #expect(
            sink.lines == [
                #"{"time":"1970-01-01T00:00:00.000Z","level":"warning","source":"berth.test","#
                    + #""message":"two\nlines \"quoted\"","a":["x",{"k":"v"}],"request":"r1","zone":"7"}"# + "\n"
            ])
    }

    @Test func entriesBelowTheLevelAreNotWritten() {
        let sink = Sink()
        let logger = logger(sink, level: .error)
        logger.warning("no")
        logger.error("yes")
        #expect(sink.lines.count == 1)
    }
}
