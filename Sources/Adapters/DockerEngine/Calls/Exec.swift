// Members are named as on the wire of the Engine API.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Basics
package import Fleet
import NIOCore
import NIOHTTP1

extension DockerEngine {
    package func execute(in container: String, argv: [String], input: [UInt8]) async throws -> ExecutionResult {
        try await execute(in: container, argv: argv, input: input, seconds: DockerLimits.executeSeconds)
    }

    /// Runs `argv` for at most `seconds`. A command that takes longer is left alone in the container: the engine has
    /// no way to end it.
    package func execute(
        in container: String, argv: [String], input: [UInt8], seconds: Int64
    ) async throws -> ExecutionResult {
        try await asking {
            try DockerNames.check(container, "container")
            guard !argv.isEmpty else { throw Fault(.invalid, "There is no command to run.") }
            var create = Call(.POST, "containers", container, "exec")
            create.body = try .encoding(ExecBody(Cmd: argv, AttachStdin: !input.isEmpty))
            create.accept = [201]
            create.repeatable = false
            let id = try await transport.send(create, as: ExecCreated.self).Id

            var start = Call(.POST, "exec", id, "start")
            start.body = try .encoding(["Detach": false, "Tty": false])
            start.seconds = seconds
            let output = try await transport.exchange(start) { version in
                try await within(seconds) { [start] in
                    try await Hijack(transport: transport, call: start, version: version).run(input: input)
                }
            }
            let state = try await transport.send(Call(.GET, "exec", id, "json"), as: ExecAnswer.self)
            guard let code = state.ExitCode, state.Running != true else {
                throw transport.error(.lost, "the command still runs but its output ended", start.title)
            }
            return ExecutionResult(exitCode: code, output: output.output, errorOutput: output.errorOutput)
        }
    }
}

private struct ExecBody: Encodable {
    let Cmd: [String]
    let AttachStdin: Bool
    let AttachStdout = true
    let AttachStderr = true
    let Tty = false

    private enum CodingKeys: String, CodingKey { case Cmd, AttachStdin, AttachStdout, AttachStderr, Tty }
}

private struct ExecCreated: Decodable { let Id: String }

private struct ExecAnswer: Decodable {
    let Running: Bool?
    let ExitCode: Int?
}
