import Fleet
import NIOCore
import Testing

@testable import DockerEngine

struct FrameDecoderTests {
    private static func frame(_ stream: UInt8, _ text: String) -> [UInt8] {
        let length = UInt8(text.utf8.count)
        return [stream, 0, 0, 0, 0, 0, 0, length] + Array(text.utf8)
    }

    private let bytes = frame(1, "out\n") + frame(2, "") + frame(2, "error") + frame(1, "x")

    @Test func framesSurviveASplitAtEveryByte() throws {
        for cut in 0...bytes.count {
            var decoder = FrameDecoder()
            var frames: [String] = []
            for part in [bytes[..<cut], bytes[cut...]] {
                decoder.append(ByteBuffer(bytes: part))
                while let frame = try decoder.next() {
                    frames.append("\(frame.stream):\(String(buffer: frame.payload))")
                }
            }
            #expect(frames == ["1:out\n", "2:", "2:error", "1:x"])
            #expect(decoder.isComplete)
        }
    }

    @Test func oneByteAtATimeIsTheSame() throws {
        var decoder = FrameDecoder()
        var frames = 0
        for byte in bytes {
            decoder.append(ByteBuffer(bytes: [byte]))
            while try decoder.next() != nil { frames += 1 }
        }
        #expect(frames == 4)
    }

    @Test(arguments: [
        [UInt8(ascii: "<"), 104, 116, 109, 108, 62, 0, 0], [1, 0, 1, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0x7F, 0, 0, 0],
    ])
    func whatIsNoFrameIsRefusedAtOnce(bytes: [UInt8]) {
        var decoder = FrameDecoder()
        decoder.append(ByteBuffer(bytes: bytes))
        #expect(throws: FrameDecoder.Malformed.self) { try decoder.next() }
    }

    @Test func linesSurviveASplitAtEveryByte() throws {
        let bytes = Array("{\"a\":1}\r\n\n{\"b\":2}\n{\"c\"".utf8)
        for cut in 0...bytes.count {
            var splitter = LineSplitter()
            var lines: [String] = []
            for part in [bytes[..<cut], bytes[cut...]] {
                splitter.append(ByteBuffer(bytes: part))
                while let line = try splitter.next() { lines.append(String(buffer: line)) }
            }
            #expect(lines == ["{\"a\":1}", "{\"b\":2}"])
            #expect(String(buffer: splitter.rest) == "{\"c\"")
        }
    }

    @Test func anEndlessLineIsRefused() throws {
        var splitter = LineSplitter()
        let part = ByteBuffer(repeating: 32, count: 1 << 18)
        #expect(throws: LineSplitter.TooLong.self) {
            for _ in 0..<5 {
                splitter.append(part)
                _ = try splitter.next()
            }
        }
    }

    @Test func partsOfALongLineAreJoinedAndEndlessOnesCut() throws {
        func frame(_ stream: UInt8, _ text: String) -> ByteBuffer {
            var buffer = ByteBuffer(bytes: [stream, 0, 0, 0])
            buffer.writeInteger(UInt32(text.utf8.count))
            buffer.writeString(text)
            return buffer
        }
        let time = "2026-11-23T19:50:15.188408538Z "
        var assembler = LogAssembler()
        #expect(try assembler.take(frame(1, time + "one ")).isEmpty)
        #expect(try assembler.take(frame(2, time + "err\n")).map(\.line) == ["err"])
        let lines = try assembler.take(frame(1, time + "two\r\n"))
        #expect(lines.map(\.line) == ["one two"])
        #expect(lines.first?.atMicroseconds == 1_795_463_415_188_408)
        for _ in 0..<20 { #expect(try assembler.take(frame(1, time + String(repeating: "x", count: 16_384))).isEmpty) }
        let cut = try assembler.take(frame(1, time + "end\n"))
        #expect(cut.map(\.line.utf8.count) == [DockerLimits.logLineBytesMax])
        #expect(try assembler.take(frame(1, "no time\n")).isEmpty)
        #expect(try assembler.take(frame(1, time + "a\0b\n")).map(\.line) == ["a\u{FFFD}b"])
    }
}

struct EngineTimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-23T19:50:15.188408538Z", 1_795_463_415_188_408_538),
        ("2024-02-29T23:59:59.5Z", 1_709_251_199_500_000_000), ("2026-11-23T21:50:15+02:00", 1_795_463_415_000_000_000),
    ])
    func timesOfTheEngineAreRead(text: String, expected: Int64) {
        #expect(EngineTime.nanoseconds(text.utf8) == expected)
    }

    @Test(arguments: [
        "", "0001-01-01T00:00:00Z", "2026-11-23 19:50:15Z", "2026-13-23T19:50:15Z", "2026-11-23T19:50:15",
        "2026-11-23T19:50:15.Zx", "9999-12-31T23:59:59Z",
    ])
    func whatIsNoTimeIsNil(text: String) {
        #expect(EngineTime.nanoseconds(text.utf8) == nil)
    }

    @Test func sinceHasNanoseconds() {
        #expect(EngineTime.parameter(microseconds: 1_795_463_415_000_042) == "1795463415.000042000")
    }
}
