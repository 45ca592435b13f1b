// Members are named as on the wire of the Engine API.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Basics
import Fleet

/// `GET /containers/{name}/json`, as far as we read it.
struct ContainerAnswer: Decodable, Sendable {
    struct StateAnswer: Decodable, Sendable {
        let Status: String
        let ExitCode: Int
        let OOMKilled: Bool?
    }

    struct ConfigAnswer: Decodable, Sendable { let Labels: [String: String]? }

    struct HostAnswer: Decodable, Sendable {
        let Memory: Int64?
        let MemorySwap: Int64?
        let NanoCpus: Int64?
    }

    struct NetworksAnswer: Decodable, Sendable {
        struct Endpoint: Decodable, Sendable { let IPAddress: String? }

        let Networks: [String: Endpoint]?

        var addresses: [String: String] {
            (Networks ?? [:]).compactMapValues { endpoint in
                guard let address = endpoint.IPAddress, !address.isEmpty else { return nil }
                return address
            }
        }
    }

    let Id: String
    let Name: String
    let Image: String
    let State: StateAnswer
    let RestartCount: Int?
    let Config: ConfigAnswer
    let HostConfig: HostAnswer?
    let NetworkSettings: NetworksAnswer?

    var labels: [String: String] { Config.Labels ?? [:] }

    var container: EngineContainer {
        let state = EngineContainer.State(rawValue: State.Status) ?? .dead
        return EngineContainer(
            id: Id, name: Name.hasPrefix("/") ? String(Name.dropFirst()) : Name, state: state, imageID: Image,
            labels: labels, addresses: NetworkSettings?.addresses ?? [:],
            exitCode: [.exited, .dead, .restarting].contains(state) ? State.ExitCode : nil,
            outOfMemory: State.OOMKilled ?? false, restartCount: RestartCount ?? 0)
    }

    func has(_ limits: ContainerLimits) -> Bool {
        HostConfig?.Memory == limits.memory && HostConfig?.MemorySwap == limits.memoryAndSwap
            && HostConfig?.NanoCpus == limits.nanoCPUs
    }
}

/// One row of `GET /containers/json`.
struct ContainerListAnswer: Decodable, Sendable {
    let Id: String
    let Names: [String]?
    let ImageID: String
    let State: String
    let Labels: [String: String]?
    let NetworkSettings: ContainerAnswer.NetworksAnswer?

    /// nil while it is so far gone that it has no name any more.
    var container: EngineContainer? {
        // A container can be reachable under names of other containers' links too: "/other/alias".
        guard let name = Names?.first(where: { !$0.dropFirst().contains("/") }) else { return nil }
        return EngineContainer(
            id: Id, name: name.hasPrefix("/") ? String(name.dropFirst()) : name,
            state: EngineContainer.State(rawValue: State) ?? .dead, imageID: ImageID, labels: Labels ?? [:],
            addresses: NetworkSettings?.addresses ?? [:], exitCode: nil, outOfMemory: false, restartCount: 0)
    }
}
