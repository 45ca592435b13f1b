package import Basics
import Identity
package import SQL

/// Starts, stops, restarts and rebuilds one container.
package enum ContainerPower {
    /// Does `action` (`start`, `stop`, `restart`, `rebuild`) to one container. Throws `.notFound` for strangers,
    /// `.invalid` for another action, `.conflict` when the container is being removed.
    package static func perform(
        _ action: String, container id: Int64, by caller: Caller, dryRun: Bool = false, at now: Moment,
        in database: any Database
    ) async throws -> ChangeReceipt {
        try await ServicePower.perform(action, by: caller, dryRun: dryRun, at: now, in: database) { connection in
            let service = try connection.int("SELECT service_id FROM containers WHERE id = \(id)")
            guard let service else { throw Policy.notFound("container") }
            let target: ServiceTarget
            do {
                target = try ServiceTarget.lookup(service, to: .operate, by: caller, on: connection)
            } catch let fault as Fault where fault.code == .notFound {
                throw Policy.notFound("container")
            }
            guard let container = target.containers.first(where: { $0.id == id }) else {
                throw Fault(.conflict, "The container is being removed.")
            }
            return (target, [container])
        }
    }
}
