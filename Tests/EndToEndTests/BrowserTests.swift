import Foundation
import TestKit
import Testing

/// A person in Chromium, with and without JavaScript, at `berth serve`.
struct BrowserTests {
    @Test(.timeLimit(.minutes(5))) func aPersonWithAPasskeyInChromium() async throws {
        let python = try Command.required("BERTH_TEST_PYTHON")
        try await inWorld(.sqlite) { world in
            // Browsers make passkeys for names, and without https for this one only.
            let base = "http://localhost:\(world.listenPort)"
            try await world.start(["BERTH_PUBLIC_URL": base])
            let email = "ada@example.test"
            let user = try json(
                world.berth(
                    "admin", "user", "create", "--email", email, "--first-name", "Ada", "--last-name", "L", "--json"))
            let facts = world.folder.appending(path: "facts.json")
            try JSONSerialization.data(
                withJSONObject: ["base": base, "email": email, "password": user["password"] as? String ?? ""]
            ).write(to: facts)
            let script = World.projectFolder.appending(path: "Tests/Interop/browser.py").path
            let result = try Command.run(python, [script, facts.path], mustSucceed: false)
            #expect(result.status == 0, "\(result.text)\n\(result.errors)")
            #expect(result.text.split(separator: "\n").count { $0.hasPrefix("ok ") } == 7, "\(result.text)")
        }
    }
}
