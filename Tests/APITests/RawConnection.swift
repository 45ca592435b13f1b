import NIOCore
import NIOPosix

/// A connection that sends bytes as they are: what no HTTP client would.
enum RawConnection {
    /// Sends `parts` one after the other, each when the one before has left, and gives back everything that came until
    /// the server closed, or until `isEnough` says so.
    static func exchange(
        _ world: APIWorld, _ parts: [String], until isEnough: @escaping @Sendable (String) -> Bool = { _ in false }
    ) async throws -> String {
        let port = Int(world.base.split(separator: ":").last ?? "") ?? 0
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            for part in parts { try await outbound.write(ByteBuffer(string: part)) }
            var text = ""
            for try await bytes in inbound {
                text += String(buffer: bytes)
                if isEnough(text) { break }
            }
            return text
        }
    }

    /// Whether `text` holds a whole answer whose length is announced.
    static func isWhole(_ text: String) -> Bool {
        guard let end = text.firstRange(of: "\r\n\r\n") else { return false }
        let head = text[..<end.lowerBound].lowercased()
        guard let mark = head.firstRange(of: "content-length: "),
            let length = Int(head[mark.upperBound...].prefix { $0.isNumber })
        else { return true }
        return text[end.upperBound...].utf8.count >= length
    }
}
