import SQL

/// How many projects, services and containers an account has. Orders and scaling count up as they claim the quota.
enum AccountCounts {
    /// Counts down. Never below nothing: a count that is wrong must not keep anybody from deleting.
    static func release(
        projects: Int = 0, services: Int = 0, containers: Int = 0, of userID: Int64, in tx: any Transaction
    ) throws {
        try tx.run(
            """
            UPDATE users SET
                projects_count = CASE WHEN projects_count > \(projects) THEN projects_count - \(projects) ELSE 0 END,
                services_count = CASE WHEN services_count > \(services) THEN services_count - \(services) ELSE 0 END,
                containers_count =
                    CASE WHEN containers_count > \(containers) THEN containers_count - \(containers) ELSE 0 END
            WHERE id = \(userID)
            """)
    }
}
