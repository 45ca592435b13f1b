import Basics
import SQL

/// Rows of accounts as profiles.
enum ProfileRows {
    static func find(_ id: Int64, on connection: any Connection) throws -> Profile? {
        try connection.first(statement(id, beside: "0"), profile)
    }

    /// Column 30 is `more`, an expression in which the account is `u`.
    static func statement(_ id: Int64, beside more: SQL) -> SQL {
        """
        SELECT u.id, u.first_name, u.last_name, u.email, u.locale, u.company_name, u.phone, u.address1, u.address2,
            u.city, u.state, u.zip, u.country, u.currency, u.sftp_password, u.external_id, u.labels, u.timezone,
            u.vat, u.containers_count, u.created_at, u.updated_at, u.user_group_id, g.quota_containers,
            g.quota_registries, g.quota_dns_zones, p.id, p.name, u.projects_count, u.services_count, (\(more))
        FROM users u JOIN user_groups g ON g.id = u.user_group_id JOIN billing_plans p ON p.id = g.billing_plan_id
        WHERE u.id = \(id)
        """
    }

    static func profile(_ row: any Row) -> Profile {
        Profile(
            id: row.int(0), data: data(row), timezone: row.text(17), vat: row.textOrNil(18), planID: row.int(26),
            planName: row.text(27),
            quotas: Profile.Quotas(containers: row.int(23), registries: row.int(24), dnsZones: row.int(25)),
            containersCount: row.int(19), projectsCount: row.int(28), servicesCount: row.int(29),
            createdAt: row.moment(20), updatedAt: row.moment(21), groupID: row.int(22))
    }

    private static func data(_ row: any Row) -> ProfileData {
        ProfileData(
            firstName: row.text(1), lastName: row.text(2), email: row.text(3), locale: row.text(4),
            companyName: row.textOrNil(5), phone: row.textOrNil(6), address1: row.textOrNil(7),
            address2: row.textOrNil(8), city: row.textOrNil(9), state: row.textOrNil(10), zip: row.textOrNil(11),
            country: row.text(12), currency: row.text(13), sftpPassword: row.bool(14), externalID: row.textOrNil(15),
            labels: JSONValue(stored: row.text(16))?.members ?? [:])
    }

    static func update(_ id: Int64, to data: ProfileData, at now: Moment, in tx: any Transaction) throws {
        try tx.run(
            """
            UPDATE users SET first_name = \(data.firstName), last_name = \(data.lastName), email = \(data.email),
                locale = \(data.locale), company_name = \(data.companyName), phone = \(data.phone),
                address1 = \(data.address1), address2 = \(data.address2), city = \(data.city), state = \(data.state),
                zip = \(data.zip), country = \(data.country), currency = \(data.currency),
                sftp_password = \(data.sftpPassword), external_id = \(data.externalID),
                labels = \(JSONValue.object(data.labels).compact), updated_at = \(now)
            WHERE id = \(id)
            """)
    }

    /// A new, confirmed account in a group; nil when the e-mail address is taken. Throws when the external id is.
    static func insert(_ data: ProfileData, groupID: Int64, at now: Moment, in tx: any Transaction) throws -> Int64? {
        try tx.int(
            """
            INSERT INTO users (first_name, last_name, email, locale, company_name, phone, address1, address2, city,
                state, zip, country, currency, sftp_password, external_id, labels, user_group_id, confirmed_at,
                created_at, updated_at)
            VALUES (\(data.firstName), \(data.lastName), \(data.email), \(data.locale), \(data.companyName),
                \(data.phone), \(data.address1), \(data.address2), \(data.city), \(data.state), \(data.zip),
                \(data.country), \(data.currency), \(data.sftpPassword), \(data.externalID),
                \(JSONValue.object(data.labels).compact), \(groupID), \(now), \(now), \(now))
            ON CONFLICT (email) DO NOTHING RETURNING id
            """)
    }

    static func isTaken(email: String, forOtherThan id: Int64, on connection: any Connection) throws -> Bool {
        try connection.int("SELECT id FROM users WHERE email = \(email) AND id <> \(id)") != nil
    }

    static func isTaken(externalID: String, forOtherThan id: Int64, on connection: any Connection) throws -> Bool {
        try connection.int("SELECT id FROM users WHERE external_id = \(externalID) AND id <> \(id)") != nil
    }
}
