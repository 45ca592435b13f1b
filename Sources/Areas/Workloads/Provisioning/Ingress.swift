/// What workloads need from the ingress of their zone. Implemented by Edge.
package protocol Ingress: Sendable {
    /// Makes the ingress of the zone follow what the database says now, and answers when it does. Calling it again
    /// without a change in the database changes nothing.
    func sync(zoneID: Int64) async throws

    /// What the health checks say of instances of the zone; an instance that is not known there is `.unknown`.
    func health(zoneID: Int64, instanceIDs: [Int64]) async throws -> [Int64: InstanceHealth]

    /// Whether every connection that was open before the last change has ended.
    func isDrained(zoneID: Int64) async throws -> Bool
}

/// The verdict of the health checks on one instance.
package enum InstanceHealth: String, Sendable, Hashable, Codable {
    /// Not checked yet, or not behind the ingress.
    case unknown
    case healthy
    case failing
}
