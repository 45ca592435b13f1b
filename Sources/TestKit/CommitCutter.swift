import Basics
import Foundation
import NIOCore
import NIOPosix
import PostgresDriver
package import SQL
import Synchronization

/// Stands between a client and PostgreSQL, and cuts the connection in the middle of a chosen `COMMIT`: the one moment
/// at which the client cannot know whether its transaction took place.
package final class CommitCutter: Sendable {
    package enum Cut: Sendable, CaseIterable {
        /// The server never sees the `COMMIT`, and rolls back.
        case beforeIt
        /// The server commits; its answer gets lost.
        case afterIt
    }

    private struct Rule: Sendable {
        let cut: Cut
        let text: String
        var left: Int
        var reached = 0
    }

    private let folder: String
    private let upstream: String
    private let rule = Mutex<Rule?>(nil)
    private let database: TestDatabase

    private init(_ database: TestDatabase) throws {
        self.database = database
        guard let host = Self.parameter("host", database.url), host.hasPrefix("/") else {
            throw Fault(.unavailable, "BERTH_TEST_POSTGRES must name a folder with a Unix socket, as script/test does.")
        }
        let name = ".s.PGSQL.\(Self.parameter("port", database.url) ?? "5432")"
        upstream = "\(host)/\(name)"
        folder = "/tmp/berth-cut-\(Random.token(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Starts a proxy before the server of `database`, which must be PostgreSQL, and gives it to `body`.
    package static func run<T>(
        to database: TestDatabase, isolation: isolated (any Actor)? = #isolation,
        _ body: (CommitCutter) async throws -> T
    ) async throws -> T {
        let cutter = try CommitCutter(database)
        defer { try? FileManager.default.removeItem(atPath: cutter.folder) }
        let socket = cutter.folder + "/" + (cutter.upstream.split(separator: "/").last ?? "")
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(unixDomainSocketPath: socket) { channel in Self.wrap(channel) }
        let server = Task {
            try await listener.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections {
                        group.addTask { try? await cutter.serve(connection) }
                    }
                }
            }
        }
        defer { server.cancel() }
        return try await body(cutter)
    }

    /// The database as it looks through the proxy. The caller closes it.
    package func open() -> any Database {
        let host = Self.parameter("host", database.url) ?? ""
        return PostgresDatabase(
            address: database.url.replacingOccurrences(of: "host=\(host)", with: "host=\(folder)"), connections: 4)
    }

    /// Cuts the `nth` commit of a transaction in which a statement ran that contains `text`.
    package func cut(_ cut: Cut, nth: Int = 1, ofTransactionsWith text: String) {
        rule.withLock { $0 = Rule(cut: cut, text: text, left: nth) }
    }

    /// Whether the chosen commit was reached. A test of a fault must see that the fault happened.
    package var wasReached: Bool { rule.withLock { $0.map { $0.reached > 0 } ?? false } }

    /// What to do with the commit of a transaction of these statements.
    private func verdict(_ statements: [String]) -> Cut? {
        rule.withLock { rule in
            guard let wanted = rule, statements.contains(where: { $0.contains(wanted.text) }) else { return nil }
            rule?.left -= 1
            guard wanted.left == 1 else { return nil }
            rule?.reached += 1
            return wanted.cut
        }
    }

    private func serve(_ client: Connection) async throws {
        try await client.executeThenClose { fromClient, toClient in
            let server = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: upstream) { channel in Self.wrap(channel) }
            try await server.executeThenClose { fromServer, toServer in
                let mute = Mute()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await bytes in fromServer {
                            // Whatever comes now is the answer, so the commit is done.
                            if mute.isOn { break }
                            try await toClient.write(bytes)
                        }
                    }
                    group.addTask {
                        var listening = StatementListener()
                        for try await bytes in fromClient {
                            for (message, committed) in listening.messages(in: bytes) {
                                switch committed.flatMap({ self.verdict($0) }) {
                                case .beforeIt: return
                                case .afterIt: mute.isOn = true
                                case nil: break
                                }
                                try await toServer.write(message)
                            }
                        }
                    }
                    // When one direction ends, both do.
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }
    }

    private static func wrap(_ channel: any Channel) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
    }

    private static func parameter(_ name: String, _ url: String) -> String? {
        url.split(separator: "?").last?.split(separator: "&").first { $0.hasPrefix("\(name)=") }
            .map { String($0.dropFirst(name.count + 1)) }
    }
}

/// Whether the server's answers are swallowed.
private final class Mute: Sendable {
    private let value = Mutex(false)

    var isOn: Bool {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

/// Understands as much of what a client sends to PostgreSQL as is needed to tell which statements a transaction had.
private struct StatementListener {
    private var buffer = ByteBuffer()
    private var isStarted = false
    /// Name → text.
    private var prepared: [String: String] = [:]
    private var statements: [String] = []

    /// Whole messages; with one that commits, the statements of its transaction.
    mutating func messages(in bytes: ByteBuffer) -> [(ByteBuffer, [String]?)] {
        buffer.writeImmutableBuffer(bytes)
        var found: [(ByteBuffer, [String]?)] = []
        while true {
            // The first message has no type; its length counts itself.
            let head = isStarted ? 1 : 0
            guard let length: UInt32 = buffer.getInteger(at: buffer.readerIndex + head),
                let message = buffer.readSlice(length: head + Int(length))
            else { return found }
            found.append((message, isStarted ? hear(message) : nil))
            isStarted = true
        }
    }

    /// Answers the statements of the transaction that `message` commits.
    private mutating func hear(_ message: ByteBuffer) -> [String]? {
        var body = message
        let type: UInt8 = body.readInteger() ?? 0
        body.moveReaderIndex(forwardBy: 4)
        switch type {
        case UInt8(ascii: "P"):
            let (name, text) = (body.readNullTerminatedString() ?? "", body.readNullTerminatedString() ?? "")
            prepared[name] = text
        case UInt8(ascii: "B"):
            _ = body.readNullTerminatedString()
            statements.append(prepared[body.readNullTerminatedString() ?? ""] ?? "")
        case UInt8(ascii: "Q"):
            let text = body.readNullTerminatedString() ?? ""
            if text == "BEGIN" { statements = [] }
            if text.hasSuffix("COMMIT") { return statements }
        default: break
        }
        return nil
    }
}
