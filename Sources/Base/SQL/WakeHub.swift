import Synchronization

/// Hands wake-ups to everybody in this process who listens. Both drivers own one.
package final class WakeHub: Sendable {
    private struct State {
        var nextID = 0
        var listeners: [WakeChannel: [Int: AsyncStream<Void>.Continuation]] = [:]
        var counts: [WakeChannel: UInt64] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Wake-ups as they come; several that nobody has taken yet become one.
    package func listen(_ channel: WakeChannel) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.nextID += 1
            state.listeners[channel, default: [:]][state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners[channel]?.removeValue(forKey: id) }
        }
        return stream
    }

    /// How often `channel` was woken. What was read at one count is still so at the same count.
    package func count(_ channel: WakeChannel) -> UInt64 { state.withLock { $0.counts[channel] ?? 0 } }

    /// Wakes the listeners of `channels`.
    package func wake(_ channels: some Sequence<WakeChannel>) {
        let listeners = state.withLock { state in
            for channel in channels { state.counts[channel, default: 0] &+= 1 }
            return channels.flatMap { channel in state.listeners[channel].map { Array($0.values) } ?? [] }
        }
        for listener in listeners { listener.yield() }
    }

    /// Ends all streams, also those asked for later.
    package func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            let all = state.listeners.values.flatMap(\.values)
            state.listeners = [:]
            return all
        }
        for listener in listeners { listener.finish() }
    }
}
