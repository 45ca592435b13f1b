import Basics
import SQL

/// Who may work on a resource: the live operation with the smallest id that asked for it.
///
/// Ids are drawn while holding the buckets of the wanted resources, so that of two operations on one resource the
/// smaller id is also the one that was committed first; without that, a late commit of a smaller id could overtake
/// an operation that already runs.
///
/// A child works inside the lock of its ancestor. Its own row carries the ancestor's id as `scope` and competes
/// only with rows of the same scope, that is with its siblings.
enum LockQueue {
    /// Enough that strangers rarely wait for each other's (short) transaction.
    private static let buckets: UInt64 = 1024

    /// Serialises those who want one of `locks`, until the end of the transaction.
    static func enter(_ locks: [String], in tx: any Transaction) throws {
        for bucket in Set(locks.map(bucket)).sorted() {
            try tx.run(
                """
                INSERT INTO lock_queues (bucket, tickets) VALUES (\(bucket), 1)
                ON CONFLICT (bucket) DO UPDATE SET tickets = lock_queues.tickets + 1
                """)
        }
    }

    /// Puts operation `id` into the queues of `locks`.
    static func take(_ locks: [String], for id: Int64, childOf parent: Int64?, in tx: any Transaction) throws {
        for resource in Set(locks).sorted() {
            var scope: Int64 = 0
            if let parent {
                guard let ancestor = try holder(of: resource, from: parent, in: tx) else {
                    throw Fault(.bug, "A child may lock only what its ancestors have locked, which \(resource) is not.")
                }
                scope = ancestor
            }
            try tx.run(
                """
                INSERT INTO resource_locks (operation_id, resource, scope) VALUES (\(id), \(resource), \(scope))
                """)
        }
    }

    /// The nearest of `operation` and its ancestors that has locked `resource`.
    private static func holder(of resource: String, from operation: Int64, in tx: any Transaction) throws -> Int64? {
        try tx.int(
            """
            WITH RECURSIVE line (id, parent_id, distance) AS (
                SELECT id, parent_id, 0 FROM operations WHERE id = \(operation)
                UNION ALL
                SELECT o.id, o.parent_id, line.distance + 1 FROM operations o JOIN line ON o.id = line.parent_id
            )
            SELECT line.id FROM line
            JOIN resource_locks l ON l.operation_id = line.id AND l.resource = \(resource)
            ORDER BY line.distance LIMIT 1
            """)
    }

    /// FNV-1a; the same in every process.
    private static func bucket(_ resource: String) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in resource.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(hash % buckets)
    }
}
