package import Basics
import Fleet
package import Identity
package import SQL

/// What an order answered: its id, or with `dryRun` only the plan.
package struct OrderReceipt: Sendable {
    /// nil when nothing was written.
    package let orderID: String?
    package let projectID: Int64?
    package let operationID: Int64?
    /// Where the zone's ingress is reached; nil when unknown.
    package let loadBalancerIP: String?
    package let plan: OrderPlan
}

/// Takes orders.
package struct Orders: Sendable {
    private let database: any Database
    private let vault: Vault
    private let clock: any WallClock
    private let secrets: OrderSecrets

    package init(
        database: any Database, vault: Vault, clock: any WallClock = SystemWallClock(), secrets: OrderSecrets = .random
    ) {
        self.database = database
        self.vault = vault
        self.clock = clock
        self.secrets = secrets
    }

    /// Plans the order in `body` (`{"order": {…}}`) and, unless `dryRun`, makes it so: rows, claims and the operation
    /// in one transaction. Throws `.malformed` or `.invalid` with every problem, `.conflict` when too many others order
    /// at once.
    package func place(_ body: JSONValue, by caller: Caller, dryRun: Bool = false) async throws -> OrderReceipt {
        try Policy.require(.create, on: Holder(noun: "order", ownerID: caller.userID), by: caller)
        let request = try OrderRequest.parse(body)
        if case .newProject = request.target, caller.projects != nil {
            throw Fault(.forbidden, "This credential is limited to some projects and cannot start a new one.")
        }
        var lost = ClaimLost(sentence: "The order could not be placed.")
        for _ in 0..<WorkloadLimits.claimAttemptsMax {
            let snapshot = try await database.read { try OrderSnapshot.load(request, by: caller, in: $0) }
            let plan = try OrderPlanner.plan(request, snapshot, secrets: secrets)
            if dryRun {
                return OrderReceipt(
                    orderID: nil, projectID: nil, operationID: nil, loadBalancerIP: plan.zone.publicIP, plan: plan)
            }
            do {
                return try await apply(plan, by: caller)
            } catch let claim as ClaimLost {
                lost = claim
            } catch DatabaseProblem.notUnique {
                lost = ClaimLost(sentence: "Somebody else took a name of this order at the same moment.")
            }
        }
        throw Fault(.conflict, "\(lost.sentence) Please try again.")
    }

    private func apply(_ plan: OrderPlan, by caller: Caller) async throws -> OrderReceipt {
        let (vault, now) = (vault, clock.now())
        let orderID = Random.uuid()
        let stored = try await database.transaction { tx in
            try OrderStoring(plan: plan, orderID: orderID, caller: caller, vault: vault, now: now, tx: tx).store()
        }
        return OrderReceipt(
            orderID: orderID, projectID: stored.projectID, operationID: stored.operationID,
            loadBalancerIP: plan.zone.publicIP, plan: plan)
    }
}
