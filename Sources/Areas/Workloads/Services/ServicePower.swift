package import Basics
import Identity
import Operations
package import SQL

/// Starts, stops, restarts and rebuilds: all containers of a service at once, or one of them.
package enum ServicePower {
    /// Does `action` (`start`, `stop`, `restart`, `rebuild`) to every container of a service, as one operation.
    package static func perform(
        _ action: String, service id: Int64, by caller: Caller, dryRun: Bool = false, at now: Moment,
        in database: any Database
    ) async throws -> ChangeReceipt {
        try await perform(action, by: caller, dryRun: dryRun, at: now, in: database) { connection in
            let target = try ServiceTarget.lookup(id, to: .operate, by: caller, on: connection)
            return (target, target.containers)
        }
    }

    static func perform(
        _ name: String, by caller: Caller, dryRun: Bool, at now: Moment, in database: any Database,
        lookup: @escaping @Sendable (any Connection) throws -> (ServiceTarget, [ServiceTarget.Container])
    ) async throws -> ChangeReceipt {
        if dryRun {
            return try await database.read { connection in
                let (target, containers) = try lookup(connection)
                let action = try PowerAction.named(name)
                try target.requireStaying()
                return ChangeReceipt(operationID: nil, plan: action.plan(containers))
            }
        }
        return try await database.transaction { tx in
            let (target, containers) = try lookup(tx)
            let action = try PowerAction.named(name)
            try target.requireStaying()
            return try apply(action, target, containers, by: caller, at: now, in: tx)
        }
    }

    private static func apply(
        _ action: PowerAction, _ target: ServiceTarget, _ containers: [ServiceTarget.Container], by caller: Caller,
        at now: Moment, in tx: any Transaction
    ) throws -> ChangeReceipt {
        let plan = action.plan(containers)
        if containers.isEmpty { return ChangeReceipt(operationID: nil, plan: plan) }
        let ids = containers.map(\.id)
        // Somebody decided anew, so what crashed before does not count any more.
        try tx.run(
            """
            UPDATE containers SET desired_state = \(action.desiredState), crash_count = 0, crashed_at = NULL,
                updated_at = \(now)
            WHERE id IN (\(list: ids)) AND desired_state <> 'removed'
            """)
        let subjects =
            [OperationSubject("project", target.projectID), OperationSubject("service", target.id)]
            + ids.map { OperationSubject("container", $0) }
        let operation = try Operations.enqueue(
            NewOperation(
                action.kind,
                input: ContainersInput(projectID: target.projectID, serviceID: target.id, containerIDs: ids),
                subjects: subjects, locks: ["project:\(target.projectID)"], by: caller),
            in: tx, now: now)
        try Audit.write(
            caller, action.rawValue, noun: "container_service", id: target.id, operation: operation, at: now, in: tx)
        return ChangeReceipt(operationID: operation, plan: plan)
    }
}
