import AsyncHTTPClient
import Basics
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Requests to one engine: agreed API version, deadlines, size limits, one classification of everything that can go
/// wrong, and the circuit breaker. Knows nothing about containers.
final class Transport: Sendable {
    let address: EngineAddress
    private let clients: HTTPClients
    private let breaker = Breaker()
    private let agreed = Mutex<APIVersion?>(nil)

    init(address: EngineAddress, clients: HTTPClients) {
        self.address = address
        self.clients = clients
    }

    /// Sends `call` and reads the whole answer. Any status outside `call.accept` is a fault.
    func send(_ call: Call) async throws -> Answer {
        do {
            return try await guarded(call) { try await self.sendOnce(call) }
        } catch let error as DockerError where error.kind == .lost && call.repeatable {
            // Every repeatable call names what it wants, so a second one finds what the first one did.
            return try await guarded(call) { try await self.sendOnce(call) }
        }
    }

    /// Opens `call` as a stream: answers once its head is here. Leaving the stream closes the connection.
    func open(_ call: Call) async throws -> ByteStream {
        try await guarded(call) {
            let response = try await self.head(call, on: self.clients.streams)
            return ByteStream(response.body, transport: self, title: call.title)
        }
    }

    /// Runs `body` (an exchange on a connection of its own) under the breaker, with the agreed version.
    func exchange<T: Sendable>(_ call: Call, _ body: (APIVersion) async throws -> T) async throws -> T {
        try await guarded(call) { try await body(try await self.version()) }
    }

    /// The version both sides speak. Asked once per engine, and again after a lost connection.
    func version() async throws -> APIVersion {
        if let version = agreed.withLock({ $0 }) { return version }
        var call = Call(.GET, "version")
        call.versioned = false
        call.seconds = DockerLimits.probeSeconds
        let answer = try await sendOnce(call)
        let theirs = try decode(VersionAnswer.self, answer, call)
        let version = try agree(theirs, call)
        agreed.withLock { $0 = version }
        return version
    }

    /// An error about `title`, classified.
    func error(_ kind: DockerError.Kind, _ message: String, _ title: String) -> DockerError {
        DockerError(kind: kind, message: message, endpoint: address.text, request: title)
    }

    private func agree(_ theirs: VersionAnswer, _ call: Call) throws -> APIVersion {
        guard let max = APIVersion(theirs.ApiVersion) else {
            throw error(.nonsense, "its API version is \(theirs.ApiVersion)", call.title)
        }
        let version = min(max, DockerLimits.apiVersionMax)
        let min = theirs.MinAPIVersion.flatMap(APIVersion.init) ?? DockerLimits.apiVersionMin
        guard version >= DockerLimits.apiVersionMin, version >= min else {
            throw error(
                .unusable,
                "The container engine at \(address.text) speaks API \(min) to \(max); Berth needs "
                    + "\(DockerLimits.apiVersionMin) to \(DockerLimits.apiVersionMax). Install a suitable engine.",
                call.title)
        }
        return version
    }

    /// Breaker, then `body`, then classification. Throws `DockerError` or `CancellationError` only.
    private func guarded<T: Sendable>(_ call: Call, _ body: () async throws -> T) async throws -> T {
        switch breaker.admit() {
        case .open: break
        case .refused: throw error(.resting, "not asked", call.title)
        case .probe: try await probe()
        }
        do {
            let value = try await body()
            breaker.answered()
            return value
        } catch {
            let classified = try classify(error, call.title)
            note(classified)
            throw classified
        }
    }

    private func probe() async throws {
        var ping = Call(.GET, "_ping")
        ping.versioned = false
        ping.seconds = DockerLimits.probeSeconds
        do {
            _ = try await sendOnce(ping)
            breaker.answered()
        } catch {
            breaker.abandoned()
            let classified = try classify(error, ping.title)
            note(classified)
            throw classified
        }
    }

