import ArgumentParser
import Basics
import Contract

/// `berth openapi`
struct OpenAPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: "Print the OpenAPI document of the HTTP API.",
        discussion: """
            EXAMPLES
              berth openapi > docs/openapi.json
            """)

    func run() throws {
        throw Fault(.unavailable, "This version cannot print its OpenAPI document yet.")
    }
}
