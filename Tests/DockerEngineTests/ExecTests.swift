import Basics
import DockerEngine
import Fleet
import TestKit
import Testing

struct ExecTests {
    @Test func outputErrorAndExitCodeAreToldApart() async throws {
        try await TestEngine.run { world in
            let spec = try await world.running()
            let result = try await world.engine.execute(
                in: spec.name, argv: ["sh", "-c", "echo \"$1\"; echo bad >&2; exit 7", "sh", "a b; $(id)"], input: [])
            #expect(result.exitCode == 7)
            #expect(String(decoding: result.output, as: UTF8.self) == "a b; $(id)\n")
            #expect(String(decoding: result.errorOutput, as: UTF8.self) == "bad\n")
        }
    }

    @Test func inputReachesTheCommandAndEnds() async throws {
        try await TestEngine.run { world in
            let spec = try await world.running()
            let input = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let result = try await world.engine.execute(in: spec.name, argv: ["cat"], input: input)
            #expect(result.exitCode == 0)
            #expect(result.output == input)
            let ignored = try await world.engine.execute(in: spec.name, argv: ["echo", "done"], input: input)
            #expect(String(decoding: ignored.output, as: UTF8.self) == "done\n")
        }
    }

    @Test func refusalsCarryTheEnginesWords() async throws {
        try await TestEngine.run { world in
            let spec = try await world.running()
            let absent = await #expect(throws: Fault.self) {
                try await world.engine.execute(in: world.name("none"), argv: ["id"], input: [])
            }
            #expect(absent?.code == .notFound)
            let unknown = try? await world.engine.execute(in: spec.name, argv: ["no-such-program"], input: [])
            #expect(unknown == nil || unknown?.exitCode == 126 || unknown?.exitCode == 127)
            try await world.engine.stopContainer(spec.name, graceSeconds: 0)
            let stopped = await #expect(throws: Fault.self) {
                try await world.engine.execute(in: spec.name, argv: ["id"], input: [])
            }
            #expect(stopped?.code == .conflict)
        }
    }

    @Test func aCommandThatTakesTooLongIsLeftAndAFloodIsCut() async throws {
        try await TestEngine.run { world in
            let spec = try await world.running()
            let slow = await #expect(throws: Fault.self) {
                try await world.engine.execute(in: spec.name, argv: ["sleep", "30"], input: [], seconds: 1)
            }
            #expect(slow?.code == .unavailable)
            let flood = await #expect(throws: Fault.self) {
                try await world.engine.execute(in: spec.name, argv: ["yes"], input: [])
            }
            #expect(flood?.dockerError?.kind == .tooLarge)
        }
    }

    @Test func archivesGoInAndComeOut() async throws {
        try await TestEngine.run { world in
            let spec = try await world.running()
            var tar = TarWriter()
            try tar.directory("conf")
            try tar.file("conf/a.cfg", text: "hello\n", mode: 0o640)
            try await world.engine.upload(tar: tar.archive(), to: spec.name, path: "/etc")
            let result = try await world.engine.execute(in: spec.name, argv: ["cat", "/etc/conf/a.cfg"], input: [])
            #expect(String(decoding: result.output, as: UTF8.self) == "hello\n")
            let back = try await world.engine.download(from: spec.name, path: "/etc/conf", bytesMax: 1 << 20)
            let entries = try TarReader.entries(back)
            #expect(entries.map(\.path) == ["conf/", "conf/a.cfg"])
            #expect(entries.last?.contents == Array("hello\n".utf8))
            #expect(entries.last?.mode == 0o640)

            let large = await #expect(throws: Fault.self) {
                try await world.engine.download(from: spec.name, path: "/bin/busybox", bytesMax: 4096)
            }
            #expect(large?.dockerError?.kind == .tooLarge)
            let absent = await #expect(throws: Fault.self) {
                try await world.engine.download(from: spec.name, path: "/none", bytesMax: 4096)
            }
            #expect(absent?.code == .notFound)
            let nowhere = await #expect(throws: Fault.self) {
                try await world.engine.upload(tar: tar.archive(), to: spec.name, path: "/none")
            }
            #expect(nowhere?.code == .notFound)
        }
    }
}
