import Edge
import HAProxyControl
import Synchronization
import Testing

/// What the clients of a test have seen.
private final class Tally: Sendable {
    let isOver = Mutex(false)
    let answers = Mutex(0)
}

/// What clients notice of changes: nothing.
struct UnderLoadTests {
    @Test func noRequestFailsThroughTwentyReloads() async throws {
        try await IngressWorld.with { world in
            let servers = [try await world.startHello(1), try await world.startHello(2)]
            try await world.control.apply(world.state([servers]))
            let before = try await world.reloads()
            let tally = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        while !tally.isOver.withLock({ $0 }) {
                            let answer = try await world.get("site-0.example")
                            #expect(answer.0 == 200)
                            tally.answers.withLock { $0 += 1 }
                        }
                    }
                }
                group.addTask {
                    // Begun before the first reload, ended after the last.
                    let answer = try await world.get("site-0.example", path: "/?wait=4000")
                    #expect(answer.0 == 200)
                }
                group.addTask {
                    defer { tally.isOver.withLock { $0 = true } }
                    for round in 1...20 {
                        try await world.control.apply(
                            world.state([servers] + Array(repeating: [], count: round % 4 + 1)))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await world.reloads() == before + 20)
            #expect(tally.answers.withLock({ $0 }) > 100)
            try await world.eventually("the end of the old connections") { try await world.control.isDrained() }
        }
    }

    @Test func aSlowRequestKeepsItsWorkerUndrained() async throws {
        try await IngressWorld.with { world in
            let hello = try await world.startHello(1)
            try await world.control.apply(world.state([[hello]]))
            async let slow = world.get("site-0.example", path: "/?wait=5000")
            try await world.eventually("a request under way") { try await world.sessions() > 0 }
            try await world.control.apply(world.state([[]]))
            #expect(try await !world.control.isDrained())
            #expect(try await slow.0 == 200)
            try await world.eventually("the end of the old worker") { try await world.control.isDrained() }
            #expect(try await world.get("site-0.example").0 == 503)
        }
    }

    @Test func manyCallersShareFewChanges() async throws {
        try await IngressWorld.with { world in
            try await world.control.apply(world.state([]))
            let before = try await world.reloads()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for count in 1...50 {
                    group.addTask { try await world.control.apply(world.state(Array(repeating: [], count: count))) }
                }
                try await group.waitForAll()
            }
            let reloads = try await world.reloads() - before
            #expect((1...3).contains(reloads))
        }
    }

    @Test func twoProcessesMayApplyAtOnce() async throws {
        try await IngressWorld.with { world in
            let other = world.anotherControl()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for count in 1...5 {
                    group.addTask { try await world.control.apply(world.state(Array(repeating: [], count: count))) }
                    group.addTask { try await other.apply(world.state(Array(repeating: [], count: count + 5))) }
                }
                try await group.waitForAll()
            }
            try await world.control.apply(world.state([[]]))
            #expect(try await world.get("site-0.example").0 == 503)
            #expect(try await world.get("site-1.example").0 == 404)
        }
    }
}
