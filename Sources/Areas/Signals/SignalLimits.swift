/// Bounds of what is heard and kept.
package enum SignalLimits {
    /// Log lines live this long unless the provider says otherwise.
    package static let logDaysDefault = 7
    /// A longer line is cut; more is a file, not a log line.
    package static let logLineBytesMax = 16_384
    /// Lines written to the database in one transaction.
    package static let logBatchLinesMax = 500
    /// v60 default of `limit`.
    package static let logLimitDefault = 100
    /// One answer stays below a few megabytes.
    package static let logLimitMax = 5000
    /// Rows removed in one transaction of the sweep, so that writers need not wait.
    package static let sweepRowsMax = 2000
    /// How often a running container is sampled.
    package static let sampleIntervalSeconds = 10
    /// v60: metrics of the last three hours in 30-second steps.
    package static let metricWindowSeconds = 3 * 3600
    package static let metricFineSeconds = 30
    package static let metricCoarseSeconds = 300
    /// Fine buckets are needed for the window above only.
    package static let metricFineHoursKept = 6
    package static let metricCoarseDaysKept = 14
}
