package import Fleet
import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client and a Docker socket and does to chosen requests what networks, proxies and dying engines do.
/// HTTP/1.1 without pipelining, upgraded connections included.
package final class FaultProxy: Sendable {
    package enum Action: Sendable {
        /// Closes the connection; the engine never sees the request.
        case dropBefore
        /// Lets the engine do it, swallows the answer, closes the connection.
        case dropAfter
        case delay(Duration)
        /// Answers in the engine's place.
        case answer(status: Int, type: String, body: String)
        /// Passes this many bytes of the answer on, then closes the connection.
        case truncate(bytes: Int)
        /// Lets the engine do it, and when it answers runs this instead of passing the answer on.
        case insteadOfAnswer(@Sendable () async throws -> Void)
        /// Answers in the engine's place with JSON that never gets to the point, until the client hangs up.
        case endless
    }

    private struct Rule: Sendable {
        let method: String
        let pathPart: String
        let nth: Int
        let times: Int
        let action: Action
        var seen = 0
        var reached = 0
    }

    /// The address to give to the client under test.
    package let endpoint: EngineEndpoint
    private let upstream: String
    private let rules = Mutex<[Rule]>([])
    private let server: Task<Void, any Error>

    private init(socket: String, upstream: String, _ listener: Listener, _ handle: Handle) {
        endpoint = EngineEndpoint(address: "unix://" + socket, tlsDirectory: nil)
        self.upstream = upstream
        server = Task {
            try await listener.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections {
                        group.addTask { try? await handle.proxy?.serve(connection) }
                    }
                }
            }
        }
        handle.set(self)
    }

    deinit { server.cancel() }

    /// Starts a proxy in front of `engine`, which must be a Unix socket, and gives it to `body`.
    package static func run<T>(
        to engine: EngineEndpoint, isolation: isolated (any Actor)? = #isolation,
        _ body: (FaultProxy) async throws -> T
    ) async throws -> T {
        let socket = "/tmp/berth-proxy-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(unixDomainSocketPath: socket) { channel in wrap(channel) }
        let proxy = FaultProxy(
            socket: socket, upstream: String(engine.address.dropFirst("unix://".count)), listener, Handle())
        defer {
            proxy.server.cancel()
            unlink(socket)
        }
        return try await body(proxy)
    }

    /// Applies `action` to the `nth` request (and `times - 1` after it) with this method whose path contains
    /// `pathPart`.
    package func on(_ method: String, _ pathPart: String, nth: Int = 1, times: Int = 1, _ action: Action) {
        rules.withLock {
            $0.append(Rule(method: method, pathPart: pathPart, nth: nth, times: times, action: action))
        }
    }

    /// How often rules were applied. A test of a fault must see that the fault happened.
    package var reached: Int { rules.withLock { $0.reduce(0) { $0 + $1.reached } } }

    /// How many requests matched a rule, applied or not.
    package var seen: Int { rules.withLock { $0.reduce(0) { $0 + $1.seen } } }

    /// Forgets all rules.
    package func calm() { rules.withLock { $0 = [] } }

    private func action(for head: RequestSplitter.Head) -> Action? {
        rules.withLock { rules in
            for index in rules.indices
            where rules[index].method == head.method && head.path.contains(rules[index].pathPart) {
                rules[index].seen += 1
                let rule = rules[index]
                if rule.seen >= rule.nth, rule.seen < rule.nth + rule.times {
                    rules[index].reached += 1
                    return rule.action
                }
            }
            return nil
        }
    }

    private func serve(_ client: Connection) async throws {
        try await client.executeThenClose { fromClient, toClient in
            let engine = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .connect(unixDomainSocketPath: upstream) { channel in Self.wrap(channel) }
            try await engine.executeThenClose { fromEngine, toEngine in
                let answers = Answers()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await bytes in fromEngine { try await answers.pass(bytes, to: toClient) }
                        toClient.finish()
                    }
                    group.addTask {
                        var splitter = RequestSplitter()
                        for try await bytes in fromClient {
                            for (head, part) in splitter.split(bytes) {
                                if let head { try await self.perform(self.action(for: head), answers, toClient) }
                                try await toEngine.write(part)
                            }
                        }
                        toEngine.finish()
                    }
                    defer { group.cancelAll() }
                    // Not waitForAll(), which lets the other direction run on after an error.
                    while try await group.next() != nil {}
                }
            }
        }
    }

    private func perform(
        _ action: Action?, _ answers: Answers, _ client: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        switch action {
        case nil: break
        case .dropBefore: throw Closed()
        case .dropAfter: answers.allow(0)
        case .insteadOfAnswer(let body): answers.replace(by: body)
        case .truncate(let bytes): answers.allow(bytes)
        case .delay(let duration): try await Task.sleep(for: duration)
        case .answer(let status, let type, let body):
            let head = "HTTP/1.1 \(status) Fault\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
            try await client.write(ByteBuffer(string: head + "Connection: close\r\n\r\n" + body))
            throw Closed()
        case .endless:
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            try await client.write(ByteBuffer(string: head))
            let part = ByteBuffer(string: "10000\r\n" + String(repeating: " ", count: 65_536) + "\r\n")
            // Closing from here could drop what is still queued: the client would see an answer that ended early.
            while true { try await client.write(part) }
        }
    }

    private static func wrap(_ channel: any Channel) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }
}

