import Fleet
import NIOCore

/// Pulls elements out of a byte stream that is opened at the first demand. Nothing is read ahead of the consumer, and
/// when the consumer goes away the connection closes.
///
/// Unchecked: `AsyncThrowingStream(unfolding:)` asks for one element after the other, from its one consumer.
final class Feed<Element: Sendable>: @unchecked Sendable {
    private let open: @Sendable () async throws -> ByteStream
    private let parse: (ByteBuffer) throws -> [Element]
    private var stream: ByteStream?
    private var ready: [Element] = []
    private var position = 0

    /// `parse` takes the next bytes and answers what they complete.
    init(
        open: @escaping @Sendable () async throws -> ByteStream, parse: @escaping (ByteBuffer) throws -> [Element]
    ) {
        self.open = open
        self.parse = parse
    }

    private func next() async throws -> Element? {
        while position == ready.count {
            if stream == nil { stream = try await open() }
            guard let bytes = try await stream?.next() else {
                stream = nil
                return nil
            }
            ready = try parse(bytes)
            position = 0
        }
        position += 1
        return ready[position - 1]
    }

    /// The elements; errors arrive as faults.
    static func elements(
        open: @escaping @Sendable () async throws -> ByteStream, parse: @escaping (ByteBuffer) throws -> [Element],
        atEnd: DockerError? = nil
    ) -> AsyncThrowingStream<Element, any Error> {
        let feed = Feed(open: open, parse: parse)
        return AsyncThrowingStream {
            do {
                if let element = try await feed.next() { return element }
                try Task.checkCancellation()
                if let atEnd { throw atEnd }
                return nil
            } catch let error as DockerError {
                throw error.fault
            }
        }
    }
}
