import Basics
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A connection of its own that stops being HTTP after the head (`Upgrade: tcp`), as exec uses it: raw input one way,
/// multiplexed output the other. AsyncHTTPClient has no upgrades, and one request needs no HTTP pipeline.
struct Hijack: Sendable {
    struct Output: Sendable {
        var output: [UInt8] = []
        var errorOutput: [UInt8] = []
    }

    let transport: Transport
    let call: Call
    let version: APIVersion

    /// Sends `input`, then its end, and collects what comes back until the other side closes.
    func run(input: [UInt8]) async throws -> Output {
        let channel = try await connect()
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: request()))
            var reader = inbound.makeAsyncIterator()
            var rest = try await upgrade(&reader)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    guard !input.isEmpty else { return }
                    try await outbound.write(ByteBuffer(bytes: input))
                    outbound.finish()
                }
                var frames = FrameDecoder()
                var output = Output()
                while let bytes = rest {
                    frames.append(bytes)
                    try collect(&frames, into: &output)
                    rest = try await reader.next()
                }
                guard frames.isComplete else { throw transport.error(.lost, "the output ended early", call.title) }
                // The command may end without reading its input; then writing fails, which is no failure of ours.
                group.cancelAll()
                while let result = await group.nextResult() { _ = result }
                return output
            }
        }
    }

    private func collect(_ frames: inout FrameDecoder, into output: inout Output) throws {
        do {
            while let frame = try frames.next() {
                if frame.stream == 2 {
                    output.errorOutput.append(contentsOf: frame.payload.readableBytesView)
                } else {
                    output.output.append(contentsOf: frame.payload.readableBytesView)
                }
                guard output.output.count + output.errorOutput.count <= DockerLimits.executeBytesMax else {
                    throw transport.error(.tooLarge, "the command writes too much", call.title)
                }
            }
        } catch is FrameDecoder.Malformed {
            throw transport.error(.nonsense, "it is no multiplexed stream", call.title)
        }
    }

    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let tls = try transport.address.tls.map { try NIOSSLContext(configuration: $0) }
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connectTimeout(.seconds(DockerLimits.connectSeconds))
        @Sendable func prepare(
            _ channel: any Channel, host: String?
        ) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> {
            channel.eventLoop.makeCompletedFuture {
                if let tls, let host {
                    // An address is verified by its subject alternative name; the name extension takes host names only.
                    let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host))
                }
                return try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            }
        }
        switch transport.address.target {
        case .unix(let path):
            return try await bootstrap.connect(unixDomainSocketPath: path) { prepare($0, host: nil) }
        case .tcp(let host, let port):
            return try await bootstrap.connect(host: host, port: port) { channel in
                HTTPClients.keepAlive(channel).flatMap { prepare(channel, host: host) }
            }
        }
    }

    private func request() -> [UInt8] {
        var body: [UInt8] = []
        if case .json(let bytes) = call.body { body = bytes }
        let head = """
            \(call.method.rawValue) \(call.uri(version: version)) HTTP/1.1\r
            Host: \(transport.address.hostHeader)\r
            Connection: Upgrade\r
            Upgrade: tcp\r
            Content-Type: application/json\r
            Content-Length: \(body.count)\r
            \r\n
            """
        return Array(head.utf8) + body
    }

    /// Reads the head of the answer. Answers what came behind it (nil: nothing and the connection ended).
    private func upgrade(
        _ reader: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) async throws -> ByteBuffer? {
        var head = ByteBuffer()
        while true {
            guard let bytes = try await reader.next() else {
                throw transport.error(.lost, "no answer to the upgrade", call.title)
            }
            head.writeImmutableBuffer(bytes)
            let view = head.readableBytesView
            if let end = view.firstRange(of: Array("\r\n\r\n".utf8)) {
                let status = Self.status(view[..<end.lowerBound])
                head.moveReaderIndex(to: end.upperBound)
                if status == 101 || status == 200 { return head }
                throw transport.error(
                    status.map { .refused(status: $0) } ?? .nonsense,
                    await message(head, &reader) ?? "no explanation", call.title)
            }
            guard head.readableBytes <= DockerLimits.upgradeHeadBytesMax else {
                throw transport.error(.nonsense, "its head does not end", call.title)
            }
        }
    }

    /// `HTTP/1.1 101 UPGRADED`
    private static func status(_ head: ByteBufferView) -> Int? {
        let line = head.prefix { $0 != 13 }
        let parts = line.split(separator: 32, maxSplits: 2)
        guard parts.count >= 2, parts[0].starts(with: Array("HTTP/1.".utf8)) else { return nil }
        return Int(String(decoding: parts[1], as: UTF8.self))
    }

    /// The JSON message of a refusal, once it is complete.
    private func message(
        _ start: ByteBuffer, _ reader: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) async -> String? {
        var body = start
        while ErrorAnswer.message(in: body) == nil, body.readableBytes <= DockerLimits.errorBytesMax,
            let bytes = try? await reader.next()
        {
            body.writeImmutableBuffer(bytes)
        }
        return ErrorAnswer.message(in: body)
    }
}
