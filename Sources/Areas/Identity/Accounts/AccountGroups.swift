package import Basics
package import SQL

/// Groups of accounts: a billing plan and quotas in common.
package enum AccountGroups {
    /// What every installation has.
    package struct Defaults: Sendable, Hashable {
        package let groupID: Int64
        package let planID: Int64
    }

    /// The default group and billing plan; makes them when there are none. Doing it twice, or twice at once, is the
    /// same as doing it once.
    package static func ensureDefaults(at now: Moment, in tx: any Transaction) throws -> Defaults {
        if let found = try defaults(on: tx) { return found }
        try tx.run(
            """
            INSERT INTO billing_plans (name, is_default, created_at, updated_at)
            SELECT 'default', 1, \(now), \(now) WHERE NOT EXISTS (SELECT 1 FROM billing_plans WHERE is_default = 1)
            ON CONFLICT DO NOTHING
            """)
        try tx.run(
            """
            INSERT INTO user_groups (name, is_default, billing_plan_id, created_at, updated_at)
            SELECT 'default', 1, id, \(now), \(now) FROM billing_plans
            WHERE is_default = 1 AND NOT EXISTS (SELECT 1 FROM user_groups WHERE is_default = 1)
            ON CONFLICT DO NOTHING
            """)
        guard let made = try defaults(on: tx) else {
            throw Fault(.conflict, "There is no default user group. Mark one group and one billing plan as default.")
        }
        return made
    }

    private static func defaults(on connection: any Connection) throws -> Defaults? {
        try connection.first(
            """
            SELECT g.id, p.id FROM user_groups g JOIN billing_plans p ON p.is_default = 1 WHERE g.is_default = 1
            """
        ) { Defaults(groupID: $0.int(0), planID: $0.int(1)) }
    }
}
