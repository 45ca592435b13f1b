package import Basics
package import SQL

/// The packages of an account's plan at its prices, once per zone that takes orders.
package enum ProductListing {
    /// One line of the list.
    package struct Line: Sendable, Hashable {
        package let product: Product
        package let priceHour: Money?
        package let zoneID: Int64
    }

    /// By name, and how many lines there are on all pages. Nothing for callers without an account.
    package static func list(
        _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([Line], total: Int64) {
        guard let userID = caller.userID else { return ([], 0) }
        let tables: SQL = """
            FROM users u
            JOIN user_groups g ON g.id = u.user_group_id
            JOIN billing_plan_products b ON b.billing_plan_id = g.billing_plan_id AND b.currency = u.currency
            JOIN products p ON p.id = b.product_id AND p.active = 1
            JOIN zones z ON z.active = 1
            WHERE u.id = \(userID)
            """
        return try await database.read { connection in
            let lines = try connection.rows(
                """
                SELECT \(ProductQueries.productColumns), b.price_hour_nano, z.id \(tables)
                ORDER BY p.name, p.id, z.id LIMIT \(page.size) OFFSET \(page.offset)
                """
            ) {
                Line(
                    product: ProductQueries.product($0), priceHour: $0.intOrNil(12).map(Money.init(nano:)),
                    zoneID: $0.int(13))
            }
            return (lines, total: try connection.int("SELECT COUNT(*) \(tables)") ?? 0)
        }
    }
}
