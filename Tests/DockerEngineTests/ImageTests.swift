import Basics
import DockerEngine
import Fleet
import TestKit
import Testing

struct ImageTests {
    @Test func imagesAreImportedTaggedAndRemoved() async throws {
        let engine = try DockerEngine(TestEngine.endpoint())
        let name = "berth-test/\(Random.token(8).lowercased())"
        var tar = TarWriter()
        try tar.file("note", text: name)
        let id = try await engine.importImage("\(name):1", rootTar: tar.archive(), changes: ["CMD [\"/note\"]"])
        #expect(id.hasPrefix("sha256:"))
        #expect(try await engine.ensureImage(ImageReference(name: "\(name):1")) == id)
        try await engine.tagImage("\(name):1", as: "\(name):2")
        #expect(try await engine.imageID("\(name):2") == id)
        for tag in ["1", "2", "2"] { try await engine.removeImage("\(name):\(tag)") }
        #expect(try await engine.imageID("\(name):1") == nil)
    }

    @Test func imagesAreBuiltAndBuildErrorsInTheStreamAreFound() async throws {
        try await TestEngine.run { world in
            let base = try await world.busybox()
            let name = "berth-test/\(Random.token(8).lowercased()):1"
            var tar = TarWriter()
            try tar.file("Dockerfile", text: "FROM \(base)\nCOPY note /note\nCMD [\"cat\", \"/note\"]\n")
            try tar.file("note", text: "built")
            let id = try await world.engine.buildImage(name, contextTar: tar.archive())
            #expect(id.hasPrefix("sha256:"))
            try await world.engine.removeImage(name)
            var bad = TarWriter()
            try bad.file("Dockerfile", text: "FROM \(base)\nCOPY absent /absent\n")
            let fault = await #expect(throws: Fault.self) {
                try await world.engine.buildImage(name, contextTar: bad.archive())
            }
            #expect(fault?.sentences.first?.contains("absent") == true)
        }
    }

    @Test func aRegistryThatDoesNotAnswerIsUnavailable() async throws {
        let engine = try DockerEngine(TestEngine.endpoint())
        let image = ImageReference(name: "127.0.0.1:9/none:1", username: "u", password: Secret("p+/?"))
        let fault = await #expect(throws: Fault.self) { try await engine.ensureImage(image) }
        #expect(fault?.code == .unavailable)
    }

    @Test func aBrokenArchiveIsRefused() async throws {
        let engine = try DockerEngine(TestEngine.endpoint())
        let fault = await #expect(throws: Fault.self) {
            try await engine.importImage("berth-test/broken:1", rootTar: [UInt8](repeating: 65, count: 4096))
        }
        #expect(fault != nil)
    }
}
