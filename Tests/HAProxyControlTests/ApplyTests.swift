import Basics
import Edge
import Fleet
import HAProxyControl
import Testing

/// The load balancer on a real engine, with a real HAProxy.
struct ApplyTests {
    @Test func hostsAreRoutedAndTheRestIsExplained() async throws {
        try await IngressWorld.with { world in
            let hello = try await world.startHello(1)
            try await world.control.apply(world.state([[hello], []]))
            #expect(try await world.get("site-0.example").1.contains("hello-1"))
            #expect(try await world.get("SITE-0.Example.:\(world.port)").0 == 200)
            let empty = try await world.get("site-1.example")
            #expect(empty.0 == 503 && empty.1.contains("starting or has stopped"))
            for stranger in ["nobody.example", "site-0.example.evil", "!generation", "[::1]", "rule-0"] {
                let answer = try await world.get(stranger)
                #expect(answer.0 == 404 && answer.1.contains("no site of this name"))
            }
        }
    }

    @Test func applyingTwiceChangesNothing() async throws {
        try await IngressWorld.with { world in
            let state = world.state([[]])
            try await world.control.apply(state)
            let reloads = try await world.reloads()
            try await world.control.apply(state)
            try await world.anotherControl().apply(state)
            #expect(try await world.reloads() == reloads)
        }
    }

    @Test func aHostComesAndGoesWithoutReload() async throws {
        try await IngressWorld.with { world in
            let hello = try await world.startHello(1)
            var state = world.state([[hello], []])
            try await world.control.apply(state)
            let reloads = try await world.reloads()
            state.routes = [
                .init(host: "new.example", backend: "rule-0"), .init(host: "site-1.example", backend: "rule-0"),
            ]
            try await world.control.apply(state)
            #expect(try await world.get("new.example").0 == 200)
            #expect(try await world.get("site-1.example").0 == 200)
            #expect(try await world.get("site-0.example").0 == 404)
            #expect(try await world.reloads() == reloads)
            // After a restart of the container the files say the same.
            try await world.engine.stopContainer(world.names.container, graceSeconds: 1)
            try await world.engine.startContainer(world.names.container)
            try await world.eventually("an answer") { (try? await world.get("new.example").0) == 200 }
            #expect(try await world.get("site-0.example").0 == 404)
        }
    }

    /// What an order does: its servers are made known while they start, and put into service without a reload.
    @Test func whatOpensGetsNoVisitorsAndThenServesWithoutReload() async throws {
        try await IngressWorld.with { world in
            let (first, second) = (try await world.startHello(1), try await world.startHello(2))
            let opening = world.state([[], [first]], opening: [[first], [second]])
            try await world.control.apply(opening)
            let reloads = try await world.reloads()
            #expect(try await world.get("site-0.example").0 == 503)
            for _ in 0..<4 { #expect(try await world.get("site-1.example").1.contains("hello-1")) }
            #expect(try await world.control.health()["instance-2"] == .unknown)

            try await world.control.apply(world.state([[first], [first, second]]))
            #expect(try await world.get("site-0.example").0 == 200)
            var answers: Set<Bool> = []
            for _ in 0..<4 { answers.insert(try await world.get("site-1.example").1.contains("hello-2")) }
            #expect(answers == [true, false])
            try await world.eventually("a verdict") { try await world.control.health()["instance-2"] == .healthy }

            try await world.control.apply(opening)
            #expect(try await world.get("site-0.example").0 == 503)
            #expect(try await world.reloads() == reloads)
        }
    }

    @Test func healthOfServersAndCandidates() async throws {
        try await IngressWorld.with { world in
            let (first, second) = (try await world.startHello(1), try await world.startHello(2))
            let deaf = IngressState.Server(name: "deaf", address: first.address, port: 81)
            let deafToo = IngressState.Server(name: "deaf-too", address: second.address, port: 81)
            try await world.control.apply(world.state([[first, deaf]], candidates: [second, deafToo]))
            try await world.eventually("a verdict on all") {
                try await world.control.health() == [
                    "instance-1": .healthy, "deaf": .failing, "instance-2": .healthy, "deaf-too": .failing,
                ]
            }
            // A candidate gets no traffic; a failing server neither.
            for _ in 0..<6 { #expect(try await world.get("site-0.example").1.contains("hello-1")) }
        }
    }

    @Test func aPortThatIsTakenLeavesTheLastGoodState() async throws {
        try await IngressWorld.with { world in
            let taken = try TakenPort()
            defer { taken.release() }
            let hello = try await world.startHello(1)
            let good = world.state([[hello]])
            try await world.control.apply(good)
            let bad = IngressState(
                httpPort: taken.port, routes: good.routes, backends: good.backends, candidates: good.candidates)
            let fault = await #expect(throws: Fault.self) { try await world.control.apply(bad) }
            #expect(fault?.code == .unavailable)
            #expect(try await world.get("site-0.example").0 == 200)
            // Also after a restart of the container, without us.
            try await world.engine.stopContainer(world.names.container, graceSeconds: 1)
            try await world.engine.startContainer(world.names.container)
            try await world.eventually("an answer") { (try? await world.get("site-0.example").0) == 200 }
            try await world.control.apply(good)
            #expect(try await world.get("site-0.example").0 == 200)
        }
    }

    @Test func whatHAProxyRefusesIsRefusedWithItsWords() async throws {
        try await IngressWorld.with { world in
            let hello = try await world.startHello(1)
            try await world.control.apply(world.state([[hello]]))
            let nonsense = IngressState.Server(name: "x", address: "10.999.1.1", port: 80)
            let fault = await #expect(throws: Fault.self) { try await world.control.apply(world.state([[nonsense]])) }
            #expect(fault?.code == .invalid)
            #expect(fault?.sentences.first?.contains("10.999.1.1") == true)
            #expect(try await world.get("site-0.example").0 == 200)
        }
    }

    @Test(arguments: ["removed", "stopped", "killed", "emptied"]) func theIngressComesBack(after accident: String)
        async throws
    {
        try await IngressWorld.with { world in
            let hello = try await world.startHello(1)
            let (state, name) = (world.state([[hello]]), world.names.container)
            try await world.control.apply(state)
            switch accident {
            case "removed": try await world.engine.removeContainer(name)
            case "stopped": try await world.engine.stopContainer(name, graceSeconds: 1)
            case "killed": try await world.engine.signalContainer(name, signal: "SIGKILL")
            default:
                let argv = ["rm", "-rf", "/etc/haproxy/states"]
                _ = try await world.engine.execute(in: name, argv: argv, input: [])
                try await world.engine.signalContainer(name, signal: "SIGKILL")
            }
            try await world.control.apply(state)
            #expect(try await world.get("site-0.example").0 == 200)
            try await world.anotherControl().apply(world.state([[hello], []]))
            #expect(try await world.get("site-1.example").0 == 503)
        }
    }

    @Test func removingLeavesNothing() async throws {
        try await IngressWorld.with { world in
            try await world.control.apply(world.state([[]]))
            try await world.control.remove()
            try await world.control.remove()
            #expect(try await world.engine.inspectContainer(world.names.container) == nil)
            await #expect(throws: Fault.self) { try await world.control.health() }
            try await world.control.apply(world.state([[]]))
            #expect(try await world.get("site-0.example").0 == 503)
        }
    }
}
