package import Basics
package import Logging
package import SQL

/// Repairs the difference between what should be and what is, periodically, without arguments. A second activation
/// right after the first finds nothing to do.
package protocol Reconciler: Sendable {
    associatedtype Report: Codable & Sendable
    /// Names its row in `timers`; never renamed once released.
    static var name: String { get }
    /// Time from one activation's due time to the next one's.
    var every: Duration { get }
    /// Does all there is to do and tells what that was. Throws when it could not; the next tick tries again.
    func activate(logger: Logger) async throws -> Report
}

/// The timers of ``Scheduler`` as others see them.
package enum Timers {
    /// A timer's row.
    package struct Status: Sendable, Hashable {
        package let name: String
        package let dueAt: Moment
        package let lastFinishedAt: Moment?
        /// The last report as JSON, or `{"error":"…"}`.
        package let lastReport: String?
    }

    /// Makes a timer due now; it runs after the caller's commit, once more if it is just running.
    package static func runSoon(_ name: String, in tx: any Transaction, now: Moment) throws {
        let changed = try tx.run("UPDATE timers SET due_at = \(now) WHERE name = \(name)")
        if changed > 0 { try tx.wake(.operations) }
    }

    /// All timers by name.
    package static func list(in connection: any Connection) throws -> [Status] {
        try connection.rows("SELECT name, due_at, last_finished_at, last_report FROM timers ORDER BY name") {
            Status(
                name: $0.text(0), dueAt: $0.moment(1), lastFinishedAt: $0.momentOrNil(2), lastReport: $0.textOrNil(3))
        }
    }
}
