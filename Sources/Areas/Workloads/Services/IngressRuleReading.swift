package import Basics
import Identity
package import SQL

/// A port of a service and how it is reached.
package struct IngressRuleSummary: Sendable, Hashable {
    package let id: Int64
    package let serviceID: Int64
    package let zoneID: Int64
    package let port: Int64
    package let proto: String
    package let isExternal: Bool
    package let backendTLS: Bool
    package let tcpProxy: String
    package let tcpBalanced: Bool
    package let createdAt: Moment
    package let updatedAt: Moment
    /// Where the outside reaches it; nil when it does not, or nobody told us.
    package let publicAddress: String?
}

/// Reads ingress rules.
package enum IngressRuleReading {
    /// The rules of one service, oldest first, and how many there are on all pages.
    package static func list(
        ofService id: Int64, _ page: Page, by caller: Caller, from database: any Database
    ) async throws -> ([IngressRuleSummary], total: Int64) {
        try await database.read { connection in
            try ServiceReading.require(.view, id, by: caller, on: connection)
            return (
                try rows(
                    "r.service_id = \(id) ORDER BY r.id LIMIT \(page.size) OFFSET \(page.offset)", on: connection),
                total: try connection.int("SELECT COUNT(*) FROM ingress_rules WHERE service_id = \(id)") ?? 0
            )
        }
    }

    /// By service id.
    static func load(services ids: [Int64], on connection: any Connection) throws -> [Int64: [IngressRuleSummary]] {
        let found = try rows("r.service_id IN (\(list: ids)) ORDER BY r.id", on: connection)
        return Dictionary(grouping: found, by: \.serviceID)
    }

    private static func rows(_ condition: SQL, on connection: any Connection) throws -> [IngressRuleSummary] {
        try connection.rows(
            """
            SELECT r.id, r.service_id, p.zone_id, r.port, r.proto, r.external_access, r.backend_ssl, r.tcp_proxy_opt,
                r.tcp_lb, r.created_at, r.updated_at, z.public_ip
            FROM ingress_rules r
            JOIN services s ON s.id = r.service_id
            JOIN projects p ON p.id = s.project_id
            JOIN zones z ON z.id = p.zone_id
            WHERE \(condition)
            """
        ) {
            IngressRuleSummary(
                id: $0.int(0), serviceID: $0.int(1), zoneID: $0.int(2), port: $0.int(3), proto: $0.text(4),
                isExternal: $0.bool(5), backendTLS: $0.bool(6), tcpProxy: $0.text(7), tcpBalanced: $0.bool(8),
                createdAt: $0.moment(9), updatedAt: $0.moment(10),
                publicAddress: $0.bool(5) ? $0.textOrNil(11) : nil)
        }
    }
}
