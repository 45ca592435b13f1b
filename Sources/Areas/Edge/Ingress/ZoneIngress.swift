import Basics
package import SQL
import Synchronization
package import Workloads

/// Makes the load balancers of all zones follow the database.
///
/// Level-triggered: what is applied is always read from the database, never handed along. After an apply the state is
/// read again and applied again if it changed meanwhile, so that the last one to apply – in whatever process – has seen
/// the newest state.
package final class ZoneIngress: Ingress {
    /// Finds the load balancer of a zone.
    package typealias Balancers = @Sendable (_ zoneID: Int64) async throws -> any LoadBalancer

    private let database: any Database
    private let makeBalancer: Balancers
    private let known = Mutex<[Int64: any LoadBalancer]>([:])

    package init(database: any Database, balancer: @escaping Balancers) {
        self.database = database
        self.makeBalancer = balancer
    }

    package func sync(zoneID: Int64) async throws {
        let balancer = try await self.balancer(zoneID)
        var wanted = try await state(zoneID)
        for _ in 0..<Self.roundsMax {
            try await balancer.apply(wanted)
            let now = try await state(zoneID)
            if now == wanted { return }
            wanted = now
        }
    }

    package func health(zoneID: Int64, instanceIDs: [Int64]) async throws -> [Int64: InstanceHealth] {
        let verdicts = try await balancer(zoneID).health()
        var result: [Int64: InstanceHealth] = [:]
        for id in instanceIDs {
            result[id] =
                switch verdicts[IngressQueries.serverName(instanceID: id)] {
                case .healthy: .healthy
                case .failing: .failing
                case .unknown, nil: .unknown
                }
        }
        return result
    }

    package func isDrained(zoneID: Int64) async throws -> Bool {
        try await balancer(zoneID).isDrained()
    }

    /// A zone that changes faster than this many applies is settled by the next sync.
    private static let roundsMax = 5

    private func state(_ zoneID: Int64) async throws -> IngressState {
        guard let state = try await database.read({ try IngressQueries.state(zoneID: zoneID, in: $0) }) else {
            throw Fault(.notFound, "There is no zone \(zoneID).")
        }
        return state
    }

    private func balancer(_ zoneID: Int64) async throws -> any LoadBalancer {
        if let found = known.withLock({ $0[zoneID] }) { return found }
        let made = try await makeBalancer(zoneID)
        return known.withLock { all in
            if let first = all[zoneID] { return first }
            all[zoneID] = made
            return made
        }
    }
}
