import Basics
package import Fleet
import NIOHTTP1

extension DockerEngine {
    package func ensureContainer(_ container: ContainerSpec) async throws -> EngineContainer {
        try await asking {
            let body = try ContainerBody(container)
            // Each round ends in a decision, or finds that somebody changed the container meanwhile.
            for round in 0..<8 {
                if round > 0 { try await Task.sleep(for: .milliseconds(50 << round)) }
                let refusal = try await create(container.name, body)
                guard let existing = try await inspect(container.name) else {
                    // Not there though the name was taken: it is just going. Otherwise the refusal stands.
                    if let refusal, refusal.status != 409 { throw Self.creationFault(refusal, container) }
                    continue
                }
                let belongs = try belongsTo(existing, container)
                if belongs, existing.labels[DockerLabels.spec] == body.Labels[DockerLabels.spec],
                    !["dead", "removing"].contains(existing.State.Status)
                {
                    return try await adopt(existing, container)
                }
                // With the id: never remove what another caller made under the name since we looked.
                try await remove(existing.Id)
            }
            throw Fault(.unavailable, "The container \(container.name) is being changed by somebody else.")
        }
    }

    /// nil when it was made; the engine's refusal when its name is taken or its image is missing.
    private func create(_ name: String, _ body: ContainerBody) async throws -> DockerError? {
        var call = Call(.POST, "containers", "create")
        call.query = [("name", name)]
        call.body = try .encoding(body)
        call.accept = [201]
        call.seconds = DockerLimits.changeSeconds
        do {
            _ = try await transport.send(call)
            return nil
        } catch let error as DockerError where error.status == 409 || error.status == 404 {
            return error
        }
    }

    private static func creationFault(_ refusal: DockerError, _ container: ContainerSpec) -> Fault {
        guard refusal.message.lowercased().contains("no such image") else { return refusal.fault }
        return Fault(
            .invalid, "The image \(container.image) is not on the engine. Fetch it before its container is made.",
            cause: refusal)
    }

    /// Throws `.conflict` when a container of this name was not made by this installation.
    private func belongsTo(_ existing: ContainerAnswer, _ wanted: ContainerSpec) throws -> Bool {
        let ours = wanted.labels[DockerLabels.installation]
        let theirs = existing.labels[DockerLabels.installation]
        guard existing.labels[DockerLabels.spec] != nil, theirs == ours else {
            throw Fault(
                .conflict,
                "A container named \(wanted.name) exists on the engine and is not ours. Remove or rename it there.")
        }
        return true
    }

    /// Takes what is there, with the limits that are wanted now.
    private func adopt(_ existing: ContainerAnswer, _ wanted: ContainerSpec) async throws -> EngineContainer {
        let limits = try ContainerLimits.bytes(wanted.limits)
        if !existing.has(limits) { try await update(existing.Id, limits) }
        return existing.container
    }
}
