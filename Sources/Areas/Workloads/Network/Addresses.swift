package import Basics
import Fleet
package import SQL

/// Addresses in projects' networks. An address is claimed by the row of the instance that has it
/// (`UNIQUE (network_id, host_number)`) and free again when that row is gone.
package enum Addresses {
    /// The next generation of each container, state `building`, with its address; a generation that is building already
    /// is answered as it is, so asking twice is asking once. In the order of `containers`. All of one project.
    ///
    /// Throws `.conflict` when the project's network is full, `.notFound` for a container without a network.
    @discardableResult
    package static func claimNext(
        containers ids: [Int64], in tx: any Transaction, now: Moment
    ) throws -> [WorkloadSnapshot.Instance] {
        guard let first = ids.first else { return [] }
        let network = try tx.first(
            """
            SELECT n.id, n.cidr FROM networks n
            JOIN services s ON s.project_id = n.project_id JOIN containers c ON c.service_id = s.id
            WHERE c.id = \(first)
            """
        ) { (id: $0.int(0), cidr: $0.text(1)) }
        guard let network else { throw Fault(.notFound, "The container \(first) has no network.") }
        // Two claims in one network wait for each other, so the lowest free number is nobody else's.
        _ = try tx.int("SELECT id FROM networks WHERE id = \(network.id) \(.forUpdate)")
        var last: [Int64: Int64] = [:]
        var building: [Int64: WorkloadSnapshot.Instance] = [:]
        try tx.each(
            """
            SELECT container_id, id, generation, address, state FROM instances
            WHERE container_id IN (\(list: ids)) ORDER BY generation
            """
        ) { row in
            last[row.int(0)] = row.int(2)
            let instance = WorkloadSnapshot.Instance(
                id: row.int(1), generation: row.int(2), address: row.text(3), state: row.text(4))
            building[row.int(0)] = instance.state == "building" ? instance : nil
        }
        let missing = ids.filter { building[$0] == nil }
        var hosts = try free(count: missing.count, network: network.id, cidr: network.cidr, in: tx)[...]
        return try ids.map { id in
            if let instance = building[id] { return instance }
            guard let host = hosts.popFirst() else { throw Fault(.bug, "An address went missing.") }
            return try insert(
                container: id, generation: (last[id] ?? 0) + 1, network: network.id, host: host, in: tx, now: now)
        }
    }

    /// Gives the address of an instance back. Succeeds when it is gone already.
    package static func release(instance id: Int64, in tx: any Transaction) throws {
        try tx.run("DELETE FROM instances WHERE id = \(id)")
    }

    struct Host: Sendable, Hashable {
        let number: Int64
        let address: String
    }

    /// The lowest free host numbers of a network. The caller holds the row of the network or of its project.
    static func free(count: Int, network: Int64, cidr: String, in connection: any Connection) throws -> [Host] {
        if count == 0 { return [] }
        guard let subnet = Subnet(cidr: cidr) else {
            throw Fault(.bug, "The network \(network) has an unusable range \(cidr).")
        }
        let taken = Set(
            try connection.rows("SELECT host_number FROM instances WHERE network_id = \(network)") { $0.int(0) })
        let hosts = subnet.hosts.lazy.filter { !taken.contains($0) }.prefix(count).compactMap { number in
            subnet.address(number).map { Host(number: number, address: $0) }
        }
        guard hosts.count == count else {
            throw Fault(
                .conflict,
                "The project's network \(cidr) has room for \(subnet.hosts.count) addresses and is full.")
        }
        return Array(hosts)
    }

    static func insert(
        container: Int64, generation: Int64, network: Int64, host: Host, in tx: any Transaction, now: Moment
    ) throws -> WorkloadSnapshot.Instance {
        let id = try tx.int(
            """
            INSERT INTO instances
                (container_id, generation, network_id, host_number, address, state, created_at, updated_at)
            VALUES (\(container), \(generation), \(network), \(host.number), \(host.address), 'building', \(now),
                \(now))
            RETURNING id
            """)
        return WorkloadSnapshot.Instance(
            id: id ?? 0, generation: generation, address: host.address, state: "building")
    }
}
