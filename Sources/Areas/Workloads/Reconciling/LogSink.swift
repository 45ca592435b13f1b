import Basics
import Fleet
import Logging
import Operations
import SQL
import Signals

/// Collects log lines of a zone's containers and writes them in batches, each with how far its source got.
///
/// A line is kept until the database has confirmed it. While the database does not answer, lines wait here up to
/// ``pendingLinesMax``, and then the followers wait: the engine keeps what is not read yet.
actor LogSink {
    /// How often pending lines are written.
    static let flushMilliseconds = 500
    /// Followers wait when this many lines are pending.
    static let pendingLinesMax = 5000

    private struct Pending {
        var lines: [LogLines.Line] = []
        /// How far the confirmed lines reach.
        var base: LogLines.Position
        /// How far `lines` reach.
        var reached: LogLines.Position

        init(after position: LogLines.Position) { (base, reached) = (position, position) }
    }

    private let database: any Database
    private let logger: Logger
    private let linesMax: Int
    private var pending: [LogLines.Source: Pending] = [:]
    private(set) var pendingLines = 0
    private var writing: Task<Bool, Never>?
    /// The database refused the last batch; said once per outage.
    private var isStuck = false

    init(database: any Database, logger: Logger, linesMax: Int = pendingLinesMax) {
        self.database = database
        self.logger = logger
        self.linesMax = linesMax
    }

    /// Copies the log of one instance until its container ends or the task is cancelled. One at a time per instance.
    func follow(_ source: LogLines.Source, engine: any EngineWatch, container: String) async {
        do {
            let start = try await position(of: source)
            var position = start
            var toSkip = start.sameInstant
            for try await raw in engine.logs(of: container, sinceMicroseconds: start.atMicroseconds) {
                if raw.atMicroseconds < start.atMicroseconds { continue }
                if raw.atMicroseconds == start.atMicroseconds, toSkip > 0 {
                    toSkip -= 1
                    continue
                }
                let line = LogLines.Line(
                    atMicroseconds: raw.atMicroseconds, stream: raw.stream,
                    text: String(raw.line.prefix(SignalLimits.logLineBytesMax)))
                let before = position
                position = position.after(line)
                await add(line, source, from: before, to: position)
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

    /// Writes what is pending. Answers false when the database refused; then the lines are still pending.
    @discardableResult
    func flush() async -> Bool {
        while true {
            // Two writers at once could store lines of one source in the wrong order.
            if let writing {
                if await !writing.value { return false }
                continue
            }
            if pending.isEmpty { return true }
            // A task of its own: whoever flushes because it was cancelled still gets its lines written.
            writing = Task { await writeBatch() }
        }
    }

    /// Where to go on: behind what waits here, which may be more than what is stored.
    private func position(of source: LogLines.Source) async throws -> LogLines.Position {
        if let waiting = pending[source] { return waiting.reached }
        return try await database.read { try LogLines.position(instanceID: source.instanceID, in: $0) }
    }

    private func add(
        _ line: LogLines.Line, _ source: LogLines.Source, from before: LogLines.Position, to after: LogLines.Position
    ) async {
        pending[source, default: Pending(after: before)].lines.append(line)
        pending[source]?.reached = after
        pendingLines += 1
        while pendingLines >= linesMax, !Task.isCancelled {
            if await !flush() { try? await Task.sleep(for: .milliseconds(Self.flushMilliseconds)) }
        }
    }

    private func writeBatch() async -> Bool {
        defer { writing = nil }
        let batch = nextBatch()
        do {
            try await database.transaction { tx in
                for (source, work) in batch {
                    // The instance may have been removed meanwhile; its lines are kept all the same.
                    try LogLines.append(work.lines, of: source, after: work.base, in: tx)
                }
            }
            isStuck = false
        } catch  where ErrorKind(error) != .permanent {
            // Perhaps it was stored and only the answer was lost. Storing it again leaves out what is there.
            if !isStuck {
                logger.warning("Log lines wait for the database", metadata: ["error": "\(error)"])
            }
            isStuck = true
            return false
        } catch {
            // Nothing that is tried again would help, and all other logs would wait behind it for ever.
            let lines = batch.values.map(\.lines.count).reduce(0, +)
            logger.error("Log lines were refused", metadata: ["lines": "\(lines)", "error": "\(error)"])
        }
        for (source, work) in batch { drop(work, of: source) }
        return true
    }

    /// The oldest lines of every source, as many as one transaction may write.
    private func nextBatch() -> [LogLines.Source: Pending] {
        var room = SignalLimits.logBatchLinesMax
        var batch: [LogLines.Source: Pending] = [:]
        for (source, work) in pending where room > 0 {
            var part = Pending(after: work.base)
            part.lines = Array(work.lines.prefix(room))
            part.reached = part.lines.reduce(work.base) { $0.after($1) }
            batch[source] = part
            room -= part.lines.count
        }
        return batch
    }

    private func drop(_ work: Pending, of source: LogLines.Source) {
        pending[source]?.lines.removeFirst(work.lines.count)
        pending[source]?.base = work.reached
        if pending[source]?.lines.isEmpty == true { pending[source] = nil }
        pendingLines -= work.lines.count
    }
}
