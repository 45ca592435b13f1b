import Basics
import Fleet
import Foundation
import Testing

@testable import DockerEngine

struct ContainerBodyTests {
    private let spec = ContainerSpec(
        name: "berth-x-container-1", hostname: "web-1", image: "hello:1", environment: ["B": "2", "A": "1"],
        labels: ["berth.installation": "x"], network: .named("berth-x-net-1", address: "10.1.0.2", aliases: ["web"]),
        mounts: [.init(volume: "berth-x-volume-1", path: "/data", readOnly: false)],
        limits: ResourceLimits(cpuMilli: 250, memoryMB: 64), extraCapabilities: ["SYS_NICE"], engineRestartsMax: 3)

    @Test func theHardenedDefaultsAreAsReviewed() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(ContainerBody(spec).HostConfig), as: UTF8.self)
        #expect(
            text == """
                {
                  "CapAdd" : [
                    "CHOWN",
                    "DAC_OVERRIDE",
                    "FOWNER",
                    "KILL",
                    "NET_BIND_SERVICE",
                    "SETGID",
                    "SETUID",
                    "SYS_NICE"
                  ],
                  "CapDrop" : [
                    "ALL"
                  ],
                  "Init" : false,
                  "LogConfig" : {
                    "Config" : {
                      "max-file" : "3",
                      "max-size" : "10m"
                    },
                    "Type" : "json-file"
                  },
                  "Memory" : 67108864,
                  "MemorySwap" : 67108864,
                  "Mounts" : [
                    {
                      "ReadOnly" : false,
                      "Source" : "berth-x-volume-1",
                      "Target" : "/data",
                      "Type" : "volume"
                    }
                  ],
                  "NanoCpus" : 250000000,
                  "NetworkMode" : "berth-x-net-1",
                  "PidsLimit" : 512,
                  "RestartPolicy" : {
                    "MaximumRetryCount" : 3,
                    "Name" : "on-failure"
                  },
                  "SecurityOpt" : [
                    "no-new-privileges:true"
                  ]
                }
                """)
    }

    @Test func equalSpecsHaveEqualSealsAndLimitsDoNotCount() throws {
        var other = spec
        other.environment = ["A": "1", "B": "2"]
        other.limits = ResourceLimits(cpuMilli: 2000, memoryMB: 4096)
        #expect(ContainerSeal.of(spec) == ContainerSeal.of(other))
        #expect(ContainerSeal.of(spec).count == 64)
        #expect(try ContainerBody(spec).Labels["berth.spec"] == ContainerSeal.of(spec))
    }

    @Test func everyOtherChangeChangesTheSeal() {
        var variants: [ContainerSpec] = [spec]
        func vary(_ change: (inout ContainerSpec) -> Void) {
            var copy = spec
            change(&copy)
            variants.append(copy)
        }
        vary { $0.name = "berth-x-container-2" }
        vary { $0.hostname = "web-2" }
        vary { $0.image = "hello:2" }
        vary { $0.command = [] }
        vary { $0.command = ["a b"] }
        vary { $0.command = ["a", "b"] }
        vary { $0.environment["A"] = "2" }
        vary { $0.labels["berth.rebuild"] = "1" }
        vary { $0.network = .host }
        vary { $0.network = .named("berth-x-net-1", address: "10.1.0.3", aliases: ["web"]) }
        vary { $0.mounts = [] }
        vary { $0.mounts = [.init(volume: "berth-x-volume-1", path: "/data", readOnly: true)] }
        vary { $0.extraCapabilities = [] }
        vary { $0.useInit = true }
        vary { $0.shmBytes = 1 << 20 }
        vary { $0.pidsMax = 100 }
        vary { $0.engineRestartsMax = 4 }
        vary { $0.alwaysRestart = true }
        #expect(Set(variants.map(ContainerSeal.of)).count == variants.count)
    }

    @Test func whatTheEngineWouldSwallowIsRefused() {
        func refuses(_ change: (inout ContainerSpec) -> Void, _ location: SourceLocation = #_sourceLocation) {
            var copy = spec
            change(&copy)
            #expect(throws: Fault.self, sourceLocation: location) { try ContainerBody(copy) }
        }
        refuses { $0.mounts = [.init(volume: "/", path: "/host", readOnly: false)] }
        refuses { $0.mounts = [.init(volume: "/etc", path: "/x", readOnly: true)] }
        refuses { $0.mounts = [.init(volume: "..", path: "/x", readOnly: true)] }
        refuses { $0.mounts = [.init(volume: "vol", path: "relative", readOnly: false)] }
        refuses { $0.environment = ["": "x"] }
        refuses { $0.environment = ["A=B": "x"] }
        refuses { $0.environment = ["A": "x\0y"] }
        refuses { $0.extraCapabilities = ["ALL"] }
        refuses { $0.extraCapabilities = ["SYS_ADMIN"] }
        refuses { $0.network = .named("host", address: "10.1.0.2", aliases: []) }
        refuses { $0.network = .named("container:other", address: "10.1.0.2", aliases: []) }
        refuses { $0.name = "../images" }
        refuses { $0.limits = ResourceLimits(cpuMilli: 0, memoryMB: 64) }
        refuses { $0.limits = ResourceLimits(cpuMilli: 100, memoryMB: .max) }
        refuses { $0.limits = ResourceLimits(cpuMilli: .max, memoryMB: 64) }
        refuses { $0.limits = ResourceLimits(cpuMilli: 100, memoryMB: 64, swapMB: -1) }
    }

    @Test(arguments: [
        ("hello", "hello", "latest"), ("hello:1", "hello", "1"), ("host:5000/a/b", "host:5000/a/b", "latest"),
        ("host:5000/a/b:2", "host:5000/a/b", "2"), ("a@sha256:abc", "a", "sha256:abc"),
    ])
    func imageNamesAreSplit(name: String, repository: String, tag: String) {
        #expect(DockerEngine.split(name) == (repository, tag))
    }

    @Test(arguments: [
        (404, "x", Fault.Code.notFound), (409, "x", .conflict), (403, "Pool overlaps", .conflict), (400, "x", .invalid),
        (429, "x", .unavailable), (503, "x", .unavailable), (500, "runtime trouble", .unavailable),
        (500, "invalid mode: rw:rw", .invalid), (500, "Bind failed: port is already allocated", .conflict),
        (302, "x", .unavailable), (418, "x", .invalid),
        (
            403, "cannot create network a (br-a): conflicts with network b (br-b): networks have overlapping IPv4",
            .unavailable
        ),
    ])
    func statusesAreClassified(status: Int, message: String, code: Fault.Code) {
        let error = DockerError(kind: .refused(status: status), message: message, endpoint: "e", request: "r")
        #expect(error.fault.code == code)
    }

    @Test(arguments: [
        "", "unix://", "unix://relative", "http://x:1", "tcp://host", "tcp://:2375", "tcp://host:0", "tcp://a/b:1",
        "tcp://host:99999", "unix:///" + String(repeating: "x", count: 120),
    ])
    func badAddressesAreRefused(address: String) {
        #expect(throws: Fault.self) { try DockerEngine(EngineEndpoint(address: address, tlsDirectory: nil)) }
    }

    @Test func theBreakerOpensProbesAndCloses() {
        let breaker = Breaker()
        let start = ContinuousClock.now
        for _ in 0..<DockerLimits.breakerTimeoutsMax {
            #expect(breaker.admit(at: start) == .open)
            breaker.timedOut(at: start)
        }
        #expect(breaker.admit(at: start + .seconds(1)) == .refused)
        let later = start + .seconds(DockerLimits.breakerOpenSeconds + 1)
        #expect(breaker.admit(at: later) == .probe)
        #expect(breaker.admit(at: later) == .refused)
        breaker.abandoned()
        #expect(breaker.admit(at: later) == .probe)
        breaker.timedOut(at: later)
        #expect(breaker.admit(at: later + .seconds(1)) == .refused)
        breaker.answered()
        #expect(breaker.admit(at: later + .seconds(1)) == .open)
    }
}
