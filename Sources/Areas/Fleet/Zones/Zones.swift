package import Basics
import Identity
package import SQL

/// What the provider's staff does with zones, and what the reconciler learns of them.
package struct Zones: Sendable {
    private let database: any Database
    private let clock: any WallClock

    package init(database: any Database, clock: any WallClock = SystemWallClock()) {
        self.database = database
        self.clock = clock
    }

    /// Makes a zone and wakes whoever watches zones; answers its id. Throws `.invalid` with everything that is wrong
    /// with the draft, `.forbidden` for customers. Does not talk to the engine: it may come up later.
    package func create(_ draft: ZoneDraft, by caller: Caller) async throws -> Int64 {
        try Policy.requireStaff(caller)
        let draft = try draft.checked()
        let now = clock.now()
        do {
            return try await database.transaction { transaction in
                let id = try transaction.int(
                    """
                    INSERT INTO zones (location_id, name, docker_endpoint, tls_dir, ingress_http_port,
                        ingress_https_port, apps_domain, public_ip, network_pool, network_prefix, fill_to, overcommit,
                        created_at, updated_at)
                    VALUES (\(draft.locationID), \(draft.name), \(draft.docker), \(draft.tlsDirectory),
                        \(draft.ingressHTTPPort), \(draft.ingressHTTPSPort.map(Int64.init)), \(draft.appsDomain),
                        \(draft.publicIP), \(draft.networkPool), \(draft.networkPrefix), \(draft.fillTo),
                        \(draft.overcommit), \(now), \(now))
                    RETURNING id
                    """)
                try transaction.wake(.fleet)
                return id ?? 0
            }
        } catch DatabaseProblem.missingReference {
            throw Fault(.invalid, "There is no location \(draft.locationID). List them: berth admin location list.")
        } catch DatabaseProblem.notUnique(let constraint) {
            if constraint.contains("docker_endpoint") {
                throw Fault(.invalid, "Another zone uses the Docker endpoint \(draft.docker) already.")
            }
            throw Fault(.invalid, "The location has a zone named \"\(draft.name)\" already. Choose another name.")
        }
    }

    /// Notes that the engine answered, and what it has. Answers whether the zone was not online before.
    @discardableResult
    package static func markOnline(
        _ id: Int64, facts: EngineFacts, at now: Moment, in transaction: any Transaction
    ) throws -> Bool {
        try transaction.run(
            """
            UPDATE zones SET cpu_milli_total = \(facts.cpuMilli), memory_mb_total = \(facts.memoryMB)
            WHERE id = \(id) AND (cpu_milli_total IS NULL OR cpu_milli_total <> \(facts.cpuMilli)
                OR memory_mb_total IS NULL OR memory_mb_total <> \(facts.memoryMB))
            """)
        let changed = try transaction.run(
            """
            UPDATE zones SET state = 'online', state_since = \(now), state_detail = NULL, updated_at = \(now)
            WHERE id = \(id) AND state <> 'online'
            """)
        return changed > 0
    }

    /// Notes that the engine does not answer, and why. Answers whether it did before (or nobody knew).
    @discardableResult
    package static func markUnreachable(
        _ id: Int64, detail: String, at now: Moment, in transaction: any Transaction
    ) throws -> Bool {
        let detail = String(detail.prefix(FleetLimits.stateDetailMax))
        let changed = try transaction.run(
            """
            UPDATE zones SET state = 'unreachable', state_since = \(now), state_detail = \(detail),
                updated_at = \(now)
            WHERE id = \(id) AND state <> 'unreachable'
            """)
        if changed > 0 { return true }
        try transaction.run(
            "UPDATE zones SET state_detail = \(detail) WHERE id = \(id) AND state_detail <> \(detail)")
        return false
    }
}
