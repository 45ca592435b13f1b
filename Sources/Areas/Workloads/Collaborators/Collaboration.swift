package import Basics
import SQL

/// One who may, or was asked to, work with what another owns.
package struct Collaboration: Sendable, Hashable {
    /// Somebody by what others may know.
    package struct Person: Sendable, Hashable {
        package let id: Int64
        package let email: String
        package let fullName: String
    }

    package let kind: SharedKind
    /// Unique among those of its kind.
    package let id: Int64
    package let thing: NamedID
    package let owner: Person
    package let person: Person
    /// He has accepted.
    package let active: Bool
    package let createdAt: Moment
    package let updatedAt: Moment

    /// `7-project`: unique among all.
    package var name: String { "\(id)-\(kind.rawValue)" }
}

/// Rows of collaborators.
enum CollaborationRows {
    static func find(
        _ kind: SharedKind, _ condition: SQL, on connection: any Connection
    ) throws -> [Collaboration] {
        try connection.rows(
            """
            SELECT c.id, c.active, c.created_at, c.updated_at, t.id, t.name, o.id, o.email, o.first_name, o.last_name,
                u.id, u.email, u.first_name, u.last_name
            FROM \(kind.table) c JOIN (\(kind.things)) t ON t.id = c.\(kind.column)
            JOIN users o ON o.id = t.owner_id JOIN users u ON u.id = c.user_id
            WHERE t.is_there AND \(condition)
            """
        ) { row in
            func person(_ column: Int) -> Collaboration.Person {
                Collaboration.Person(
                    id: row.int(column), email: row.text(column + 1),
                    fullName: "\(row.text(column + 2)) \(row.text(column + 3))")
            }
            return Collaboration(
                kind: kind, id: row.int(0), thing: NamedID(id: row.int(4), name: row.text(5)), owner: person(6),
                person: person(10), active: row.bool(1), createdAt: row.moment(2), updatedAt: row.moment(3))
        }
    }
}
