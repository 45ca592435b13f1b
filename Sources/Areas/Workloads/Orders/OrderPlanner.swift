import Basics
import Catalogue
import Fleet

/// Decides what an order does: a pure function. Everything that is wrong is told at once.
package enum OrderPlanner {
    /// Throws `.invalid` with one sentence for every problem.
    package static func plan(
        _ request: OrderRequest, _ snapshot: OrderSnapshot, secrets: OrderSecrets = .random
    ) throws -> OrderPlan {
        guard let owner = snapshot.owner else {
            if case .project = request.target { throw Fault(.invalid, "Unknown project.") }
            throw Fault(.invalid, "An order needs an account that it is for.")
        }
        var draft = OrderDraft(request: request, snapshot: snapshot, owner: owner, secrets: secrets)
        let target = draft.judgeTarget()
        draft.judgeOwner()
        draft.judgeLines()
        draft.linkDependencies()
        draft.judgeVolumes()
        draft.judgeDomains()
        let demand = draft.demand()
        draft.judgeQuota(demand)
        let place = draft.judgePlace(demand)
        if draft.problems.isEmpty { draft.judgeEnvironment(place?.zone) }
        guard draft.problems.isEmpty, let target, let place else {
            throw Fault(.invalid, draft.problems)
        }
        return OrderPlan(
            ownerID: owner.id, currency: owner.currency, target: target, locationID: place.locationID,
            zone: place.zone, skipSSH: request.skipSSH, externalID: request.externalID,
            services: draft.services, buildOrder: draft.buildOrder(), demand: demand,
            priceHour: draft.price(), rawLines: draft.rawLines())
    }
}

/// An order on its way to a plan: each step adds what it decides and what it finds wrong.
struct OrderDraft {
    let request: OrderRequest
    let snapshot: OrderSnapshot
    let owner: OrderSnapshot.Owner
    let secrets: OrderSecrets

    /// Those lines that can be understood, in order; ``lineOf`` tells which line each one was.
    var services: [OrderPlan.Service] = []
    var lineOf: [Int] = []
    var problems: [String] = []

    init(request: OrderRequest, snapshot: OrderSnapshot, owner: OrderSnapshot.Owner, secrets: OrderSecrets) {
        self.request = request
        self.snapshot = snapshot
        self.owner = owner
        self.secrets = secrets
    }

    /// The order names a project that is not there for the caller; what may be in it cannot be judged.
    var projectIsUnknown: Bool {
        if case .project = request.target { return snapshot.project == nil }
        return false
    }

    func line(of service: Int) -> OrderRequest.Line { request.lines[lineOf[service]] }
    func blueprint(of service: Int) -> ImageBlueprint? { snapshot.blueprints[services[service].variantID] }

    mutating func judgeTarget() -> OrderPlan.Target? {
        switch request.target {
        case .newProject(let name): return .newProject(name: name, skipSSH: request.skipSSH)
        case .project(let id):
            if let project = snapshot.project { return .project(id, name: project.name) }
            problems.append("Unknown project.")
            return nil
        }
    }

    mutating func judgeOwner() {
        if !owner.active { problems.append("The account is suspended and cannot order.") }
    }

    /// Containers, CPU and memory of everything understood so far.
    func demand() -> Placement.Demand {
        services.reduce(into: Placement.Demand(cpuMilli: 0, memoryMB: 0, containers: 0)) { sum, service in
            // At most 20 services × 20 containers of sizes that fit a table: nothing here comes near 64 bits, and if a
            // size ever did, it would be refused as larger than any zone.
            sum.cpuMilli = OrderDraft.sum(sum.cpuMilli, service.containers, service.cpuMilli)
            sum.memoryMB = OrderDraft.sum(sum.memoryMB, service.containers, service.memoryMB)
            sum.containers += service.containers
        }
    }

    func price() -> Money {
        services.reduce(into: Money(nano: 0)) { total, service in
            total.nano = OrderDraft.sum(total.nano, service.containers, service.priceHour.nano)
        }
    }

    /// `a + b × c`, saturating.
    private static func sum(_ a: Int64, _ b: Int64, _ c: Int64) -> Int64 {
        let (product, over1) = b.multipliedReportingOverflow(by: c)
        let (sum, over2) = a.addingReportingOverflow(product)
        return over1 || over2 ? .max : sum
    }

    mutating func judgeQuota(_ demand: Placement.Demand) {
        let free = max(0, owner.quota - owner.containers)
        if demand.containers > free {
            problems.append(
                """
                The order needs \(demand.containers) container\(demand.containers == 1 ? "" : "s"), but the account \
                may have only \(free) more (\(owner.containers) of \(owner.quota) are in use).
                """)
        }
        if let project = snapshot.project, demand.containers > project.freeAddresses {
            problems.append(
                """
                The project's network has room for \(max(0, project.freeAddresses)) more containers. Order fewer, or \
                use another project.
                """)
        }
    }

    /// The zone: the project's, the one asked for, or the best with room in the first location that has one.
    mutating func judgePlace(_ demand: Placement.Demand) -> (locationID: Int64, zone: Zone)? {
        if let project = snapshot.project {
            guard let zone = snapshot.zones[project.zoneID] else {
                problems.append("There are no availability zones available.")
                return nil
            }
            let room = snapshot.locations.lazy.flatMap(\.rooms).first { $0.zoneID == zone.id }
            // An inactive zone takes no new projects, but those it has may grow.
            if var room {
                room.active = true
                if room.refusal(of: demand) != nil {
                    problems.append("The project's availability zone has no room for this order at the moment.")
                    return nil
                }
            }
            return (zone.locationID, zone)
        }
        let locations = snapshot.locations.filter(\.active)
        guard !locations.isEmpty else {
            let asked = request.locationID != nil || request.zoneID != nil
            problems.append(asked ? "Unknown region." : "There are no availability zones available.")
            return nil
        }
        for location in locations {
            let rooms = location.rooms.filter { request.zoneID == nil || $0.zoneID == request.zoneID }
            if let id = try? Placement.choose(demand, location.strategy, among: rooms), let zone = snapshot.zones[id] {
                return (location.id, zone)
            }
        }
        problems.append(
            "There are no availability zones available with room for this order. Order less, or try again later.")
        return nil
    }
}
