package import Basics
package import SQL

/// Usage samples of containers, rolled up on arrival: fine buckets for the v60 graphs, coarse ones for longer views.
package enum Metrics {
    /// What a bucket says.
    package struct Point: Sendable, Hashable {
        package let at: Moment
        /// Average, thousandths of a core.
        package let cpuMilli: Int64
        /// Average.
        package let memoryKiB: Int64
        package let memoryLimitKiB: Int64
    }

    /// Adds one sample to its fine and its coarse bucket.
    package static func add(
        containerID: Int64, at moment: Moment, cpuMilli: Int64, memoryKiB: Int64, memoryLimitKiB: Int64,
        in tx: any Transaction
    ) throws {
        for width in [SignalLimits.metricFineSeconds, SignalLimits.metricCoarseSeconds] {
            let widthMS = Int64(width) * 1000
            let bucket = moment.milliseconds / widthMS * widthMS
            try tx.run(
                """
                INSERT INTO metric_samples
                    (container_id, width_s, bucket_at, samples, cpu_milli_sum, memory_kib_sum, memory_limit_kib)
                VALUES (\(containerID), \(width), \(bucket), 1, \(cpuMilli), \(memoryKiB), \(memoryLimitKiB))
                ON CONFLICT (container_id, width_s, bucket_at) DO UPDATE
                SET samples = metric_samples.samples + 1,
                    cpu_milli_sum = metric_samples.cpu_milli_sum + excluded.cpu_milli_sum,
                    memory_kib_sum = metric_samples.memory_kib_sum + excluded.memory_kib_sum,
                    memory_limit_kib = excluded.memory_limit_kib
                """)
        }
    }

    /// The fine buckets of one container since `from`, oldest first.
    package static func recent(containerID: Int64, since from: Moment, in connection: any Connection) throws -> [Point]
    {
        try connection.rows(
            """
            SELECT bucket_at, cpu_milli_sum / samples, memory_kib_sum / samples, memory_limit_kib
            FROM metric_samples
            WHERE container_id = \(containerID) AND width_s = \(SignalLimits.metricFineSeconds)
              AND bucket_at >= \(from)
            ORDER BY bucket_at
            """
        ) {
            Point(at: $0.moment(0), cpuMilli: $0.int(1), memoryKiB: $0.int(2), memoryLimitKiB: $0.int(3))
        }
    }

    /// The newest fine bucket of each container since `from`. Containers without one are missing.
    package static func latest(
        containers ids: [Int64], since from: Moment, in connection: any Connection
    ) throws -> [Int64: Point] {
        var points: [Int64: Point] = [:]
        try connection.each(
            """
            SELECT container_id, bucket_at, cpu_milli_sum / samples, memory_kib_sum / samples, memory_limit_kib
            FROM metric_samples
            WHERE container_id IN (\(list: ids)) AND width_s = \(SignalLimits.metricFineSeconds)
              AND bucket_at >= \(from)
            ORDER BY container_id, bucket_at
            """
        ) {
            points[$0.int(0)] = Point(
                at: $0.moment(1), cpuMilli: $0.int(2), memoryKiB: $0.int(3), memoryLimitKiB: $0.int(4))
        }
        return points
    }

    /// Removes what is too old. Answers how many buckets.
    package static func expire(now: Moment, in tx: any Transaction) throws -> Int {
        let fine = now.advanced(by: .seconds(-SignalLimits.metricFineHoursKept * 3600))
        let coarse = now.advanced(by: .seconds(-SignalLimits.metricCoarseDaysKept * 86_400))
        return try tx.run(
            """
            DELETE FROM metric_samples
            WHERE (width_s = \(SignalLimits.metricFineSeconds) AND bucket_at < \(fine))
               OR (width_s = \(SignalLimits.metricCoarseSeconds) AND bucket_at < \(coarse))
            """)
    }
}
