package import SQL

/// What the sweeps of all areas have in common: removing rows that are over.
package enum ExpiredRows {
    /// One transaction must not hold up others; the rest follows with the next tick.
    private static let rowsMax = 5000

    /// Removes rows of `table` that meet `condition`, at most as many as one transaction should. `key` is the primary
    /// key, its columns with commas between. Answers how many were removed.
    package static func remove(
        from table: SQL, by key: SQL = "id", where condition: SQL, in tx: any Transaction
    ) throws -> Int {
        try tx.run(
            """
            DELETE FROM \(table) WHERE (\(key)) IN (SELECT \(key) FROM \(table) WHERE \(condition) LIMIT \(rowsMax))
            """)
    }
}
