import HTTPTypes
import Hummingbird
import Identity
import NIOCore

/// Where a request comes from. Only proxies that the operator trusts are believed what they say about it.
struct ClientAddress: Sendable {
    private let channel: any Channel
    /// What the proxies say; nil when there are none.
    private let forwarded: String?
    let number: IPAddress?

    /// As text; empty when the connection has none.
    var text: String { forwarded ?? channel.remoteAddress?.ipAddress ?? "" }

    init(_ request: Request, _ channel: any Channel, behind proxies: [IPNetwork]) {
        self.channel = channel
        let peer = Self.number(of: channel.remoteAddress)
        forwarded = peer.flatMap { Self.forwarded(request, by: $0, behind: proxies) }
        number = forwarded.map { IPAddress($0) } ?? peer
    }

    /// The last address in `X-Forwarded-For` that is not a trusted proxy's. What stands before it anybody can write.
    private static func forwarded(_ request: Request, by peer: IPAddress, behind proxies: [IPNetwork]) -> String? {
        func isTrusted(_ address: IPAddress) -> Bool { proxies.contains { $0.contains(address) } }
        guard !proxies.isEmpty, isTrusted(peer) else { return nil }
        var client: String?
        for entry in request.headers[values: .forwardedFor].joined(separator: ",").split(separator: ",").reversed() {
            let text = String(entry.filter { $0 != " " && $0 != "\t" })
            guard let address = IPAddress(text) else { break }
            client = text
            if !isTrusted(address) { break }
        }
        return client
    }

    /// Read from the socket's own form: a name as text would be made for every request and read again at once.
    private static func number(of address: SocketAddress?) -> IPAddress? {
        // Where the address stands behind family and port (RFC 3493 §3.3).
        let place: Range<Int>? =
            switch address?.protocol {
            case .inet: 4..<8
            case .inet6: 8..<24
            default: nil
            }
        guard let address, let place else { return nil }
        return address.withSockAddr { start, length in
            length < place.upperBound
                ? nil : IPAddress(bytes: UnsafeRawBufferPointer(start: start, count: length)[place])
        }
    }
}
