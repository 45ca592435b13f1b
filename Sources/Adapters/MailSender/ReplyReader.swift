import Basics
import NIOCore

/// What the server says to one command (RFC 5321 §4.2).
struct SMTPReply: Sendable, Hashable {
    let code: Int
    /// The text of each line, without code.
    let lines: [String]

    var isGood: Bool { (200...399).contains(code) }

    /// For people: one line, printable.
    var reason: String {
        let text = "\(code) \(lines.joined(separator: " "))".unicodeScalars.map { scalar -> Character in
            scalar.value < 32 || scalar.value == 127 ? " " : Character(scalar)
        }
        return String(String(text).prefix(SMTPLimits.reasonCharactersMax))
    }
}

/// Puts replies together, one for each command. Lives on the channel's event loop.
///
/// A server that speaks out of turn is not spoken with any further: what stands in the buffer when TLS begins could
/// have been put there by anybody on the way.
final class ReplyReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var line: [UInt8] = []
    private var lines: [String] = []
    private var complete: [SMTPReply] = []
    private var waiting: EventLoopPromise<SMTPReply>?
    private var deadline: Scheduled<Void>?
    private var problem: Fault?
    private let server: String

    init(server: String) { self.server = server }

    /// Sends `bytes`, if any, and waits for one reply.
    func exchange(_ bytes: ByteBuffer?, within time: TimeAmount, on channel: any Channel) -> EventLoopFuture<SMTPReply>
    {
        let promise = channel.eventLoop.makePromise(of: SMTPReply.self)
        if let problem {
            promise.fail(problem)
            return promise.futureResult
        }
        if bytes == nil, !complete.isEmpty {
            promise.succeed(complete.removeFirst())
            return promise.futureResult
        }
        guard isSilent, waiting == nil else {
            fail(Fault(.unavailable, "The mail server \(server) talks out of turn."))
            promise.fail(problem ?? Fault(.unavailable, "The mail server \(server) talks out of turn."))
            channel.close(promise: nil)
            return promise.futureResult
        }
        waiting = promise
        deadline = channel.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            fail(Fault(.unavailable, "The mail server \(server) did not answer in time."))
            channel.close(promise: nil)
        }
        if let bytes { channel.writeAndFlush(bytes, promise: nil) }
        return promise.futureResult
    }

    /// Nothing came that nobody asked for.
    var isSilent: Bool { line.isEmpty && lines.isEmpty && complete.isEmpty }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for byte in unwrapInboundIn(data).readableBytesView where problem == nil {
            if byte == 10 { take() } else { line.append(byte) }
            if line.count > SMTPLimits.replyLineBytesMax || lines.count > SMTPLimits.replyLinesMax
                || complete.count > 1
            {
                fail(Fault(.unavailable, "The mail server \(server) says too much at once."))
                context.close(promise: nil)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(Fault(.unavailable, "The mail server \(server) closed the connection."))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(Fault(.unavailable, "The connection to the mail server \(server) failed.", cause: error))
        context.close(promise: nil)
    }

    /// Takes the line that has just ended: `250-…` goes on, `250 …` is the last.
    private func take() {
        if line.last == 13 { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        line = []
        let mark = text.dropFirst(3).first
        guard let code = Int(text.prefix(3)), (200...599).contains(code), mark == nil || mark == " " || mark == "-"
        else {
            return fail(Fault(.unavailable, "What listens at \(server) is no mail server."))
        }
        lines.append(String(text.dropFirst(4)))
        if mark == "-" { return }
        let reply = SMTPReply(code: code, lines: lines)
        lines = []
        guard let promise = waiting else { return complete.append(reply) }
        settle()
        promise.succeed(reply)
    }

    private func fail(_ fault: Fault) {
        if problem == nil { problem = fault }
        let promise = waiting
        settle()
        promise?.fail(fault)
    }

    private func settle() {
        waiting = nil
        deadline?.cancel()
        deadline = nil
    }
}
