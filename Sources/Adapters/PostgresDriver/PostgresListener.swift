import CLibPQ
import Foundation
import SQL
import Synchronization

/// A connection on its own thread that waits for notifications. When it is lost it comes back, and then wakes
/// everybody, because nobody knows what was missed.
final class PostgresListener: Sendable {
    private static let pauseMin = Duration.milliseconds(50)
    private static let pauseMax = Duration.seconds(5)
    /// What a channel is called in the database.
    static func name(_ channel: WakeChannel) -> String { "berth_" + channel.rawValue }

    private let settings: PostgresSettings
    private let pool: PostgresPool
    private let hub: WakeHub
    /// Closing the writing end ends the thread.
    private let reading: Int32
    private let writing: Int32
    private let isStopped = Mutex(false)

    init(_ settings: PostgresSettings, pool: PostgresPool, hub: WakeHub) {
        self.settings = settings
        self.pool = pool
        self.hub = hub
        var ends: [Int32] = [-1, -1]
        // Without a pipe (no descriptors left) stopping takes until the next notification or reconnect.
        _ = pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
        let thread = Thread { [self] in listen() }
        thread.name = "berth.postgres.listen"
        thread.stackSize = 512 * 1024
        thread.start()
    }

    func stop() {
        let isFirst = isStopped.withLock { isStopped in
            defer { isStopped = true }
            return !isStopped
        }
        if isFirst { Foundation.close(writing) }
    }

    private func listen() {
        var pause = Self.pauseMin
        while !isStopped.withLock({ $0 }) {
            do throws(PostgresFailure) {
                let connection = try PostgresConnection(settings, counter: nil)
                let statements = WakeChannel.allCases.map { "LISTEN \(Self.name($0))" }
                try connection.control(statements.joined(separator: "; "))
                pause = Self.pauseMin
                hub.wake(WakeChannel.allCases)
                deliver(connection)
            } catch {
                wait(pause)
                pause = min(pause * 2, Self.pauseMax)
            }
        }
        Foundation.close(reading)
    }

    /// Returns when the connection is lost or we are stopped.
    private func deliver(_ connection: PostgresConnection) {
        while !isStopped.withLock({ $0 }) {
            var pollers = [
                pollfd(fd: connection.socket, events: Int16(POLLIN), revents: 0),
                pollfd(fd: reading, events: Int16(POLLIN), revents: 0),
            ]
            poll(&pollers, 2, -1)
            guard connection.isAlive() else { return }
            var channels: Set<WakeChannel> = []
            while let notification = connection.notification() {
                // Our own transactions have woken this process already.
                guard !pool.owns(processID: notification.processID) else { continue }
                channels.formUnion(WakeChannel.allCases.filter { Self.name($0) == notification.channel })
            }
            hub.wake(channels)
        }
    }

    private func wait(_ duration: Duration) {
        var pollers = [pollfd(fd: reading, events: Int16(POLLIN), revents: 0)]
        poll(&pollers, 1, Int32(clamping: duration.milliseconds))
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

/// Blocks this thread, which must be one of ours, never one of Swift's.
func pauseThread(_ duration: Duration) {
    usleep(UInt32(clamping: max(duration.milliseconds, 1) * 1000))
}
