import Basics
import Edge
import Fleet
import HAProxyControl
import Logging
import SQL

/// Makes the load balancer of a zone from its row.
struct Balancers: Sendable {
    let database: any Database
    let engines: any EngineDirectory
    let installation: String
    let logger: Logger

    func balancer(zoneID: Int64) async throws -> any LoadBalancer {
        guard let zone = try await database.read({ try ZoneQueries.zone(zoneID, on: $0) }) else {
            throw Fault(.notFound, "There is no zone \(zoneID).")
        }
        return HAProxyControl(
            engine: try engines.engine(at: zone.endpoint),
            names: IngressNames(installation: installation, zoneID: zoneID), logger: logger)
    }
}
