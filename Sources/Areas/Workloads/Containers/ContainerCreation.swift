import Basics
import SQL

/// New container rows, for orders and for growing services.
enum ContainerCreation {
    /// One container that shall run. Names end in the service's id and the ordinal, so they are unique.
    static func insert(
        service: Int64, name: String, ordinal: Int64, in tx: any Transaction, now: Moment
    ) throws -> Int64 {
        let id = try tx.int(
            """
            INSERT INTO containers (service_id, name, ordinal, desired_state, created_at, updated_at)
            VALUES (\(service), \("\(name)-\(ordinal)"), \(ordinal), 'running', \(now), \(now)) RETURNING id
            """)
        guard let id else { throw Fault(.bug, "A new container has no id.") }
        return id
    }
}
