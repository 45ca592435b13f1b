import Basics
import DockerEngine
import Fleet
import TestKit
import Testing

struct StreamTests {
    @Test func logLinesArriveWithTimeStreamAndOrder() async throws {
        try await TestEngine.run { world in
            let script = "echo one; sleep 0.2; echo two >&2; sleep 0.2; printf three"
            let spec = try await world.running(command: ["sh", "-c", script])
            var lines: [EngineLogLine] = []
            for try await line in world.engine.logs(of: spec.name, sinceMicroseconds: 0) { lines.append(line) }
            #expect(lines.prefix(2).map(\.line) == ["one", "two"])
            #expect(lines.prefix(2).map(\.stream) == [1, 2])
            #expect(lines.map(\.atMicroseconds) == lines.map(\.atMicroseconds).sorted())
            let second = try #require(lines.dropFirst().first)
            var again: [String] = []
            for try await line in world.engine.logs(of: spec.name, sinceMicroseconds: second.atMicroseconds) {
                again.append(line.line)
            }
            #expect(again.first == "two")
        }
    }

    @Test func logsOfAnAbsentContainerAreNotFound() async throws {
        let engine = try DockerEngine(TestEngine.endpoint())
        let fault = await #expect(throws: Fault.self) {
            for try await _ in engine.logs(of: "berth-test-absent", sinceMicroseconds: 0) {}
        }
        #expect(fault?.code == .notFound)
    }

    @Test func aFloodOfLogsWaitsForItsReader() async throws {
        try await TestEngine.run { world in
            let spec = try await world.running(command: ["yes", String(repeating: "y", count: 200)])
            var count = 0
            for try await line in world.engine.logs(of: spec.name, sinceMicroseconds: 0) {
                #expect(line.line.utf8.count == 200)
                count += 1
                if count == 20_000 { break }
            }
            #expect(count == 20_000)
        }
    }

    @Test func twoHundredAbandonedStreamsLeaveNothingBehind() async throws {
        try await TestEngine.run { world in
            let spec = try await world.running(command: ["sh", "-c", "echo ready; sleep 3600"])
            let engine = world.engine
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        if index.isMultiple(of: 2) {
                            // Left in the middle.
                            for try await line in engine.logs(of: spec.name, sinceMicroseconds: 0) {
                                #expect(line.line == "ready")
                                break
                            }
                        } else {
                            // Cancelled while it waits.
                            let waiting = Task {
                                for try await _ in engine.logs(of: spec.name, sinceMicroseconds: 4_000_000_000_000_000)
                                {}
                            }
                            try await Task.sleep(for: .milliseconds(index))
                            waiting.cancel()
                            _ = await waiting.result
                        }
                    }
                }
                try await group.waitForAll()
            }
            for _ in 0..<20 { #expect(try await engine.inspectContainer(spec.name)?.state == .running) }
        }
    }

    @Test func eventsTellWhatHappenedAndCanBeResumed() async throws {
        try await TestEngine.run { world in
            let start = SystemWallClock().now().advanced(by: .seconds(-1))
            let spec = try await world.running(command: ["sh", "-c", "exit 3"])
            func actions(since: Moment, until last: String) async throws -> [EngineEvent] {
                var events: [EngineEvent] = []
                for try await event in world.engine.events(
                    since: since, label: "berth.installation", value: world.prefix) where event.type == "container"
                {
                    #expect(event.name == spec.name)
                    events.append(event)
                    if event.action == last { break }
                }
                return events
            }
            let first = try await actions(since: start, until: "die")
            #expect(first.map(\.action).filter { $0 != "update" } == ["create", "start", "die"])
            #expect(first.last?.labels["exitCode"] == "3")
            try await world.engine.removeContainer(spec.name)
            let resumed = try await actions(since: try #require(first.last?.at), until: "destroy")
            #expect(resumed.map(\.action) == ["die", "destroy"])
        }
    }

    @Test func theRemovalOfANetworkIsAnEvent() async throws {
        try await TestEngine.run { world in
            let start = SystemWallClock().now().advanced(by: .seconds(-1))
            let (network, _) = world.network()
            try await world.engine.ensureNetwork(network)
            try await world.engine.removeNetwork(network.name)
            for try await event in world.engine.events(since: start, label: "berth.installation", value: world.prefix) {
                if event.type == "network", event.name == network.name, event.action == "destroy" { break }
            }
        }
    }

    @Test func samplesMeasureABusyContainer() async throws {
        try await TestEngine.run { world in
            let spec = try await world.running(command: ["sh", "-c", "while true; do :; done"])
            let first = try #require(try await world.engine.sample(of: spec.name))
            #expect(first.memoryLimitKiB == 64 * 1024)
            #expect(first.memoryKiB > 0 && first.memoryKiB < 64 * 1024)
            #expect(first.cpuMilli > 50 && first.cpuMilli < 800)
            try await Task.sleep(for: .milliseconds(500))
            let clock = ContinuousClock()
            var second: EngineSample?
            let took = try await clock.measure { second = try await world.engine.sample(of: spec.name) }
            #expect(took < .seconds(1))
            #expect((second?.cpuMilli ?? 0) > 50)
            var streamed = 0
            for try await sample in world.engine.samples(of: spec.name) {
                #expect(sample.memoryLimitKiB == 64 * 1024)
                streamed += 1
                if streamed == 2 { break }
            }
        }
    }
}
