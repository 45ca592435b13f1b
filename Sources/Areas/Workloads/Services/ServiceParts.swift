import Operations
import SQL

/// What belongs to services: place, ingress rules, domains, containers, work. Five statements for any number of them.
enum ServiceParts {
    static func complete(
        _ services: [ServiceSummary], zones: [Int64], on connection: any Connection
    ) throws -> [ServiceSummary] {
        if services.isEmpty { return [] }
        let ids = IDList.padded(services.map(\.id))
        let places = try ZonePlaces.load(zones, on: connection)
        let rules = try rules(of: ids, on: connection)
        let domains = try domains(of: ids, on: connection)
        let containers = try containers(of: ids, on: connection)
        let work = try SubjectWork.load("service", ids, in: connection)
        return zip(services, zones).map { row, zoneID in
            var service = row
            let ingress = rules[row.id] ?? Rules()
            if let place = places[zoneID] {
                service.zone = place.zone
                service.location = place.location
                if ingress.isExternal, let address = place.publicAddress { service.publicAddresses = [address] }
            }
            service.ruleIDs = ingress.ids
            service.hasHTTP = ingress.hasHTTP
            service.domainIDs = domains[row.id]?.ids ?? []
            service.defaultDomain = domains[row.id]?.first
            let running = containers[row.id] ?? Containers()
            service.containers = running.count
            service.condition = condition(row, work: work[row.id] ?? SubjectWork(), running)
            return service
        }
    }

    /// The v60 precedence.
    static func condition(_ service: ServiceSummary, work: SubjectWork, _ containers: Containers) -> ServiceCondition {
        if work.isActive || service.isLeaving { return .working }
        if work.lastFailed || work.lastingFailed { return .alert }
        if containers.crashed > 0 { return .unhealthy }
        if containers.wanted > containers.running { return .offlineContainers }
        return containers.wanted > 0 ? .online : .inactive
    }

    struct Containers: Hashable {
        var count: Int64 = 0
        /// Should run.
        var wanted: Int64 = 0
        var running: Int64 = 0
        var crashed: Int64 = 0
    }

    private struct Rules {
        var ids: [Int64] = []
        var hasHTTP = false
        var isExternal = false
    }

    private static func rules(of ids: [Int64], on connection: any Connection) throws -> [Int64: Rules] {
        var rules: [Int64: Rules] = [:]
        try connection.each(
            """
            SELECT service_id, id, proto, external_access FROM ingress_rules
            WHERE service_id IN (\(list: ids)) ORDER BY id
            """
        ) {
            var known = rules[$0.int(0)] ?? Rules()
            known.ids.append($0.int(1))
            if $0.text(2) == "http" { known.hasHTTP = true }
            if $0.bool(3) { known.isExternal = true }
            rules[$0.int(0)] = known
        }
        return rules
    }

    /// The default domain is the system domain of the lowest port that is open to the outside, http before all others.
    private static func domains(
        of ids: [Int64], on connection: any Connection
    ) throws -> [Int64: (ids: [Int64], first: String?)] {
        var domains: [Int64: (ids: [Int64], first: String?)] = [:]
        try connection.each(
            """
            SELECT r.service_id, d.id, d.domain, d.system_domain, r.external_access
            FROM ingress_rules r JOIN domains d ON d.ingress_rule_id = r.id
            WHERE r.service_id IN (\(list: ids))
            ORDER BY CASE r.proto WHEN 'http' THEN 0 WHEN 'tls' THEN 1 ELSE 2 END, r.port, d.id
            """
        ) {
            var known = domains[$0.int(0)] ?? ([], nil)
            known.ids.append($0.int(1))
            if known.first == nil, $0.bool(3), $0.bool(4) { known.first = $0.text(2) }
            domains[$0.int(0)] = known
        }
        return domains
    }

    private static func containers(of ids: [Int64], on connection: any Connection) throws -> [Int64: Containers] {
        var containers: [Int64: Containers] = [:]
        try connection.each(
            """
            SELECT service_id, desired_state, state, COUNT(*) FROM containers
            WHERE service_id IN (\(list: ids)) AND desired_state <> 'removed'
            GROUP BY service_id, desired_state, state
            """
        ) {
            var known = containers[$0.int(0)] ?? Containers()
            let (state, count) = ($0.text(2), $0.int(3))
            known.count += count
            if $0.text(1) == "running" {
                known.wanted += count
                if state == "running" { known.running += count }
                if state == "crashed" || state == "crash_loop" { known.crashed += count }
            }
            containers[$0.int(0)] = known
        }
        return containers
    }
}
