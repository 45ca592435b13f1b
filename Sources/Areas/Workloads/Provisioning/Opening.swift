import Basics
import Operations

/// First instances of containers on their way into rotation: the steps that orders and scaling share.
struct Opening: Sendable {
    let site: Site
    let zone: ZoneFacts
    let instances: [InstanceFacts]
    let run: OperationRun

    /// Tells the ingress of new addresses, beside the making of their containers; until they serve it speaks to none of
    /// them. Not beside the making of the network: an engine that dies in the middle of that keeps a piece of it which
    /// it neither shows nor lets go, and the fewer calls that can kill it at that moment, the better.
    func announce() async throws {
        guard instances.contains(where: \.isPublic) else { return }
        let (site, zone) = (site, zone)
        try await run.step("announce", undo: nil) { try await site.ingress.sync(zoneID: zone.id) }
    }

    /// Puts the instances into rotation.
    ///
    /// Undo takes them out again before containers and rows go: an address without a row is free for the next customer,
    /// and until the ingress knows, it would lead there.
    func serve() async throws {
        let (site, zone, instances) = (site, zone, instances)
        try await run.step("rotation", undo: { try await site.ingress.sync(zoneID: zone.id) }, {})
        try await run.record(
            "serve",
            undo: { tx in try ContainerRows.withdraw(instances, now: site.clock.now(), in: tx) },
            { tx in
                for instance in instances { try ContainerRows.switchTo(instance, now: site.clock.now(), in: tx) }
                try ContainerRows.mark(instances.map(\.containerID), "running", now: site.clock.now(), in: tx)
            })
        try await run.step("route", undo: nil) { try await site.ingress.sync(zoneID: zone.id) }
    }
}
