import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import NIOCore

/// How a listener speaks: HTTP/1.1, or with TLS whichever of HTTP/1.1 and HTTP/2 the client prefers (ALPN, RFC 7301).
enum Listening {
    enum Limits {
        /// A connection on which nothing is asked for so long is closed. Longer than any answer may take.
        static let idleSeconds: Int64 = 90
        /// More is refused by the parser, before anybody can say so in words; `EndpointLimits` is stricter.
        static let headerBytesMax = 65_536
        static let headerFieldsMax = 200
    }

    /// Throws when the files of TLS cannot be used.
    static func server(_ tls: TLSFiles?) throws -> HTTPServerBuilder {
        let http1 = HTTP1Channel.Configuration(
            idleTimeout: .seconds(Limits.idleSeconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Limits.headerBytesMax, maxHeaderListSize: Limits.headerBytesMax,
                maxHeaderFieldCount: Limits.headerFieldsMax))
        guard let tls else { return .http1(configuration: http1) }
        return try .http2Upgrade(
            tlsConfiguration: tls.configuration(),
            configuration: .init(idleTimeout: .seconds(Limits.idleSeconds), streamConfiguration: http1))
    }
}