    /// What an error says about the engine as a whole.
    private func note(_ error: DockerError) {
        switch error.kind {
        case .timedOut: breaker.timedOut()
        case .refused, .nonsense, .tooLarge, .unreachable: breaker.answered()
        case .lost, .resting, .unusable: break
        }
        switch error.kind {
        case .timedOut, .unreachable, .lost: agreed.withLock { $0 = nil }
        case .refused, .nonsense, .tooLarge, .resting, .unusable: break
        }
    }

    private func sendOnce(_ call: Call) async throws -> Answer {
        try await within(call.seconds) {
            let response = try await self.head(call, on: self.clients.calls)
            let body = try await response.body.collect(upTo: call.bytesMax)
            return Answer(status: Int(response.status.code), headers: response.headers, body: body)
        }
    }

    /// The head of the answer, when its status is acceptable; otherwise throws with the engine's message.
    private func head(_ call: Call, on client: HTTPClient) async throws -> HTTPClientResponse {
        let version = call.versioned ? try await version() : nil
        var request = HTTPClientRequest(url: address.baseURL + call.uri(version: version))
        request.method = call.method
        request.tlsConfiguration = address.tls
        request.headers.add(name: "Host", value: address.hostHeader)
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        switch call.body {
        case .json(let bytes):
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: bytes))
        case .tar(let bytes):
            request.headers.add(name: "Content-Type", value: "application/x-tar")
            request.body = .bytes(ByteBuffer(bytes: bytes))
        case nil: break
        }
        let response = try await client.execute(request, timeout: .seconds(call.seconds))
        let status = Int(response.status.code)
        if call.accept.contains(status) { return response }
        let message = await Self.errorMessage(response)
        throw error(.refused(status: status), message, call.title)
    }

    /// Reads at most ``DockerLimits/errorBytesMax`` of an error answer; a longer or broken one is cut, not refused.
    private static func errorMessage(_ response: HTTPClientResponse) async -> String {
        var bytes = ByteBuffer()
        do {
            for try await part in response.body {
                bytes.writeImmutableBuffer(part)
                if bytes.readableBytes > DockerLimits.errorBytesMax { break }
            }
        } catch {}
        return ErrorAnswer.message(in: bytes) ?? "status \(response.status.code) without an explanation"
    }

    /// Anything thrown below, in our terms. Rethrows cancellation.
    func classify(_ thrown: any Error, _ title: String) throws -> DockerError {
        if let ours = thrown as? DockerError { return ours }
        if Task.isCancelled || thrown is CancellationError { throw CancellationError() }
        switch thrown {
        case is DeadlineReached: return error(.timedOut, "no answer in time", title)
        case is NIOTooManyBytesError: return error(.tooLarge, "more than the limit for this call", title)
        case let client as HTTPClientError: return error(Self.kind(of: client), "\(client)", title)
        case HTTPParserError.invalidEOFState: return error(.lost, "the answer ended early", title)
        case is HTTPParserError: return error(.nonsense, "it is not HTTP (\(thrown))", title)
        case let system as IOError where [EAGAIN, ETIMEDOUT].contains(system.errnoCode):
            // EAGAIN: the queue of the socket is full because nobody accepts.
            return error(.timedOut, "\(system)", title)
        case is NIOConnectionError, is NIOSSLError: return error(.unreachable, "\(thrown)", title)
        case let system as IOError where [ECONNREFUSED, ENOENT, EACCES, EHOSTUNREACH].contains(system.errnoCode):
            return error(.unreachable, "\(system)", title)
        case is ChannelError, is IOError: return error(.lost, "\(thrown)", title)
        default: return error(.lost, "\(thrown)", title)
        }
    }

    private static func kind(of error: HTTPClientError) -> DockerError.Kind {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .deadlineExceeded, .readTimeout, .writeTimeout,
            .getConnectionFromPoolTimeout:
            .timedOut
        case .remoteConnectionClosed, .uncleanShutdown, .cancelled, .requestStreamCancelled: .lost
        case .invalidURL, .emptyHost, .emptyScheme, .alreadyShutdown: .unusable
        default: .nonsense
        }
    }
}
