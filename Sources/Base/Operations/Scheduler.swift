package import Basics
package import Logging
package import SQL

/// Runs reconcilers when their timers are due. Any number of schedulers may share one database; no tick runs twice.
package final class Scheduler: Sendable {
    package init(
        database: any Database, reconcilers: [any Reconciler], lease: Duration = .seconds(15),
        poll: Duration = .seconds(2), clock: any WallClock = SystemWallClock(),
        monotonic: @escaping @Sendable () -> Duration = Monotonic.now, name: String, logger: Logger
    ) {
    }

    /// Works until the task is cancelled.
    package func run() async {}
}

/// Delivers the messages of the ``Outbox``.
package final class OutboxSender: Sendable {
    package init(
        database: any Database, deliverers: [any OutboxDeliverer], concurrency: Int = 8,
        lease: Duration = .seconds(60), poll: Duration = .seconds(5), clock: any WallClock = SystemWallClock(),
        logger: Logger
    ) {
    }

    /// Works until the task is cancelled.
    package func run() async {}
}
