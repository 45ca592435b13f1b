package import Basics
import Identity
package import Operations
package import SQL

/// Shows operations as what they are; ``EventReading`` shows the same to v60 clients.
package enum OperationReading {
    /// One operation with its steps. Seen by administrators, by who caused it, and by the owners of its projects.
    package static func view(
        _ id: Int64, by caller: Caller, from database: any Database
    ) async throws -> Operations.Record {
        try await database.read { connection in
            try require(id, by: caller, on: connection)
            guard let found = try Operations.fetch(id, in: connection) else { throw Policy.notFound("operation") }
            return found
        }
    }

    /// Throws `.notFound` for an operation that the caller may not see.
    static func require(_ id: Int64, by caller: Caller, on connection: any Connection) throws {
        guard try connection.int("SELECT id FROM operations WHERE id = \(id)") != nil else {
            throw Policy.notFound("operation")
        }
        let holder = try EventReading.holder(of: id, noun: "operation", by: caller, on: connection)
        try Policy.require(.view, on: holder, by: caller)
    }
}
