import ArgumentParser
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

    func run() {
        Output.text(OpenAPI.document())
    }
}
