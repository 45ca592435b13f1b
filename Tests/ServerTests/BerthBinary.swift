import Foundation
import Testing

/// How a command ended.
struct Ended {
    let status: Int32
    let output: String
    let errors: String

    /// The one JSON object that stands on standard output.
    func object() throws -> [String: Any] {
        #expect(output.hasSuffix("}\n") && !output.dropLast().contains("\n"), "\(output) \(errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
}

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

/// Runs the built binary as other programs would. With `asOrdinaryUser` the modes of files count, also for root.
func berth(
    _ arguments: String..., url: String, more: [String: String] = [:], asOrdinaryUser: Bool = false
) async throws -> Ended {
    let binary = try #require(
        ProcessInfo.processInfo.environment["BERTH_TEST_BINARY"], "script/test sets BERTH_TEST_BINARY.")
    var command = [binary] + arguments
    if asOrdinaryUser, getuid() == 0 {
        command = ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"] + command
    }
    let process = Process()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.environment = ["BERTH_DATABASE_URL": url].merging(more) { $1 }
    process.currentDirectoryURL = URL(filePath: root)
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    // Answers fit the pipes' buffers, so reading after the end is enough.
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        process.terminationHandler = { _ in continuation.resume() }
        do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    func text(_ pipe: Pipe) -> String {
        String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    return Ended(status: process.terminationStatus, output: text(output), errors: text(errors))
}
