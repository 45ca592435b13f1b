import Foundation
import Synchronization

private let actions = Mutex<[@Sendable () -> Void]>([])

/// Runs `action` when the test process ends normally.
func atExit(_ action: @escaping @Sendable () -> Void) {
    let isFirst = actions.withLock { list in
        list.append(action)
        return list.count == 1
    }
    if isFirst {
        atexit { for action in actions.withLock({ $0 }) { action() } }
    }
}

/// Removes the directory at `path`, with everything in it, when the test process ends normally.
func removeAtExit(_ path: String) {
    atExit { try? FileManager.default.removeItem(atPath: path) }
}
