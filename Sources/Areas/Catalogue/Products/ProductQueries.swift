import Basics
package import SQL

/// Reads packages and their prices.
package enum ProductQueries {
    /// Packages by id with the price that `userID` pays; active or not. Ids that do not exist are missing.
    package static func offers(
        _ ids: [Int64], toUser userID: Int64, on connection: any Connection
    ) throws -> [Int64: ProductOffer] {
        if ids.isEmpty { return [:] }
        let offers = try connection.rows(
            """
            SELECT \(productColumns), b.price_hour_nano
            FROM users u
            JOIN user_groups g ON g.id = u.user_group_id
            JOIN products p ON p.id IN (\(list: ids))
            LEFT JOIN billing_plan_products b
                ON b.billing_plan_id = g.billing_plan_id AND b.product_id = p.id AND b.currency = u.currency
            WHERE u.id = \(userID)
            """
        ) { ProductOffer(product: product($0), priceHour: $0.intOrNil(12).map(Money.init(nano:))) }
        return Dictionary(uniqueKeysWithValues: offers.map { ($0.product.id, $0) })
    }

    /// All packages by name, inactive ones too.
    package static func all(on connection: any Connection) throws -> [Product] {
        try connection.rows("SELECT \(productColumns) FROM products p ORDER BY p.name, p.id", product)
    }

    static let productColumns: SQL = """
        p.id, p.name, p.label, p.cpu_milli, p.memory_mb, p.memory_swap_mb, p.memory_swappiness, p.storage_gb,
        p.bandwidth_gb, p.local_disk_gb, p.backup_gb, p.active
        """

    static func product(_ row: any Row) -> Product {
        Product(
            id: row.int(0), name: row.text(1), label: row.text(2), cpuMilli: row.int(3), memoryMB: row.int(4),
            swapMB: row.intOrNil(5), swappiness: row.intOrNil(6), storageGB: row.int(7), bandwidthGB: row.int(8),
            localDiskGB: row.int(9), backupGB: row.int(10), active: row.bool(11))
    }
}
