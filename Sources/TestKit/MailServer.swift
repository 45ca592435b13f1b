import Basics
import Foundation

/// A real mail server on this machine: aiosmtpd, as `Tests/Interop/smtpd.py` runs it. It says there who gets which
/// answer. Ends with the test.
package final class MailServer: Sendable {
    /// What it has accepted.
    package struct Accepted: Sendable, Decodable {
        package let from: String
        package let to: String
        package let options: [String]
        /// Decoded by Python's own reader of mail.
        package let subject: String
        package let text: String
        package let sender: String
        package let messageID: String
        package let defects: [String]
        /// Base64 of the whole message.
        package let data: String
        package let tls: Bool
        /// How the client proved who it is; nil when it did not.
        package let way: String?
        package let host: String
    }

    /// With its certificates: `ca.pem` is what clients are to trust.
    package let folder: String
    package let port: Int
    private let process: Process
    private let input: Pipe

    /// Starts it; the options are those of the script, and `name=DNS:…` for its certificate. Needs `BERTH_TEST_PYTHON`.
    package init(_ options: String...) throws {
        guard let python = ProcessInfo.processInfo.environment["BERTH_TEST_PYTHON"], !python.isEmpty else {
            throw Fault(.unavailable, "BERTH_TEST_PYTHON is not set: run the tests through script/test.")
        }
        let name = options.first { $0.hasPrefix("name=") }.map { String($0.dropFirst("name=".count)) }
        folder = try Certificates.make(server: name ?? "IP:127.0.0.1")
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Tests/Interop/smtpd.py").standardized.path
        process = Process()
        input = Pipe()
        let output = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = [script, folder] + options
        process.standardInput = input
        process.standardError = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        var line = ""
        while !line.hasSuffix("\n"), let bytes = try output.fileHandleForReading.read(upToCount: 1), !bytes.isEmpty {
            line += String(decoding: bytes, as: UTF8.self)
        }
        guard let port = Int(line.dropLast()) else {
            throw Fault(.unavailable, "The test's mail server did not start.")
        }
        self.port = port
    }

    /// All that it has accepted, in order.
    package func accepted() throws -> [Accepted] {
        guard let text = try? String(contentsOfFile: "\(folder)/accepted.jsonl", encoding: .utf8) else { return [] }
        return try text.split(separator: "\n").map {
            try JSONDecoder().decode(Accepted.self, from: Data($0.utf8))
        }
    }

    /// Ends it and removes its folder.
    package func stop() {
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
