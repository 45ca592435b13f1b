import AsyncHTTPClient
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

/// The HTTP clients of a directory: one for calls, one for streams, so that open streams never use up the connections
/// that calls need. They shut down with the last engine that uses them.
final class HTTPClients: Sendable {
    let calls: HTTPClient
    let streams: HTTPClient

    init() {
        calls = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: Self.configuration(DockerLimits.connectionsMax))
        streams = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: Self.configuration(DockerLimits.streamsMax))
    }

    deinit {
        calls.shutdown { _ in }
        streams.shutdown { _ in }
    }

    private static func configuration(_ connectionsMax: Int) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(DockerLimits.connectSeconds)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsMax
        configuration.connectionPool.idleTimeout = .seconds(30)
        // The caller decides about trying again; it must learn at once that nobody listens.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.http1_1ConnectionDebugInitializer = { keepAlive($0) }
        return configuration
    }

    /// Streams may be silent for hours: TCP itself finds out that the other side is gone, within a minute.
    @Sendable static func keepAlive(_ channel: any Channel) -> EventLoopFuture<Void> {
        guard let family = channel.remoteAddress?.protocol, family == .inet || family == .inet6 else {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        let settings: [(ChannelOptions.Types.SocketOption, Int)] = [
            (.init(level: .socket, name: .so_keepalive), 1),
            (.init(level: .tcp, name: .init(rawValue: CInt(TCP_KEEPIDLE))), 30),
            (.init(level: .tcp, name: .init(rawValue: CInt(TCP_KEEPINTVL))), 10),
            (.init(level: .tcp, name: .init(rawValue: CInt(TCP_KEEPCNT))), 3),
        ]
        return EventLoopFuture.andAllSucceed(
            settings.map { channel.setOption($0.0, value: $0.1) }, on: channel.eventLoop)
    }
}
