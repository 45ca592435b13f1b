// Members are named as on the wire of the Engine API.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Basics
package import Fleet
import FoundationEssentials
import NIOHTTP1

extension DockerEngine {
    package func ensureNetwork(_ network: NetworkSpec) async throws {
        try await asking {
            try DockerNames.check(network.name, "network")
            // Two rounds: one to make it, one to look at what another caller made, or to make it after a removal.
            for _ in 0..<3 {
                guard let existing = try await inspectNetwork(network.name) else {
                    if try await createNetwork(network) { return }
                    continue
                }
                if existing.matches(network) { return }
                let ours = existing.Labels?[DockerLabels.installation] == network.labels[DockerLabels.installation]
                guard ours, network.labels[DockerLabels.installation] != nil, existing.Containers?.isEmpty ?? true
                else {
                    throw Fault(
                        .conflict,
                        "The network \(network.name) exists on the engine with other addresses. Remove it there.")
                }
                try await deleteNetwork(network.name)
            }
            throw Fault(.unavailable, "The network \(network.name) is being changed by somebody else.")
        }
    }

    package func removeNetwork(_ name: String) async throws {
        try await asking {
            try DockerNames.check(name, "network")
            try await deleteNetwork(name)
        }
    }

    package func listNetworks(label key: String, value: String) async throws -> [String] {
        try await asking {
            var call = Call(.GET, "networks")
            call.query = [("filters", try Self.filters(["label": ["\(key)=\(value)"]]))]
            call.bytesMax = DockerLimits.listBytesMax
            return try await transport.send(call, as: [NetworkAnswer].self).map(\.Name).sorted()
        }
    }

    func inspectNetwork(_ name: String) async throws -> NetworkAnswer? {
        var call = Call(.GET, "networks", name)
        call.accept = [200, 404]
        let answer = try await transport.send(call)
        return answer.status == 404 ? nil : try transport.decode(NetworkAnswer.self, answer, call)
    }

    /// False when one of that name exists.
    private func createNetwork(_ network: NetworkSpec) async throws -> Bool {
        var call = Call(.POST, "networks", "create")
        call.body = try .encoding(NetworkBody(network))
        call.accept = [201, 409]
        call.seconds = DockerLimits.changeSeconds
        do { return try await transport.send(call).status == 201 } catch let error as DockerError
            where error.message.lowercased().contains("pool overlaps")
        {
            throw Fault(
                .conflict,
                "The addresses \(network.cidr) of a private network are taken on the container engine. "
                    + "`docker network ls` there shows by whom; the zone's --network-pool should be Berth's alone.",
                cause: SubnetTaken(message: "\(error)"))
        }
    }

    private func deleteNetwork(_ name: String) async throws {
        var call = Call(.DELETE, "networks", name)
        call.accept = [204, 404]
        call.seconds = DockerLimits.changeSeconds
        _ = try await transport.send(call)
    }

    /// The engine's filter parameter.
    static func filters(_ filters: [String: [String]]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(filters), as: UTF8.self)
    }
}

struct NetworkAnswer: Decodable, Sendable {
    struct Addresses: Codable, Sendable {
        struct Range: Codable, Sendable {
            let Subnet: String?
            let Gateway: String?
        }

        let Driver: String?
        let Config: [Range]?
    }

    struct Endpoint: Decodable, Sendable { let Name: String? }

    let Name: String
    let IPAM: Addresses?
    let Labels: [String: String]?
    let Containers: [String: Endpoint]?

    func matches(_ spec: NetworkSpec) -> Bool {
        IPAM?.Config?.contains { $0.Subnet == spec.cidr && $0.Gateway == spec.gateway } == true
            && Labels?[DockerLabels.installation] == spec.labels[DockerLabels.installation]
    }
}

/// What a network is made from. Pure, so that it can be compared in tests.
struct NetworkBody: Encodable, Sendable {
    let Name: String
    let Driver = "bridge"
    /// Without it the engine makes a second network of the same name (until API 1.44, where it is always on).
    let CheckDuplicate = true
    let IPAM: NetworkAnswer.Addresses
    let Labels: [String: String]
    let Options: [String: String]

    init(_ spec: NetworkSpec) {
        Name = spec.name
        IPAM = .init(Driver: "default", Config: [.init(Subnet: spec.cidr, Gateway: spec.gateway)])
        Labels = spec.labels
        // The containers of a project talk to each other; other projects have other bridges.
        Options = ["com.docker.network.bridge.enable_icc": "true"]
    }

    private enum CodingKeys: String, CodingKey { case Name, Driver, CheckDuplicate, IPAM, Labels, Options }
}
