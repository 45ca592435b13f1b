package import Basics
package import Logging
package import SQL

/// Runs operations: claims what may run, keeps its leases, and gives back what it does not finish.
package final class Worker: Sendable {
    /// Numbers that the operator may want to change.
    package struct Options: Sendable {
        /// Operations at once.
        package var concurrency = 16
        /// A worker that did not renew for so long has lost its operations to others.
        package var lease: Duration = .seconds(15)
        /// Between two looks when nobody woke us.
        package var poll: Duration = .seconds(2)
        /// A step in which the process died so often is not tried again.
        package var crashesMax = 5

        package init() {}
    }

    /// - Parameters:
    ///   - name: For people; the worker makes it unique.
    ///   - monotonic: Time since some start that no change of the wall clock touches.
    package init(
        database: any Database, workflows: [any Workflow], options: Options = Options(),
        clock: any WallClock = SystemWallClock(), monotonic: @escaping @Sendable () -> Duration = Monotonic.now,
        name: String, failpoints: Failpoints = .environment, logger: Logger
    ) {
    }

    /// What was done so far.
    package var counters: OperationCounters { OperationCounters() }

    /// Works until the task is cancelled, then gives back what is unfinished, so that others take it at once.
    package func run() async {}
}
