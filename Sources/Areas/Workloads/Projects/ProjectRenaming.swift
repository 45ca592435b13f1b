package import Basics
import Identity
package import SQL

/// Renames projects.
package enum ProjectRenaming {
    /// Gives a project another name; nil changes nothing. Answers the project as it is then.
    package static func rename(
        _ id: Int64, to name: String?, provided unchanged: @escaping Unchanged = { _, _ in }, by caller: Caller,
        at now: Moment, in database: any Database
    ) async throws -> ProjectSummary {
        try await database.transaction { tx in
            _ = try tx.int("SELECT id FROM projects WHERE id = \(id) \(.forUpdate)")
            let found = try ProjectReading.lookup(id, to: .operate, by: caller, on: tx)
            if let name, name != found.name { try require(name) }
            // What would be refused anyway is refused for that reason (RFC 9110 §13.2.1).
            try unchanged(id, tx)
            if let name, name != found.name {
                try tx.run("UPDATE projects SET name = \(name), updated_at = \(now) WHERE id = \(id)")
                try Audit.write(caller, "updated", noun: "project", id: id, at: now, in: tx)
            }
            return try ProjectReading.view(id, by: caller, on: tx)
        }
    }

    private static func require(_ name: String) throws {
        if name.allSatisfy(\.isWhitespace) { throw Fault(.invalid, "Name can't be blank.") }
        if name.unicodeScalars.count > OrderLimits.nameLengthMax {
            throw Fault(
                .invalid, "Name is too long; at most \(OrderLimits.nameLengthMax) characters.")
        }
        if name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
            throw Fault(.invalid, "Name must not contain control characters.")
        }
    }
}
