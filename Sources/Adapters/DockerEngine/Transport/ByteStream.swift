import AsyncHTTPClient
import NIOCore

/// The body of an answer that goes on. Read by one task at a time; back-pressure reaches the engine. Dropping it closes
/// the connection.
///
/// Unchecked: the iterator is only touched by the one reader, which the streams made from it guarantee.
final class ByteStream: @unchecked Sendable {
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private let transport: Transport
    private let title: String

    init(_ body: HTTPClientResponse.Body, transport: Transport, title: String) {
        iterator = body.makeAsyncIterator()
        self.transport = transport
        self.title = title
    }

    /// The next bytes; nil at the end.
    func next() async throws -> ByteBuffer? {
        do {
            return try await iterator.next()
        } catch {
            throw try transport.classify(error, title)
        }
    }

    /// The same, but at most `seconds` of silence.
    func next(idleSeconds: Int64) async throws -> ByteBuffer? {
        do {
            return try await within(idleSeconds) { try await self.next() }
        } catch {
            throw try transport.classify(error, title)
        }
    }

    func error(_ kind: DockerError.Kind, _ message: String) -> DockerError { transport.error(kind, message, title) }
}
