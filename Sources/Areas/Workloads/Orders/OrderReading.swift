package import Basics
import Identity
package import SQL

/// An order as its owner sees it.
package struct OrderSummary: Sendable, Hashable {
    /// What a list names beside the order; nil when it is gone.
    package struct Named: Sendable, Hashable {
        package let id: Int64
        package let name: String
    }

    package let id: String
    /// `pending`, `processing`, `completed`, `failed` or `cancelled`.
    package let status: String
    package let createdAt: Moment
    package let updatedAt: Moment
    package let project: Named?
    package let location: Named?
    /// JSON text, `order_data` on the wire; empty in lists.
    package let orderData: String
}

/// Reads orders. Lists are one's own; a single order can be reached by administrators too.
package enum OrderReading {
    /// One page, newest first.
    package static func list(
        _ page: Page, by caller: Caller, on connection: any Connection
    ) throws -> [OrderSummary] {
        try orders(
            """
            WHERE \(Policy.owned("o.user_id", project: "o.project_id", by: caller))
            ORDER BY o.created_at DESC, o.id DESC LIMIT \(page.size) OFFSET \(page.offset)
            """, data: "''", on: connection)
    }

    /// How many ``list(_:by:on:)`` has in all.
    package static func count(by caller: Caller, on connection: any Connection) throws -> Int64 {
        try connection.int(
            "SELECT COUNT(*) FROM orders o WHERE \(Policy.owned("o.user_id", project: "o.project_id", by: caller))")
            ?? 0
    }

    /// One order of the caller's, or any for administrators. Throws `.notFound` for anybody else's.
    package static func view(_ id: String, by caller: Caller, on connection: any Connection) throws -> OrderSummary {
        let found = try orders(
            "WHERE o.id = \(id.lowercased()) AND \(Policy.reachable("o.user_id", project: "o.project_id", by: caller))",
            data: "o.order_data",
            on: connection)
        guard let order = found.first else { throw Policy.notFound("order") }
        return order
    }

    /// One page, newest first, and how many orders there are on all pages.
    package static func list(
        _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([OrderSummary], total: Int64) {
        try await database.read { (try list(page, by: caller, on: $0), total: try count(by: caller, on: $0)) }
    }

    /// One order of the caller's, or any for administrators. Throws `.notFound` for anybody else's.
    package static func view(_ id: String, by caller: Caller, from database: any Database) async throws -> OrderSummary
    {
        try await database.read { try view(id, by: caller, on: $0) }
    }

    private static func orders(
        _ which: SQL, data: SQL, on connection: any Connection
    ) throws -> [OrderSummary] {
        try connection.rows(
            """
            SELECT o.id, o.status, o.created_at, o.updated_at, p.id, p.name, l.id, l.name, \(data)
            FROM orders o LEFT JOIN projects p ON p.id = o.project_id LEFT JOIN locations l ON l.id = o.location_id
            \(which)
            """
        ) { row in
            OrderSummary(
                id: row.text(0), status: row.text(1), createdAt: row.moment(2), updatedAt: row.moment(3),
                project: row.isNull(4) ? nil : OrderSummary.Named(id: row.int(4), name: row.text(5)),
                location: row.isNull(6) ? nil : OrderSummary.Named(id: row.int(6), name: row.text(7)),
                orderData: row.text(8))
        }
    }
}
