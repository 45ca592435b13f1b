package import Basics

/// When a container that ended although it should run is started again, and when it is left alone.
///
/// The engine has restarted it a few times by itself before it comes here. A pure function of the container's record.
package enum CrashPolicy {
    /// Crashes closer together than this belong to one series.
    package static let windowSeconds = 600
    /// The crash of a series that ends the attempts.
    package static let crashesMax = 6
    /// Pause before the attempt that follows the n-th crash of a series.
    private static let pausesSeconds = [0, 2, 5, 15, 30]

    /// What is known of a container's crashes.
    package struct Record: Sendable, Hashable {
        /// Crashes in the current series.
        package let count: Int64
        package let lastAt: Moment?

        package init(count: Int64, lastAt: Moment?) {
            self.count = count
            self.lastAt = lastAt
        }
    }

    /// The record after one more crash.
    package static func after(_ record: Record, at now: Moment) -> Record {
        let inSeries = record.lastAt.map { now < $0.advanced(by: .seconds(windowSeconds)) } ?? false
        return Record(count: inSeries ? record.count + 1 : 1, lastAt: now)
    }

    /// Whether no further attempt is made.
    package static func isOver(_ record: Record) -> Bool { record.count >= Int64(crashesMax) }

    /// When the next attempt is due.
    package static func nextAttempt(_ record: Record) -> Moment {
        let index = min(max(Int(record.count) - 1, 0), pausesSeconds.count - 1)
        return (record.lastAt ?? Moment(milliseconds: 0)).advanced(by: .seconds(pausesSeconds[index]))
    }
}
