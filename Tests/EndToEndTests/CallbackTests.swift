import Foundation
import TestKit
import Testing

/// Callbacks from an order to a receiver that checks them with the library of Standard Webhooks.
struct CallbackTests {
    /// A receiver that runs for the length of one test.
    private final class Receiver: @unchecked Sendable {
        let port: Int
        private let process = Process()
        private let log: URL

        init(_ folder: URL, secret: String) throws {
            port = try freePort()
            log = folder.appending(path: "received.jsonl")
            let file = folder.appending(path: "signing-secret")
            try Data(secret.utf8).write(to: file)
            (process.standardInput, process.standardOutput, process.standardError) = (
                FileHandle.nullDevice, FileHandle.nullDevice, FileHandle.nullDevice
            )
            process.executableURL = URL(filePath: try Command.required("BERTH_TEST_PYTHON"))
            process.arguments = [
                World.projectFolder.appending(path: "Tests/Interop/receiver.py").path, "\(port)", file.path, log.path,
            ]
            try process.run()
        }

        /// Python would think about a polite signal only after the next request.
        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        /// What has come, oldest first.
        func received() -> [[String: Any]] {
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap { try? json(String($0)) }
        }

        func bodies(_ path: String) -> [[String: Any]] {
            received().filter { $0["path"] as? String == path }.compactMap { $0["body"] as? [String: Any] }
        }
    }

    private func secret(_ world: World) async throws -> String {
        try await world.object("/api/users/signing_secret", "signing_secret")["secret"] as? String ?? ""
    }

    @Test(arguments: TestDialect.allCases) func theEndOfAnOrderIsToldAndSigned(dialect: TestDialect) async throws {
        try await inWorld(dialect) { world in
            try await world.start(["BERTH_CALLBACK_NETWORKS": "127.0.0.0/8"])
            let receiver = try Receiver(world.folder, secret: try await secret(world))
            let callback = #""url":"http://127.0.0.1:\#(receiver.port)/ok","authorization":"Token mine""#
            let image = try await world.id(ofImage: "Hello")
            let package = try await world.firstPackage()
            let answer = try await world.call(
                "POST", "/api/orders",
                """
                {"callback":{\(callback)},"order":{"project_name":"told",
                 "containers":[{"image_id":\(image),"resources":{"product_id":\(package)}}]}}
                """)
            #expect(answer.status == 201, "\(answer.text)")
            // What nobody may read is not in the database as it is.
            let stored = try world.query("SELECT payload FROM outbox").joined()
            #expect(!stored.contains("Token mine") && !stored.contains("/ok"))
            try await eventually("the end of the order was told") { !receiver.bodies("/ok").isEmpty }
            let got = try #require(receiver.received().first)
            #expect(got["signed"] as? Bool == true, "\(got)")
            let headers = try #require(got["headers"] as? [String: String])
            #expect(headers["authorization"] == "Token mine")
            #expect(headers["accept"] == "application/json")
            let body = try #require(got["body"] as? [String: Any])
            #expect(body["success"] as? Bool == true)
            #expect((body["timestamp"] as? Int).map { $0 > 1_700_000_000 } == true)
            #expect((body["data"] as? [String])?.isEmpty == false)
            #expect(body["type"] as? String == "operation.completed")
            let operation = try #require((body["operation"] as? [String: Any])?["id"] as? Int)
            let log = try await world.list("/api/operations/\(operation)/callbacks", "callbacks")
            #expect(log.first?["state"] as? String == "delivered")
            #expect(log.first?["origin"] as? String == "http://127.0.0.1:\(receiver.port)")
        }
    }

    @Test func whatFailedIsTriedAgainAndWhatIsGoneIsNot() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start(["BERTH_CALLBACK_NETWORKS": "127.0.0.0/8"])
            let placed = try await world.order(["Hello"], project: "told")
            try await world.waitForOrder(placed)
            let service = try #require(try await world.services(placed.projectID)["Hello"]?["id"] as? Int)
            let receiver = try Receiver(world.folder, secret: try await secret(world))
            for path in ["/second", "/gone", "/away"] {
                let body = #"{"callback":{"url":"http://127.0.0.1:\#(receiver.port)\#(path)"}}"#
                let answer = try await world.call(
                    "PUT", "/api/container_services/\(service)/power/start", body, headers: ["Prefer": "wait=30"])
                #expect(answer.status == 202, "\(answer.text)")
                try await eventually("\(path) was called") { !receiver.bodies(path).isEmpty }
            }
            try await eventually("the refusals are on record") {
                try world.query("SELECT count(*) FROM outbox_attempts WHERE error IS NOT NULL") == ["3"]
            }
            // 410 is final; a redirect is an answer like any other and is not followed.
            #expect(try world.query("SELECT state FROM outbox ORDER BY id") == ["waiting", "dead", "waiting"])
            #expect(receiver.bodies("/followed").isEmpty)
            // Five minutes later.
            try world.change("UPDATE outbox SET run_after = 0 WHERE state = 'waiting'")
            try await eventually("the second try succeeded") { receiver.bodies("/second").count == 2 }
            let ids = receiver.received().filter { $0["path"] as? String == "/second" }.compactMap {
                ($0["headers"] as? [String: String])?["webhook-id"]
            }
            #expect(ids.count == 2 && Set(ids).count == 1)
            #expect(receiver.received().allSatisfy { $0["signed"] as? Bool == true })
        }
    }

    @Test func whatIsNotOfTheInternetIsNotCalled() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            let placed = try await world.order(["Hello"], project: "told")
            try await world.waitForOrder(placed)
            let service = try #require(try await world.services(placed.projectID)["Hello"]?["id"] as? Int)
            let receiver = try Receiver(world.folder, secret: "whsec_AAAA")
            let urls = [
                "http://127.0.0.1:\(receiver.port)/x", "http://localhost:\(receiver.port)/x",
                "https://169.254.169.254/latest/meta-data/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
                "https://0x7f000001/", "https://2130706433/",
            ]
            for url in urls {
                let answer = try await world.call(
                    "PUT", "/api/container_services/\(service)/power/start", #"{"callback":{"url":"\#(url)"}}"#,
                    headers: ["Prefer": "wait=30"])
                #expect(answer.status == 202, "\(url): \(answer.text)")
            }
            try await eventually("all were given up") {
                try world.query("SELECT count(*) FROM outbox WHERE state = 'dead'") == ["\(urls.count)"]
            }
            let reasons = try world.query("SELECT error FROM outbox_attempts")
            #expect(reasons.count == urls.count)
            for reason in reasons { #expect(reason.contains("not an address of the internet at large"), "\(reason)") }
            #expect(receiver.received().isEmpty)
        }
    }
}
