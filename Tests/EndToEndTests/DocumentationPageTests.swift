import Foundation
import TestKit
import Testing

/// The API's description in Chromium, at `berth serve`.
struct DocumentationPageTests {
    @Test(.timeLimit(.minutes(3))) func itIsReadOnAPhoneAtADeskAndOnPaper() async throws {
        let python = try Command.required("BERTH_TEST_PYTHON")
        try await inWorld(.sqlite) { world in
            let base = "http://localhost:\(world.listenPort)"
            try await world.start(["BERTH_PUBLIC_URL": base])
            let script = World.projectFolder.appending(path: "Tests/Interop/documentation.py").path
            let result = try Command.run(python, [script, base], mustSucceed: false)
            #expect(result.status == 0, "\(result.text)\n\(result.errors)")
            #expect(result.text.split(separator: "\n").count { $0.hasPrefix("ok ") } == 7, "\(result.text)")
        }
    }
}
