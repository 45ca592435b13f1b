import Foundation

/// Runs programs the way an operator would.
enum Command {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Output {
        let status: Int32
        let text: String
        let errors: String
    }

    /// A test's required environment; a missing one is a failure of the test, not a reason to skip.
    static func required(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw Failure(description: "\(name) is not set: run the tests through script/test")
        }
        return value
    }

    /// Runs to the end.
    @discardableResult
    static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], folder: URL? = nil,
        mustSucceed: Bool = true
    ) throws -> Output {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        if let folder { process.currentDirectoryURL = folder }
        let scratch = FileManager.default.temporaryDirectory.appending(path: "berth-cmd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let (out, err) = (scratch.appending(path: "out"), scratch.appending(path: "err"))
        _ = FileManager.default.createFile(atPath: out.path, contents: nil)
        _ = FileManager.default.createFile(atPath: err.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let output = Output(
            status: process.terminationStatus, text: (try? String(contentsOf: out, encoding: .utf8)) ?? "",
            errors: (try? String(contentsOf: err, encoding: .utf8)) ?? "")
        if mustSucceed, output.status != 0 {
            throw Failure(description: "\(path) \(arguments) ended with \(output.status): \(output.errors)")
        }
        return output
    }

    /// The Docker command line: a witness that shares no code with Berth.
    @discardableResult
    static func docker(_ arguments: String..., mustSucceed: Bool = true) throws -> String {
        let engine = try required("BERTH_TEST_DOCKER")
        return try run("/usr/bin/docker", ["-H", engine] + arguments, mustSucceed: mustSucceed).text
    }
}
