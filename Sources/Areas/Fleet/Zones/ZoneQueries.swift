import Basics
package import SQL

/// Reads zones.
package enum ZoneQueries {
    /// nil when there is none.
    package static func zone(_ id: Int64, on connection: any Connection) throws -> Zone? {
        try connection.first("SELECT \(columns) FROM zones WHERE id = \(id)", zone)
    }

    /// All zones by id, inactive ones too: what runs there goes on.
    package static func all(on connection: any Connection) throws -> [Zone] {
        try connection.rows("SELECT \(columns) FROM zones ORDER BY id", zone)
    }

    /// The zones of these locations by name, inactive ones too.
    package static func zones(ofLocations ids: [Int64], on connection: any Connection) throws -> [Zone] {
        try connection.rows(
            "SELECT \(columns) FROM zones WHERE location_id IN (\(list: ids)) ORDER BY name, id", zone)
    }

    private static let columns: SQL = """
        id, location_id, name, active, docker_endpoint, tls_dir, ingress_http_port, ingress_https_port, apps_domain,
        public_ip, network_pool, network_prefix, fill_to, overcommit, state, state_since, state_detail
        """

    private static func zone(_ row: any Row) -> Zone {
        Zone(
            id: row.int(0), locationID: row.int(1), name: row.text(2), active: row.bool(3),
            endpoint: EngineEndpoint(address: row.text(4), tlsDirectory: row.textOrNil(5)),
            ingressHTTPPort: Int(row.int(6)), ingressHTTPSPort: row.intOrNil(7).map(Int.init), appsDomain: row.text(8),
            publicIP: row.textOrNil(9), networkPool: row.text(10), networkPrefix: Int(row.int(11)),
            fillTo: row.int(12), overcommit: row.bool(13), state: Zone.State(rawValue: row.text(14)) ?? .unknown,
            stateSince: row.momentOrNil(15), stateDetail: row.textOrNil(16))
    }
}
