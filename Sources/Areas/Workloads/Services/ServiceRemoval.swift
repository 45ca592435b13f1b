package import Basics
import Catalogue
import Identity
import Operations
package import SQL

/// Deletes services.
package enum ServiceRemoval {
    /// Marks a service as being deleted and starts the work. Its volumes are kept for a while. Deleting it once more
    /// changes nothing and answers the operation that is at it.
    package static func delete(
        service id: Int64, by caller: Caller, dryRun: Bool = false, at now: Moment, in database: any Database
    ) async throws -> ChangeReceipt {
        if dryRun {
            return try await database.read { connection in
                let target = try ServiceTarget.lookup(id, to: .delete, by: caller, on: connection)
                return ChangeReceipt(operationID: nil, plan: try plan(target, on: connection))
            }
        }
        return try await database.transaction { tx in
            let target = try ServiceTarget.lookup(id, to: .delete, by: caller, on: tx)
            let plan = try plan(target, on: tx)
            if target.isLeaving {
                let running = try RunningRemoval.find(
                    [OperationSubject("service", id), OperationSubject("project", target.projectID)], in: tx)
                return ChangeReceipt(operationID: running, plan: plan)
            }
            try tx.run("UPDATE services SET state = 'deleting', updated_at = \(now) WHERE id = \(id)")
            try tx.run(
                """
                UPDATE containers SET desired_state = 'removed', updated_at = \(now) WHERE service_id = \(id)
                """)
            try AccountCounts.release(services: 1, of: target.ownerID, in: tx)
            let subjects =
                [OperationSubject("project", target.projectID), OperationSubject("service", id)]
                + target.containers.map { OperationSubject("container", $0.id) }
            let operation = try Operations.enqueue(
                NewOperation(
                    .serviceTrash, input: ServiceTrashInput(projectID: target.projectID, serviceID: id),
                    subjects: subjects, locks: ["project:\(target.projectID)"], by: caller),
                in: tx, now: now)
            try Audit.write(
                caller, "deleted", noun: "container_service", id: id, operation: operation, at: now, in: tx)
            return ChangeReceipt(operationID: operation, plan: plan)
        }
    }

    private static func plan(_ target: ServiceTarget, on connection: any Connection) throws -> ChangePlan {
        let volumes = try connection.rows(
            "SELECT label FROM volumes WHERE service_id = \(target.id) AND trash_after IS NULL ORDER BY id"
        ) { $0.text(0) }
        var price = Money(nano: 0)
        if let product = target.productID {
            let offers = try ProductQueries.offers([product], toUser: target.ownerID, on: connection)
            price = offers[product]?.priceHour ?? price
        }
        return target.removalPlan(volumes: volumes, priceHour: price)
    }
}

extension ServiceTarget {
    /// What deleting it does.
    func removalPlan(volumes: [String], priceHour: Money) -> ChangePlan {
        if isLeaving { return ChangePlan(changes: [], starts: nil) }
        var changes = containers.map { "Remove the container \($0.name)." }
        changes.append("Delete the service \"\(label)\" with its settings and domains.")
        changes += volumes.map { "Keep the volume \"\($0)\" for two hours, then destroy it." }
        changes += dependants.map { "The service \"\($0)\" needs it and will not find it any more." }
        let (price, overflow) = Int64(-containers.count).multipliedReportingOverflow(by: priceHour.nano)
        return ChangePlan(
            changes: changes, starts: .serviceTrash, priceHour: Money(nano: overflow ? .min : price))
    }
}

/// The operation that removes something already.
enum RunningRemoval {
    /// The newest live removal about any of `subjects`, the first that has one.
    static func find(_ subjects: [OperationSubject], in connection: any Connection) throws -> Int64? {
        for subject in subjects {
            let id = try connection.int(
                """
                SELECT o.id FROM operations o JOIN operation_subjects s ON s.operation_id = o.id
                WHERE s.noun = \(subject.noun) AND s.subject_id = \(subject.id)
                    AND o.kind IN (\(list: [WorkflowKind.serviceTrash.name, WorkflowKind.projectTrash.name]))
                    AND o.state IN ('pending', 'running', 'undoing')
                ORDER BY o.id DESC LIMIT 1
                """)
            if let id { return id }
        }
        return nil
    }
}
