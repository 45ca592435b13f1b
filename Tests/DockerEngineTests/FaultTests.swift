import Basics
import DockerEngine
import Fleet
import TestKit
import Testing

/// What happens when the network, a proxy or the engine misbehaves. Every test checks that its fault really happened.
struct FaultTests {
    /// A corner of the engine behind a proxy.
    private func misbehaving<T>(
        isolation: isolated (any Actor)? = #isolation, _ body: (TestEngine, FaultProxy) async throws -> T
    ) async throws -> T {
        try await FaultProxy.run(to: TestEngine.endpoint()) { proxy in
            try await TestEngine.run(proxied: proxy.endpoint) { world in try await body(world, proxy) }
        }
    }

    /// F28 and F29: the client repeats a lost call once; when that is lost too, the caller's next attempt adopts.
    @Test(arguments: [FaultProxy.Action.dropAfter, .dropBefore], [1, 2])
    func aLostCreateMakesOneContainer(action: FaultProxy.Action, times: Int) async throws {
        try await misbehaving { world, proxy in
            let (network, addresses) = world.network()
            try await world.engine.ensureNetwork(network)
            let spec = world.container(image: try await world.busybox(), network: network, address: addresses[0])
            proxy.on("POST", "/containers/create", times: times, action)
            if times == 2 {
                let fault = await #expect(throws: Fault.self) { try await world.engine.ensureContainer(spec) }
                #expect(fault?.isTransient == true)
            }
            let made = try await world.engine.ensureContainer(spec)
            #expect(proxy.reached == times)
            #expect(made.name == spec.name)
            let all = try await world.engine.listContainers(label: "berth.installation", value: world.prefix)
            #expect(all.map(\.id) == [made.id])
        }
    }

    @Test(arguments: [FaultProxy.Action.dropAfter, .dropBefore])
    func lostStartStopAndRemoveAreHarmless(action: FaultProxy.Action) async throws {
        try await misbehaving { world, proxy in
            let (network, addresses) = world.network()
            proxy.on("POST", "/networks/create", action)
            try await world.engine.ensureNetwork(network)
            let spec = world.container(image: try await world.busybox(), network: network, address: addresses[0])
            _ = try await world.engine.ensureContainer(spec)
            proxy.on("POST", "/start", action)
            try await world.engine.startContainer(spec.name)
            #expect(try await world.engine.inspectContainer(spec.name)?.state == .running)
            proxy.on("POST", "/stop", action)
            try await world.engine.stopContainer(spec.name, graceSeconds: 0)
            proxy.on("DELETE", "/containers/", action)
            try await world.engine.removeContainer(spec.name)
            proxy.on("DELETE", "/networks/", action)
            try await world.engine.removeNetwork(network.name)
            #expect(proxy.reached == 5)
            #expect(try await world.engine.inspectContainer(spec.name) == nil)
            #expect(try await world.engine.listNetworks(label: "berth.installation", value: world.prefix).isEmpty)
        }
    }

    /// F33.
    @Test(arguments: [
        (
            FaultProxy.Action.answer(status: 500, type: "application/json", body: "{\"message\":\"boom\"}"),
            Fault.Code.unavailable
        ),
        (.answer(status: 429, type: "application/json", body: "{\"message\":\"slow down\"}"), .unavailable),
        (.answer(status: 503, type: "text/html", body: "<html>Service Unavailable</html>"), .unavailable),
        (.answer(status: 200, type: "text/html", body: "<html>Welcome to nginx</html>"), .unavailable),
        (.answer(status: 200, type: "application/json", body: "{\"Id\":\"abc\",\"Na"), .unavailable),
        (.answer(status: 400, type: "application/json", body: "{\"message\":\"bad\"}"), .invalid),
        (.answer(status: 500, type: "application/json", body: "{\"message\":\"invalid mode: rw:rw\"}"), .invalid),
        (.truncate(bytes: 40), .unavailable), (.truncate(bytes: 700), .unavailable), (.dropAfter, .unavailable),
        (.endless, .invalid),
    ])
    func wrongAnswersAreClassified(action: FaultProxy.Action, code: Fault.Code) async throws {
        try await misbehaving { world, proxy in
            let spec = try await world.running()
            proxy.on("GET", "/containers/\(spec.name)/json", times: 2, action)
            let fault = await #expect(throws: Fault.self) { try await world.engine.inspectContainer(spec.name) }
            #expect(fault?.code == code, "\(fault?.logLine ?? "no fault")")
            #expect(proxy.reached >= 1)
            proxy.calm()
            #expect(try await world.engine.inspectContainer(spec.name)?.state == .running)
        }
    }

    @Test func aHugeErrorBodyIsCut() async throws {
        try await misbehaving { world, proxy in
            let body = "{\"message\":\"" + String(repeating: "x", count: 1 << 20) + "\"}"
            proxy.on("GET", "/info", .answer(status: 500, type: "application/json", body: body))
            let fault = await #expect(throws: Fault.self) { try await world.engine.facts() }
            #expect(fault?.code == .unavailable)
            #expect((fault?.logLine.utf8.count ?? 0) < 4096)
        }
    }

