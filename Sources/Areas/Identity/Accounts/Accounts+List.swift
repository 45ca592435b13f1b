package import SQL

extension Accounts {
    /// An account with the name of its group.
    package struct Listed: Sendable, Hashable {
        package let id: Int64
        package let email: String
        package let firstName: String
        package let lastName: String
        package let isAdmin: Bool
        package let active: Bool
        package let group: String
    }

    /// All accounts by id. For the operator's shell.
    package static func list(on connection: any Connection) throws -> [Listed] {
        try connection.rows(
            """
            SELECT u.id, u.email, u.first_name, u.last_name, u.is_admin, u.active, g.name
            FROM users u JOIN user_groups g ON g.id = u.user_group_id ORDER BY u.id
            """
        ) { row in
            Listed(
                id: row.int(0), email: row.text(1), firstName: row.text(2), lastName: row.text(3),
                isAdmin: row.bool(4), active: row.bool(5), group: row.text(6))
        }
    }
}
