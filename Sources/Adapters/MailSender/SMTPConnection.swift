import Basics
import NIOCore
import NIOPosix
import NIOSSL

/// A connection to a mail server: commands go, replies come, one after the other.
struct SMTPConnection: Sendable {
    private let channel: any Channel
    private let reader: NIOLoopBound<ReplyReader>
    private let server: SMTPServer

    /// Connects; with implicit TLS, encrypted from the first byte.
    static func open(_ server: SMTPServer) async throws -> SMTPConnection {
        let tls = server.tls == .implicit ? try context(server) : nil
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(SMTPLimits.connectSeconds))
        do {
            return try await bootstrap.connect(host: server.host, port: server.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let reader = ReplyReader(server: server.name)
                    if let tls { try channel.pipeline.syncOperations.addHandler(handler(tls, server)) }
                    try channel.pipeline.syncOperations.addHandler(reader)
                    return SMTPConnection(
                        channel: channel, reader: NIOLoopBound(reader, eventLoop: channel.eventLoop), server: server)
                }
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.unavailable, "The mail server \(server.name) cannot be reached.", cause: error)
        }
    }

    /// Waits for a reply that no command asks for: the greeting.
    func greeting() async throws -> SMTPReply { try await exchange(nil, seconds: SMTPLimits.replySeconds) }

    /// Sends one line. It must not contain CR or LF; what could is encoded before.
    func command(_ line: String) async throws -> SMTPReply {
        guard !line.utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) else {
            throw Fault(.invalid, "A mail command had a line break in it.")
        }
        return try await exchange(ByteBuffer(string: line + "\r\n"), seconds: SMTPLimits.replySeconds)
    }

    /// Sends the text of a message, with dots doubled at the beginning of lines (RFC 5321 §4.5.2), and its end.
    func content(_ text: String) async throws -> SMTPReply {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(text.utf8.count + 64)
        var isLineStart = true
        for byte in text.utf8 {
            if isLineStart, byte == UInt8(ascii: ".") { bytes.writeInteger(byte) }
            bytes.writeInteger(byte)
            isLineStart = byte == 10
        }
        bytes.writeString((isLineStart ? "" : "\r\n") + ".\r\n")
        return try await exchange(bytes, seconds: SMTPLimits.acceptSeconds)
    }

    /// Encrypts what follows. Throws when bytes have come already that would then count as protected.
    func startTLS() async throws {
        let tls = try Self.context(server)
        let (channel, reader, server) = (channel, reader, server)
        try await channel.eventLoop.submit {
            guard reader.value.isSilent else {
                throw Fault(.unavailable, "The mail server \(server.name) talks out of turn.")
            }
            try channel.pipeline.syncOperations.addHandler(Self.handler(tls, server), position: .first)
        }.get()
    }

    /// Looks whose certificate it is, once the handshake is done: nothing that matters may be said before.
    func requireName() async throws {
        if (try? SocketAddress(ipAddress: server.host, port: 0)) != nil { return }
        let (channel, server) = (channel, server)
        let isRight = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.nioSSL_peerCertificate().map {
                PeerName.stands(in: $0, host: server.host)
            }
        }.get()
        guard isRight == true else {
            throw Fault(.unavailable, "The certificate of the mail server \(server.name) is another host's.")
        }
    }

    /// Says good-bye without waiting for an answer.
    func quit() {
        channel.writeAndFlush(ByteBuffer(string: "QUIT\r\n")).whenComplete { [channel] _ in
            channel.close(promise: nil)
        }
    }

    /// Ends the connection, after `delay`.
    func close(after delay: TimeAmount = .zero) {
        channel.eventLoop.scheduleTask(in: delay) { [channel] in channel.close(promise: nil) }
    }

    private func exchange(_ bytes: ByteBuffer?, seconds: Int64) async throws -> SMTPReply {
        let (channel, reader) = (channel, reader)
        return try await channel.eventLoop.flatSubmit {
            reader.value.exchange(bytes, within: .seconds(seconds), on: channel)
        }.get()
    }

    private static func context(_ server: SMTPServer) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        do {
            if let path = server.authorities {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Fault(
                .unavailable, "The authorities for the mail server cannot be read from \(server.authorities ?? "PEM").",
                cause: error)
        }
    }

    private static func handler(_ context: NIOSSLContext, _ server: SMTPServer) throws -> NIOSSLClientHandler {
        // An address is verified by its subject alternative name; the name extension takes host names only.
        let isAddress = (try? SocketAddress(ipAddress: server.host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : server.host)
    }
}