    /// F32: the engine hangs. Some calls wait, then all fail at once, another engine is not concerned, and a probe
    /// finds that it is back.
    @Test func aHungEngineFailsFastAndComesBack() async throws {
        try await misbehaving { world, proxy in
            try await world.engine.ping()
            for path in ["/_ping", "/version", "/info"] { proxy.on("GET", path, times: 1000, .delay(.seconds(60))) }
            let engine = world.engine
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        let fault = await #expect(throws: Fault.self) { try await engine.ping() }
                        #expect(fault?.dockerError?.kind == .timedOut)
                    }
                }
            }
            let clock = ContinuousClock()
            let took = await clock.measure {
                let fault = await #expect(throws: Fault.self) { try await engine.facts() }
                #expect(fault?.code == .unavailable)
                #expect(fault?.dockerError?.kind == .resting)
            }
            #expect(took < .milliseconds(500))
            _ = try await DockerEngine(TestEngine.endpoint()).facts()
            proxy.calm()
            let deadline = clock.now + .seconds(20)
            var back = false
            while !back, clock.now < deadline {
                back = (try? await engine.facts()) != nil
                if !back { try await Task.sleep(for: .milliseconds(200)) }
            }
            #expect(back)
        }
    }

    @Test func anEngineThatIsNotThereIsUnavailableAtOnce() async throws {
        for address in ["unix:///tmp/berth-test-no-such.sock", "tcp://127.0.0.1:9"] {
            let engine = try DockerEngine(EngineEndpoint(address: address, tlsDirectory: nil))
            let took = await ContinuousClock().measure {
                let fault = await #expect(throws: Fault.self) { try await engine.facts() }
                #expect(fault?.code == .unavailable)
                #expect(fault?.dockerError?.kind == .unreachable)
                let exec = await #expect(throws: Fault.self) {
                    try await engine.execute(in: "berth-test-x", argv: ["id"], input: [])
                }
                #expect(exec?.code == .unavailable)
            }
            #expect(took < .seconds(3))
        }
    }

    @Test func anEngineTooOldOrTooNewIsRefusedWithASentence() async throws {
        try await misbehaving { world, proxy in
            for (max, min) in [("1.24", "1.12"), ("2.1", "2.0")] {
                let body = "{\"Version\":\"x\",\"ApiVersion\":\"\(max)\",\"MinAPIVersion\":\"\(min)\"}"
                proxy.on("GET", "/version", .answer(status: 200, type: "application/json", body: body))
                let fault = await #expect(throws: Fault.self) { try await world.engine.facts() }
                #expect(fault?.code == .invalid)
                #expect(fault?.sentences.first?.contains("API \(min) to \(max)") == true)
                proxy.calm()
            }
        }
    }

    @Test func aCancelledCallEndsAtOnceAndIsNoFault() async throws {
        try await misbehaving { world, proxy in
            try await world.engine.ping()
            proxy.on("GET", "/info", .delay(.seconds(30)))
            let engine = world.engine
            let call = Task { try await engine.facts() }
            while proxy.reached == 0 { try await Task.sleep(for: .milliseconds(5)) }
            call.cancel()
            let took = await ContinuousClock().measure {
                await #expect(throws: CancellationError.self) { try await call.value }
            }
            #expect(took < .seconds(1))
        }
    }

    @Test func lostEventStreamsAreUnavailable() async throws {
        try await misbehaving { world, proxy in
            proxy.on("GET", "/events", .truncate(bytes: 300))
            let since = SystemWallClock().now().advanced(by: .seconds(-60))
            _ = try await world.running()
            let fault = await #expect(throws: Fault.self) {
                for try await _ in world.engine.events(since: since, label: "berth.installation", value: world.prefix) {
                }
            }
            #expect(fault?.code == .unavailable)
            #expect(proxy.reached == 1)
        }
    }

    @Test func execThroughALostConnectionIsUnavailable() async throws {
        try await misbehaving { world, proxy in
            let spec = try await world.running()
            for action in [FaultProxy.Action.dropBefore, .dropAfter, .truncate(bytes: 120)] {
                proxy.on("POST", "/exec/", action)
                let fault = await #expect(throws: Fault.self) {
                    try await world.engine.execute(
                        in: spec.name, argv: ["sh", "-c", "sleep 0.3; echo 0123456789"], input: [])
                }
                #expect(fault?.code == .unavailable)
                #expect(proxy.reached == 1)
                proxy.calm()
            }
            proxy.on("POST", "/exec/", .answer(status: 409, type: "application/json", body: "{\"message\":\"paused\"}"))
            let refused = await #expect(throws: Fault.self) {
                try await world.engine.execute(in: spec.name, argv: ["id"], input: [])
            }
            #expect(refused?.code == .conflict)
            #expect(refused?.dockerError?.message == "paused")
        }
    }

    @Test func aPullThatFailsInTheMiddleOfA200IsFound() async throws {
        try await misbehaving { world, proxy in
            func pull(_ lines: String) async -> Fault? {
                proxy.calm()
                proxy.on("POST", "/images/create", .answer(status: 200, type: "application/json", body: lines))
                return await #expect(throws: Fault.self) {
                    try await world.engine.pullImage(ImageReference(name: "example/none:1"))
                }
            }
            let start = "{\"status\":\"Pulling from example/none\"}\r\n"
            let absent = await pull(
                start + "{\"errorDetail\":{\"message\":\"manifest unknown\"},\"error\":\"manifest unknown\"}")
            #expect(absent?.code == .invalid)
            let limited = await pull(start + "{\"error\":\"toomanyrequests: slow down\"}\n")
            #expect(limited?.code == .unavailable)
            let html = await pull("<html></html>\n")
            #expect(html?.code == .unavailable)
        }
    }
}
