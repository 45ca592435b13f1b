import Basics
package import Fleet
import NIOHTTP1

extension DockerEngine {
    package func startContainer(_ name: String) async throws {
        try await asking {
            do {
                _ = try await change(name, "start", accept: [204, 304])
            } catch let error as DockerError where error.status == 409 && error.message.contains("paused") {
                // Somebody paused it by hand; running is what is wanted.
                _ = try await change(name, "unpause", accept: [204, 409])
            } catch let error as DockerError where error.leavesRemains {
                throw Fault(error.code, error.fault.sentences, cause: ContainerRemains(message: "\(error)"))
            }
        }
    }

    package func stopContainer(_ name: String, graceSeconds: Int) async throws {
        try await asking {
            let grace = min(max(graceSeconds, 0), 3600)
            _ = try await change(
                name, "stop", query: [("t", "\(grace)")], accept: [204, 304, 404],
                seconds: Int64(grace) + DockerLimits.stopExtraSeconds)
        }
    }

    /// Stops, kills after `graceSeconds`, and starts again.
    package func restartContainer(_ name: String, graceSeconds: Int) async throws {
        try await asking {
            let grace = min(max(graceSeconds, 0), 3600)
            _ = try await change(
                name, "restart", query: [("t", "\(grace)")], accept: [204],
                seconds: Int64(grace) + DockerLimits.changeSeconds)
        }
    }

    package func signalContainer(_ name: String, signal: String) async throws {
        try await asking {
            _ = try await change(name, "kill", query: [("signal", signal)], accept: [204], repeatable: false)
        }
    }

    package func updateContainer(_ name: String, limits: ResourceLimits) async throws {
        try await asking { try await update(name, ContainerLimits.bytes(limits)) }
    }

    package func removeContainer(_ name: String) async throws {
        try await asking {
            try DockerNames.check(name, "container")
            try await remove(name)
        }
    }

    package func inspectContainer(_ name: String) async throws -> EngineContainer? {
        try await asking { try await inspect(name)?.container }
    }

    package func listContainers(label key: String, value: String) async throws -> [EngineContainer] {
        try await asking {
            var call = Call(.GET, "containers", "json")
            call.query = [("all", "1"), ("filters", try Self.filters(["label": ["\(key)=\(value)"]]))]
            call.bytesMax = DockerLimits.listBytesMax
            return try await transport.send(call, as: [ContainerListAnswer].self).compactMap(\.container)
        }
    }

    func inspect(_ name: String) async throws -> ContainerAnswer? {
        try DockerNames.check(name, "container")
        var call = Call(.GET, "containers", name, "json")
        call.accept = [200, 404]
        let answer = try await transport.send(call)
        return answer.status == 404 ? nil : try transport.decode(ContainerAnswer.self, answer, call)
    }

    func update(_ name: String, _ limits: ContainerLimits) async throws {
        try DockerNames.check(name, "container")
        var call = Call(.POST, "containers", name, "update")
        call.body = try .encoding(limits)
        call.seconds = DockerLimits.changeSeconds
        _ = try await transport.send(call)
    }

    /// Kills and removes `reference` (a name or an id) and waits until it is gone. Volumes that nobody named go with
    /// it; named ones stay.
    func remove(_ reference: String) async throws {
        var call = Call(.DELETE, "containers", reference)
        call.query = [("force", "1"), ("v", "1")]
        call.accept = [204, 404, 409]
        call.seconds = DockerLimits.changeSeconds
        let answer = try await transport.send(call)
        guard answer.status == 409 else { return }
        // "Removal is already in progress": by an earlier attempt of ours whose answer was lost, or by somebody else.
        let until = ContinuousClock.now + .seconds(DockerLimits.removalWaitSeconds)
        while ContinuousClock.now < until {
            guard try await inspect(reference) != nil else { return }
            try await Task.sleep(for: .milliseconds(200))
        }
        let message = ErrorAnswer.message(in: answer.body) ?? "it is still being removed"
        throw Fault(.unavailable, "The container \(reference) cannot be removed yet: \(message).")
    }

    @discardableResult
    private func change(
        _ name: String, _ verb: String, query: [(String, String)] = [], accept: Set<Int>,
        seconds: Int64 = DockerLimits.changeSeconds, repeatable: Bool = true
    ) async throws -> Answer {
        try DockerNames.check(name, "container")
        var call = Call(.POST, "containers", name, verb)
        call.query = query
        call.accept = accept
        call.seconds = seconds
        call.repeatable = repeatable
        return try await transport.send(call)
    }
}
