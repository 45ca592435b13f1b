package import Basics
package import SQL

extension Operations {
    /// Where a live operation stands, for the operator: who works on it, since when nobody does, what it waits for.
    package struct Standing: Sendable, Hashable {
        /// The worker that has it; nil when nobody does.
        package let worker: String?
        /// Until when the worker has it unless it renews.
        package let leaseUntil: Moment?
        /// When it is tried next; in the past when it could be taken up at once.
        package let runAfter: Moment
        /// Runs in a row that failed for now.
        package let attempt: Int
        /// Operations that hold a resource this one wants, oldest first.
        package let waitsFor: [Int64]
    }

    /// Where operation `id` stands; nil when there is none or it has ended.
    package static func standing(_ id: Int64, in connection: any Connection) throws -> Standing? {
        let waitsFor = try connection.rows(
            """
            SELECT DISTINCT earlier.operation_id FROM resource_locks mine JOIN resource_locks earlier
                ON earlier.resource = mine.resource AND earlier.scope = mine.scope
                AND earlier.operation_id < mine.operation_id
            WHERE mine.operation_id = \(id) ORDER BY earlier.operation_id
            """
        ) { $0.int(0) }
        return try connection.first(
            """
            SELECT worker, lease_until, run_after, attempt FROM operations
            WHERE id = \(id) AND state IN ('pending', 'running', 'undoing')
            """
        ) { row in
            Standing(
                worker: row.textOrNil(0), leaseUntil: row.momentOrNil(1), runAfter: row.moment(2),
                attempt: Int(row.int(3)), waitsFor: waitsFor)
        }
    }
}
