package import Basics
import Identity
import Operations
package import SQL

/// Deletes projects.
package enum ProjectRemoval {
    /// Marks a project with everything in it as being deleted, asks what runs for it to stop, and starts the work. From
    /// then on it is gone for its owner; for administrators, deleting it once more answers the operation that is at it.
    package static func delete(
        project id: Int64, by caller: Caller, dryRun: Bool = false, at now: Moment, in database: any Database
    ) async throws -> ChangeReceipt {
        if dryRun {
            return try await database.read { connection in
                let target = try ProjectTarget.lookup(id, by: caller, on: connection)
                return ChangeReceipt(operationID: nil, plan: target.plan)
            }
        }
        return try await database.transaction { tx in
            let target = try ProjectTarget.lookup(id, by: caller, on: tx)
            let subject = OperationSubject("project", id)
            if target.isLeaving, let running = try RunningRemoval.find([subject], in: tx) {
                return ChangeReceipt(operationID: running, plan: target.plan)
            }
            if !target.isLeaving { try mark(target, at: now, in: tx) }
            try Operations.requestCancel(lock: "project:\(id)", in: tx, now: now)
            let operation = try Operations.enqueue(
                NewOperation(
                    .projectTrash, input: ProjectTrashInput(projectID: id),
                    subjects: [subject] + target.serviceIDs.map { OperationSubject("service", $0) },
                    locks: ["project:\(id)"], by: caller),
                in: tx, now: now)
            try Audit.write(caller, "deleted", noun: "project", id: id, operation: operation, at: now, in: tx)
            return ChangeReceipt(operationID: operation, plan: target.plan)
        }
    }

    private static func mark(_ target: ProjectTarget, at now: Moment, in tx: any Transaction) throws {
        try tx.run("UPDATE projects SET state = 'deleting', updated_at = \(now) WHERE id = \(target.id)")
        // Those that are being deleted already have left the account's count.
        let services = try tx.run(
            """
            UPDATE services SET state = 'deleting', updated_at = \(now)
            WHERE project_id = \(target.id) AND state = 'active'
            """)
        try tx.run(
            """
            UPDATE containers SET desired_state = 'removed', updated_at = \(now)
            WHERE service_id IN (SELECT id FROM services WHERE project_id = \(target.id))
            """)
        try AccountCounts.release(projects: 1, services: services, of: target.ownerID, in: tx)
    }
}

/// A project as somebody wants to delete it.
private struct ProjectTarget: Sendable {
    let id: Int64
    let ownerID: Int64
    let name: String
    let isLeaving: Bool
    let serviceIDs: [Int64]
    let plan: ChangePlan

    /// In a transaction it also holds the project's row. Throws `.notFound` for strangers, and for the owner when it is
    /// being deleted already.
    static func lookup(_ id: Int64, by caller: Caller, on connection: any Connection) throws -> ProjectTarget {
        let lock: SQL = connection is any Transaction ? "\(.forUpdate)" : ""
        let found = try connection.first(
            "SELECT user_id, name, state FROM projects WHERE id = \(id) \(lock)"
        ) { (owner: $0.int(0), name: $0.text(1), leaving: $0.text(2) == "deleting") }
        guard let found else { throw Policy.notFound("project") }
        let holder = Holder(
            noun: "project", ownerID: found.owner, projectID: id, isLeaving: found.leaving, isShared: true)
        try Policy.require(.delete, on: holder, by: caller)
        let services = try connection.rows(
            """
            SELECT s.id, s.label, COUNT(c.id), s.product_id FROM services s
            LEFT JOIN containers c ON c.service_id = s.id
            WHERE s.project_id = \(id) GROUP BY s.id, s.label, s.product_id ORDER BY s.id
            """
        ) { (id: $0.int(0), label: $0.text(1), containers: $0.int(2)) }
        let price = try connection.int(
            """
            SELECT CAST(SUM(b.price_hour_nano) AS BIGINT)
            FROM containers c
            JOIN services s ON s.id = c.service_id
            JOIN users u ON u.id = \(found.owner)
            JOIN user_groups g ON g.id = u.user_group_id
            JOIN billing_plan_products b ON b.billing_plan_id = g.billing_plan_id AND b.product_id = s.product_id
                AND b.currency = u.currency
            WHERE s.project_id = \(id)
            """)
        let changes =
            services.map { "Delete the service \"\($0.label)\" with \($0.containers) containers." }
            + ["Delete the project \"\(found.name)\" with its network. Volumes are kept for two hours."]
        return ProjectTarget(
            id: id, ownerID: found.owner, name: found.name, isLeaving: found.leaving, serviceIDs: services.map(\.id),
            plan: ChangePlan(
                changes: found.leaving ? [] : changes, starts: found.leaving ? nil : .projectTrash,
                priceHour: Money(nano: found.leaving ? 0 : -(price ?? 0))))
    }
}
