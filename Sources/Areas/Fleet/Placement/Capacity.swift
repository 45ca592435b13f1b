import Basics
package import SQL

/// What is promised in each zone, counted in the transaction that promises it.
package enum Capacity {
    /// Reserves room in a zone, or throws `.invalid` when another order was faster or there is none. The row of the
    /// zone stays locked until the transaction ends, so two that take the last room cannot both succeed.
    ///
    /// Whether the zone is active and online is not asked here: what a project already has may grow there.
    package static func reserve(
        _ demand: Placement.Demand, inZone id: Int64, in transaction: any Transaction
    ) throws {
        let reserved = try transaction.run(
            """
            UPDATE zones SET cpu_milli_reserved = cpu_milli_reserved + \(demand.cpuMilli),
                memory_mb_reserved = memory_mb_reserved + \(demand.memoryMB),
                containers_reserved = containers_reserved + \(demand.containers)
            WHERE id = \(id) AND containers_reserved + \(demand.containers) <= fill_to
                AND (overcommit = 1
                    OR (cpu_milli_reserved + \(demand.cpuMilli) <= cpu_milli_total
                        AND memory_mb_reserved + \(demand.memoryMB) <= memory_mb_total))
            """)
        guard reserved == 1 else {
            throw Fault(
                .invalid,
                "The availability zone has no room for this at the moment. Order less, or try again later.")
        }
    }

    /// Gives back what was reserved. Never goes below zero, so that giving back too much cannot block a deletion.
    package static func release(
        _ demand: Placement.Demand, inZone id: Int64, in transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            UPDATE zones SET
                cpu_milli_reserved = CASE WHEN cpu_milli_reserved > \(demand.cpuMilli)
                    THEN cpu_milli_reserved - \(demand.cpuMilli) ELSE 0 END,
                memory_mb_reserved = CASE WHEN memory_mb_reserved > \(demand.memoryMB)
                    THEN memory_mb_reserved - \(demand.memoryMB) ELSE 0 END,
                containers_reserved = CASE WHEN containers_reserved > \(demand.containers)
                    THEN containers_reserved - \(demand.containers) ELSE 0 END
            WHERE id = \(id)
            """)
    }
}
