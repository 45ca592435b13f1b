import Basics
package import SQL

/// Reads what the ingress of a zone should do: one set-based pass over the zone's services.
///
/// A server is in rotation when its instance serves, its container should run, and neither its service nor its project
/// is being deleted. So taking something out of rotation is a change of a row, followed by a sync.
package enum IngressQueries {
    /// nil when there is no such zone.
    package static func state(zoneID: Int64, in connection: any Connection) throws -> IngressState? {
        guard let port = try connection.int("SELECT ingress_http_port FROM zones WHERE id = \(zoneID)") else {
            return nil
        }
        var (servers, opening): ([Int64: [IngressState.Server]], [Int64: [IngressState.Server]]) = ([:], [:])
        var candidates: [IngressState.Server] = []
        try connection.each(
            """
            SELECT r.id, i.id, i.address, r.port, i.state, i.generation
            FROM ingress_rules r
            JOIN services s ON s.id = r.service_id AND s.state = 'active'
            JOIN projects p ON p.id = s.project_id AND p.zone_id = \(zoneID) AND p.state = 'active'
            JOIN containers c ON c.service_id = s.id AND c.desired_state = 'running'
            JOIN instances i ON i.container_id = c.id AND i.state IN ('serving', 'building')
            WHERE r.proto = 'http' AND r.external_access = 1
            ORDER BY r.id, i.id
            """
        ) { row in
            let server = IngressState.Server(
                name: serverName(instanceID: row.int(1)), address: row.text(2), port: Int(row.int(3)))
            if row.text(4) == "serving" {
                servers[row.int(0), default: []].append(server)
            } else if row.int(5) == 1 {
                // It has nothing beside it that would go on if it failed, so there is no gate to pass.
                opening[row.int(0), default: []].append(server)
            } else if !candidates.contains(where: { $0.name == server.name }) {
                candidates.append(server)
            }
        }
        var routes: [IngressState.Route] = []
        var useTLS: [Int64: Bool] = [:]
        try connection.each(
            """
            SELECT d.domain, r.id, r.backend_ssl
            FROM domains d
            JOIN ingress_rules r ON r.id = d.ingress_rule_id AND r.proto = 'http' AND r.external_access = 1
            JOIN services s ON s.id = r.service_id AND s.state = 'active'
            JOIN projects p ON p.id = s.project_id AND p.zone_id = \(zoneID) AND p.state = 'active'
            WHERE d.enabled = 1
            ORDER BY d.domain
            """
        ) { row in
            routes.append(IngressState.Route(host: row.text(0), backend: backendName(ruleID: row.int(1))))
            useTLS[row.int(1)] = row.bool(2)
        }
        let backends = useTLS.sorted { $0.key < $1.key }.map { rule, useTLS in
            IngressState.Backend(
                name: backendName(ruleID: rule), servers: servers[rule] ?? [], opening: opening[rule] ?? [],
                useTLS: useTLS)
        }
        return IngressState(httpPort: Int(port), routes: routes, backends: backends, candidates: candidates)
    }

    /// The name of an instance in ``IngressState``.
    package static func serverName(instanceID: Int64) -> String { "instance-\(instanceID)" }
    /// The name of an ingress rule in ``IngressState``.
    package static func backendName(ruleID: Int64) -> String { "rule-\(ruleID)" }
}
