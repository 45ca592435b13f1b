import NIOCore

/// Docker's multiplexed stream: 1 byte stream (1 output, 2 error output), 3 zero bytes, big-endian length, payload.
struct FrameDecoder: Sendable {
    struct Frame: Sendable, Hashable {
        /// 1 for standard output, 2 for standard error.
        let stream: Int
        let payload: ByteBuffer
    }

    /// The bytes are no such stream.
    struct Malformed: Error {}

    private var buffer = ByteBuffer()

    mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeImmutableBuffer(bytes) }
    }

    /// Whether the stream may end here: no frame is half read.
    var isComplete: Bool { buffer.readableBytes == 0 }

    /// The next whole frame; nil when more bytes are needed.
    mutating func next() throws(Malformed) -> Frame? {
        let start = buffer.readerIndex
        guard let kind: UInt8 = buffer.getInteger(at: start), let length: UInt32 = buffer.getInteger(at: start + 4)
        else { return nil }
        // The engine also knows stream 0 (what was typed, echoed) and 3 (errors of its own).
        guard kind <= 3, length <= DockerLimits.frameBytesMax,
            buffer.getBytes(at: start + 1, length: 3) == [0, 0, 0]
        else { throw Malformed() }
        guard buffer.readableBytes >= 8 + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: 8)
        guard let payload = buffer.readSlice(length: Int(length)) else { return nil }
        buffer.discardReadBytes()
        return Frame(stream: kind == 2 || kind == 3 ? 2 : 1, payload: payload)
    }
}

/// Splits a stream of JSON documents at line ends.
struct LineSplitter: Sendable {
    /// A line is longer than ``DockerLimits/lineBytesMax``.
    struct TooLong: Error {}

    private var buffer = ByteBuffer()
    /// How far the buffer was searched already.
    private var searched = 0

    mutating func append(_ bytes: ByteBuffer) {
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(bytes)
    }

    /// The next line without its end; empty ones are skipped. nil when more bytes are needed.
    mutating func next() throws(TooLong) -> ByteBuffer? {
        while true {
            let view = buffer.readableBytesView.dropFirst(searched)
            guard let end = view.firstIndex(of: 10) else {
                searched = buffer.readableBytes
                guard searched <= DockerLimits.lineBytesMax else { throw TooLong() }
                return nil
            }
            let length = end - buffer.readerIndex
            searched = 0
            guard length <= DockerLimits.lineBytesMax, var line = buffer.readSlice(length: length) else {
                throw TooLong()
            }
            buffer.moveReaderIndex(forwardBy: 1)
            if line.readableBytesView.last == 13 {
                line = line.getSlice(at: line.readerIndex, length: length - 1) ?? line
            }
            if line.readableBytes > 0 { return line }
        }
    }

    /// What follows the last line end.
    var rest: ByteBuffer { buffer }
}
