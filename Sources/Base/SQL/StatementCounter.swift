import Synchronization

/// Counts the statements that callers run on a database (not `BEGIN`, `COMMIT` and the like), so that a test can
/// demand that a page of a list costs the same number of queries however many rows it has.
package final class StatementCounter: Sendable {
    private let state = Mutex((count: 0, texts: [String]()))
    private let keepsTexts: Bool

    /// - Parameter keepsTexts: also keep the text of each statement, to show which ones were too many.
    package init(keepsTexts: Bool = false) { self.keepsTexts = keepsTexts }

    /// How many statements ran so far.
    package var count: Int { state.withLock { $0.count } }

    /// Their texts, oldest first, when asked for.
    package var texts: [String] { state.withLock { $0.texts } }

    /// Called by the drivers for each statement.
    package func record(_ text: String) {
        state.withLock {
            $0.count += 1
            if keepsTexts { $0.texts.append(text) }
        }
    }
}
