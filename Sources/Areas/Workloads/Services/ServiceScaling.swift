package import Basics
import Catalogue
import Fleet
import Identity
import Operations
package import SQL

/// Changes the number of containers of a service.
package enum ServiceScaling {
    /// Makes a service have `quantity` containers. Quota, capacity and addresses are claimed here; what is removed
    /// gives them back when it is gone. The number it has already changes nothing.
    package static func scale(
        service id: Int64, to quantity: Int64, by caller: Caller, dryRun: Bool = false, at now: Moment,
        in database: any Database
    ) async throws -> ChangeReceipt {
        if dryRun {
            return try await database.read { connection in
                let (_, plan) = try plan(id, quantity, by: caller, on: connection)
                return ChangeReceipt(operationID: nil, plan: plan.change)
            }
        }
        return try await database.transaction { tx in
            let (target, plan) = try plan(id, quantity, by: caller, on: tx)
            if plan.added.isEmpty && plan.removed.isEmpty { return ChangeReceipt(operationID: nil, plan: plan.change) }
            let added = try grow(target, plan.added, at: now, in: tx)
            try tx.run(
                """
                UPDATE containers SET desired_state = 'removed', updated_at = \(now)
                WHERE id IN (\(list: plan.removed.map(\.id)))
                """)
            let operation = try start(target, plan, added, by: caller, at: now, in: tx)
            return ChangeReceipt(operationID: operation, plan: plan.change)
        }
    }

    private static func plan(
        _ id: Int64, _ quantity: Int64, by caller: Caller, on connection: any Connection
    ) throws -> (ServiceTarget, ScalePlan) {
        let target = try ServiceTarget.lookup(id, to: .operate, by: caller, on: connection)
        try target.requireStaying()
        let quota = try connection.int(
            """
            SELECT g.quota_containers - u.containers_count
            FROM users u JOIN user_groups g ON g.id = u.user_group_id WHERE u.id = \(target.ownerID)
            """)
        var price = Money(nano: 0)
        if let product = target.productID {
            let offers = try ProductQueries.offers([product], toUser: target.ownerID, on: connection)
            price = offers[product]?.priceHour ?? price
        }
        let room = ScalePlan.Room(
            quota: quota ?? 0, addresses: try freeAddresses(target.projectID, connection), priceHour: price,
            ordinalMax: try connection.int("SELECT MAX(ordinal) FROM containers WHERE service_id = \(id)") ?? 0)
        return (target, try ScalePlan(target, to: quantity, room))
    }

    private static func freeAddresses(_ projectID: Int64, _ connection: any Connection) throws -> Int64 {
        let found = try connection.first(
            """
            SELECT n.cidr, (SELECT COUNT(*) FROM instances i WHERE i.network_id = n.id)
            FROM networks n WHERE n.project_id = \(projectID)
            """
        ) { (cidr: $0.text(0), taken: $0.int(1)) }
        guard let found, let subnet = Subnet(cidr: found.cidr) else { return 0 }
        return Int64(subnet.hosts.count) - found.taken
    }

    /// Claims in the order account, zone, addresses.
    private static func grow(
        _ target: ServiceTarget, _ ordinals: [Int64], at now: Moment, in tx: any Transaction
    ) throws -> [Int64] {
        if ordinals.isEmpty { return [] }
        let count = Int64(ordinals.count)
        let claimed = try tx.run(
            """
            UPDATE users SET containers_count = containers_count + \(count), updated_at = \(now)
            WHERE id = \(target.ownerID) AND active = 1 AND containers_count + \(count) <=
                (SELECT g.quota_containers FROM user_groups g WHERE g.id = users.user_group_id)
            """)
        guard claimed == 1 else {
            throw Fault(.invalid, "The account's quota of containers is used up, or the account is suspended.")
        }
        try Capacity.reserve(
            Placement.Demand(
                cpuMilli: target.cpuMilli * count, memoryMB: target.memoryMB * count, containers: count),
            inZone: target.zoneID, in: tx)
        let ids = try ordinals.map { ordinal in
            try ContainerCreation.insert(service: target.id, name: target.name, ordinal: ordinal, in: tx, now: now)
        }
        try Addresses.claimNext(containers: ids, in: tx, now: now)
        return ids
    }

    private static func start(
        _ target: ServiceTarget, _ plan: ScalePlan, _ added: [Int64], by caller: Caller, at now: Moment,
        in tx: any Transaction
    ) throws -> Int64 {
        let removed = plan.removed.map(\.id)
        let subjects =
            [OperationSubject("project", target.projectID), OperationSubject("service", target.id)]
            + (added + removed).map { OperationSubject("container", $0) }
        let input = ServiceScalingInput(
            projectID: target.projectID, serviceID: target.id, addedIDs: added, removedIDs: removed)
        let operation = try Operations.enqueue(
            NewOperation(
                .serviceScaling, input: input, subjects: subjects, locks: ["project:\(target.projectID)"],
                by: caller),
            in: tx, now: now)
        try Audit.write(
            caller, "updated", noun: "container_service", id: target.id, operation: operation,
            raw: JSONValue.object(["scale": .int(Int64(added.count - removed.count))]).compact, at: now, in: tx)
        return operation
    }
}
