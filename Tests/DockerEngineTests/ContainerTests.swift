import Basics
import DockerEngine
import Fleet
import TestKit
import Testing

struct ContainerTests {
    @Test func theEngineSaysWhoItIs() async throws {
        let facts = try await DockerEngine(TestEngine.endpoint()).facts()
        #expect(!facts.id.isEmpty)
        #expect(facts.apiVersion.hasPrefix("1."))
        #expect(facts.cpuMilli >= 1000)
        #expect(facts.memoryMB > 256)
    }

    @Test func networksAndVolumesCanBeEnsuredAndRemovedTwice() async throws {
        try await TestEngine.run { world in
            let (network, _) = world.network()
            let volume = VolumeSpec(name: world.name("volume"), labels: world.labels)
            for _ in 0..<2 {
                try await world.engine.ensureNetwork(network)
                try await world.engine.ensureVolume(volume)
            }
            #expect(
                try await world.engine.listNetworks(label: "berth.installation", value: world.prefix) == [network.name])
            #expect(
                try await world.engine.listVolumes(label: "berth.installation", value: world.prefix) == [volume.name])
            for _ in 0..<2 {
                try await world.engine.removeNetwork(network.name)
                try await world.engine.removeVolume(volume.name)
            }
            #expect(try await world.engine.listNetworks(label: "berth.installation", value: world.prefix).isEmpty)
        }
    }

    @Test func aNetworkOfOursWithOtherAddressesIsReplacedAndAStrangersIsNot() async throws {
        try await TestEngine.run { world in
            let (first, _) = world.network()
            try await world.engine.ensureNetwork(first)
            let (second, _) = world.network()
            try await world.engine.ensureNetwork(second)
            let stranger = NetworkSpec(
                name: second.name, cidr: first.cidr, gateway: first.gateway,
                labels: ["berth.installation": "somebody-else"])
            let fault = await #expect(throws: Fault.self) { try await world.engine.ensureNetwork(stranger) }
            #expect(fault?.code == .conflict)
        }
    }

    @Test func overlappingAddressesAreAConflict() async throws {
        try await TestEngine.run { world in
            let (first, _) = world.network("one")
            try await world.engine.ensureNetwork(first)
            let second = NetworkSpec(
                name: world.name("two"), cidr: first.cidr, gateway: first.gateway, labels: world.labels)
            let fault = await #expect(throws: Fault.self) { try await world.engine.ensureNetwork(second) }
            #expect(fault?.code == .conflict)
        }
    }

    @Test func aContainerLivesThroughEveryCallTwice() async throws {
        try await TestEngine.run { world in
            let spec = try await world.running()
            let engine = world.engine
            try await engine.startContainer(spec.name)
            let running = try #require(try await engine.inspectContainer(spec.name))
            #expect(running.state == .running)
            #expect(running.exitCode == nil)
            guard case .named(let network, let address, _) = spec.network else { return }
            #expect(running.addresses == [network: address])
            #expect(try await engine.ensureContainer(spec).id == running.id)
            let table = try await engine.processes(of: spec.name)
            #expect(table.rows.count == 1)
            #expect(table.titles.contains("CMD"))

            try await engine.signalContainer(spec.name, signal: "SIGKILL")
            try await engine.stopContainer(spec.name, graceSeconds: 1)
            try await engine.stopContainer(spec.name, graceSeconds: 1)
            let stopped = try #require(try await engine.inspectContainer(spec.name))
            #expect(stopped.state == .exited)
            #expect(stopped.exitCode == 137)
            let fault = await #expect(throws: Fault.self) { try await engine.processes(of: spec.name) }
            #expect(fault?.code == .conflict)
            #expect(try await engine.sample(of: spec.name) == nil)

            let listed = try await engine.listContainers(label: "berth.installation", value: world.prefix)
            #expect(listed.map(\.name) == [spec.name])
            #expect(listed.map(\.state) == [.exited])
            try await engine.restartContainer(spec.name, graceSeconds: 0)
            #expect(try await engine.inspectContainer(spec.name)?.state == .running)
            try await engine.removeContainer(spec.name)
            try await engine.removeContainer(spec.name)
            try await engine.stopContainer(spec.name, graceSeconds: 1)
            #expect(try await engine.inspectContainer(spec.name) == nil)
            #expect(try await engine.sample(of: spec.name) == nil)
            let absent = await #expect(throws: Fault.self) { try await engine.startContainer(spec.name) }
            #expect(absent?.code == .notFound)
        }
    }

    @Test func anotherSpecReplacesAndOtherLimitsAreChangedInPlace() async throws {
        try await TestEngine.run { world in
            var spec = try await world.running()
            let first = try #require(try await world.engine.inspectContainer(spec.name))
            spec.limits = ResourceLimits(cpuMilli: 250, memoryMB: 128)
            #expect(try await world.engine.ensureContainer(spec).id == first.id)
            let memory = try await world.engine.execute(
                in: spec.name, argv: ["cat", "/sys/fs/cgroup/memory/memory.limit_in_bytes"], input: [])
            if memory.exitCode == 0 { #expect(String(decoding: memory.output, as: UTF8.self) == "134217728\n") }
            spec.environment["GREETING"] = "bonjour"
            let second = try await world.engine.ensureContainer(spec)
            #expect(second.id != first.id)
            #expect(second.state == .created)
        }
    }

    @Test func aStrangersContainerIsLeftAlone() async throws {
        try await TestEngine.run { world in
            let spec = try await world.running()
            var ours = spec
            ours.labels["berth.installation"] = "another-installation"
            let fault = await #expect(throws: Fault.self) { try await world.engine.ensureContainer(ours) }
            #expect(fault?.code == .conflict)
            #expect(try await world.engine.inspectContainer(spec.name)?.state == .running)
        }
    }

    @Test func aMissingImageIsASentence() async throws {
        try await TestEngine.run { world in
            let (network, addresses) = world.network()
            try await world.engine.ensureNetwork(network)
            let spec = world.container(image: "berth-test/absent:1", network: network, address: addresses[0])
            let fault = await #expect(throws: Fault.self) { try await world.engine.ensureContainer(spec) }
            #expect(fault?.code == .invalid)
            #expect(fault?.sentences.first?.contains("berth-test/absent:1 is not on the engine") == true)
        }
    }

    @Test func manyAtOnceMakeOneContainer() async throws {
        try await TestEngine.run { world in
            let (network, addresses) = world.network()
            try await world.engine.ensureNetwork(network)
            let spec = world.container(image: try await world.busybox(), network: network, address: addresses[0])
            let engine = world.engine
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 { group.addTask { try await engine.ensureContainer(spec).id } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
        }
    }

    @Test func theContainerIsAsHardAsAsked() async throws {
        try await TestEngine.run { world in
            let spec = try await world.running()
            let result = try await world.engine.execute(in: spec.name, argv: ["cat", "/proc/1/status"], input: [])
            let status = String(decoding: result.output, as: UTF8.self)
            #expect(status.contains("NoNewPrivs:\t1"))
            // CHOWN 0, DAC_OVERRIDE 1, FOWNER 3, KILL 5, SETGID 6, SETUID 7, NET_BIND_SERVICE 10
            #expect(status.contains("CapBnd:\t00000000000004eb"))
        }
    }

    @Test func namedVolumesSurviveTheirContainer() async throws {
        try await TestEngine.run { world in
            let volume = VolumeSpec(name: world.name("volume"), labels: world.labels)
            try await world.engine.ensureVolume(volume)
            let (network, addresses) = world.network()
            try await world.engine.ensureNetwork(network)
            var spec = world.container(image: try await world.busybox(), network: network, address: addresses[0])
            spec.mounts = [.init(volume: volume.name, path: "/data", readOnly: false)]
            for round in 0..<2 {
                _ = try await world.engine.ensureContainer(spec)
                try await world.engine.startContainer(spec.name)
                let script = round == 0 ? "echo kept > /data/file" : "cat /data/file"
                let result = try await world.engine.execute(in: spec.name, argv: ["sh", "-c", script], input: [])
                #expect(result.exitCode == 0)
                if round == 1 { #expect(String(decoding: result.output, as: UTF8.self) == "kept\n") }
                let inUse = await #expect(throws: Fault.self) { try await world.engine.removeVolume(volume.name) }
                #expect(inUse?.code == .conflict)
                try await world.engine.removeContainer(spec.name)
            }
        }
    }
}
