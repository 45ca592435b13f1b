import Basics
import Operations
import SQL

/// Waiting for operations on behalf of clients that prefer it (RFC 7240 §4.3).
enum OperationWaiting {
    enum Limits {
        /// Longer wishes are granted as this one.
        static let secondsMax = 60
        /// Between two looks, at first and at most. A look is one indexed read.
        static let firstMilliseconds = 25
        static let lastMilliseconds = 400
    }

    /// The `n` of `Prefer: wait=n`; nil when there is none, or none that makes sense: preferences are never an error.
    static func seconds(_ header: String?) -> Int? {
        for preference in (header ?? "").split(separator: ",") {
            let parts = preference.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmed.lowercased() == "wait", let seconds = Int(parts[1].trimmed) else {
                continue
            }
            return seconds > 0 ? min(seconds, Limits.secondsMax) : nil
        }
        return nil
    }

    /// Whether the operation ended within the time; false at once when there is no time.
    static func wait(for id: Int64, _ seconds: Int?, on database: any Database) async throws -> Bool {
        guard let seconds else { return false }
        let end = ContinuousClock.now + .seconds(seconds)
        var pause = Limits.firstMilliseconds
        while true {
            if try await database.read({ try Operations.hasEnded(id, in: $0) }) { return true }
            let rest = end - .now
            if rest <= .zero { return false }
            try await Task.sleep(for: min(rest, .milliseconds(pause)))
            pause = min(pause * 2, Limits.lastMilliseconds)
        }
    }
}

extension Substring {
    /// Without spaces and quotation marks around it.
    fileprivate var trimmed: Substring {
        var text = self
        while let first = text.first, " \t\"".contains(first) { text.removeFirst() }
        while let last = text.last, " \t\"".contains(last) { text.removeLast() }
        return text
    }
}