private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>
private typealias Listener = NIOAsyncChannel<Connection, Never>

/// Ends both connections.
private struct Closed: Error {}

/// Lets the accept loop reach the proxy without keeping it alive.
private final class Handle: Sendable {
    private struct Box: Sendable { weak var proxy: FaultProxy? }

    private let box = Mutex(Box())

    var proxy: FaultProxy? { box.withLock { $0.proxy } }

    func set(_ proxy: FaultProxy) { box.withLock { $0.proxy = proxy } }
}

/// How many more bytes of the engine's answers reach the client; nil for all.
private final class Answers: Sendable {
    private let left = Mutex<Int?>(nil)
    private let replacement = Mutex<(@Sendable () async throws -> Void)?>(nil)

    func allow(_ bytes: Int) { left.withLock { $0 = bytes } }

    func replace(by body: @escaping @Sendable () async throws -> Void) { replacement.withLock { $0 = body } }

    func pass(_ bytes: ByteBuffer, to client: NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws {
        if let body = replacement.withLock({ $0 }) {
            try await body()
            throw Closed()
        }
        guard let allowed = left.withLock({ $0 }) else { return try await client.write(bytes) }
        if let part = bytes.getSlice(at: bytes.readerIndex, length: min(allowed, bytes.readableBytes)), allowed > 0 {
            try await client.write(part)
        }
        guard bytes.readableBytes < allowed else { throw Closed() }
        left.withLock { $0 = allowed - bytes.readableBytes }
    }
}

/// Finds the heads of requests in what a client sends. Bodies have a Content-Length; after an upgrade everything is
/// body.
private struct RequestSplitter {
    struct Head {
        let method: String
        let path: String
    }

    private var buffer = ByteBuffer()
    private var bodyBytes = 0
    private var upgraded = false

    /// Whole heads with what they are made of, and parts of bodies.
    mutating func split(_ bytes: ByteBuffer) -> [(Head?, ByteBuffer)] {
        buffer.writeImmutableBuffer(bytes)
        var parts: [(Head?, ByteBuffer)] = []
        while buffer.readableBytes > 0 {
            if upgraded || bodyBytes > 0 {
                let length = upgraded ? buffer.readableBytes : min(bodyBytes, buffer.readableBytes)
                guard let part = buffer.readSlice(length: length) else { break }
                bodyBytes -= upgraded ? 0 : length
                parts.append((nil, part))
                continue
            }
            let view = buffer.readableBytesView
            guard let end = view.firstRange(of: Array("\r\n\r\n".utf8)),
                let part = buffer.readSlice(length: end.upperBound - view.startIndex)
            else { break }
            parts.append((head(String(buffer: part)), part))
        }
        return parts
    }

    private mutating func head(_ text: String) -> Head {
        let lines = text.split(separator: "\r\n")
        for line in lines.dropFirst() {
            let lower = line.lowercased()
            if lower.hasPrefix("content-length:") { bodyBytes = Int(lower.dropFirst(15).drop { $0 == " " }) ?? 0 }
            if lower.hasPrefix("upgrade:") { upgraded = true }
        }
        let words = (lines.first ?? "").split(separator: " ")
        return Head(method: String(words.first ?? ""), path: words.count > 1 ? String(words[1]) : "")
    }
}
