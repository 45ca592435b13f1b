/// Wakes one waiting loop; signals that come while it works are kept as one.
final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func raise() { continuation.yield() }

    /// Returns at the next signal, after `time`, or when the task is cancelled.
    func wait(atMost time: Duration) async {
        let alarm = Task { [continuation] in
            try await Task.sleep(for: time)
            continuation.yield()
        }
        defer { alarm.cancel() }
        var iterator = stream.makeAsyncIterator()
        _ = await iterator.next()
    }

    /// Raises this signal whenever `channel` does, until the task is cancelled.
    func follow(_ channel: AsyncStream<Void>) async {
        for await _ in channel { raise() }
    }
}
