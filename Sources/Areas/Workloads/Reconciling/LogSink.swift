import Basics
import Fleet
import Logging
import SQL
import Signals

/// Collects log lines of a zone's containers and writes them in batches, each with how far its source got.
actor LogSink {
    /// How often pending lines are written.
    static let flushMilliseconds = 500
    /// Followers wait when this many lines are pending.
    static let pendingLinesMax = 5000

    private struct Pending {
        var lines: [LogLines.Line] = []
        var position: LogLines.Position
    }

    private let database: any Database
    private let logger: Logger
    private var pending: [LogLines.Source: Pending] = [:]
    private var pendingLines = 0

    init(database: any Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    /// Copies the log of one instance until its container ends or the task is cancelled.
    func follow(_ source: LogLines.Source, engine: any EngineWatch, container: String) async {
        do {
            var position = try await database.read { try LogLines.position(instanceID: source.instanceID, in: $0) }
            var toSkip = position.sameInstant
            for try await raw in engine.logs(of: container, sinceMicroseconds: position.atMicroseconds) {
                if raw.atMicroseconds < position.atMicroseconds { continue }
                if raw.atMicroseconds == position.atMicroseconds, toSkip > 0 {
                    toSkip -= 1
                    continue
                }
                let line = LogLines.Line(
                    atMicroseconds: raw.atMicroseconds, stream: raw.stream,
                    text: String(raw.line.prefix(SignalLimits.logLineBytesMax)))
                position = position.after(line)
                await add(line, source, position)
            }
        } catch {
            logger.debug("A log stream ended", metadata: ["container": "\(container)", "error": "\(error)"])
        }
        await flush()
    }

    /// Writes until cancelled.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(Self.flushMilliseconds))
            await flush()
        }
    }

    private func add(_ line: LogLines.Line, _ source: LogLines.Source, _ position: LogLines.Position) async {
        pending[source, default: Pending(position: position)].lines.append(line)
        pending[source]?.position = position
        pendingLines += 1
        if pendingLines >= Self.pendingLinesMax { await flush() }
    }

    private func flush() async {
        guard !pending.isEmpty else { return }
        let batch = pending
        pending = [:]
        pendingLines = 0
        do {
            try await database.transaction { tx in
                for (source, work) in batch {
                    // The instance may have been removed meanwhile; its lines are kept all the same.
                    try LogLines.append(work.lines, of: source, reaching: work.position, in: tx)
                }
            }
        } catch {
            logger.warning(
                "Log lines were lost", metadata: ["lines": "\(batch.values.map(\.lines.count).reduce(0, +))"])
        }
    }
}
