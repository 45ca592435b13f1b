import ArgumentParser
import Basics
import Server

/// `berth serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the server.",
        discussion: """
            One process can be everything; with PostgreSQL, several can share the work.

            EXAMPLES
              berth serve
              berth serve --roles api,panel --listen 0.0.0.0:8080
              berth serve --roles worker
            """)

    @Option(help: ArgumentHelp("What this process does: a list of api, panel and worker.", valueName: "roles"))
    var roles: String?

    @Option(help: ArgumentHelp("Where the HTTP API listens.", valueName: "address:port"))
    var listen: String?

    func run() async throws {
        let settings = try Session.settings(SettingsFlags(listen: listen, roles: roles))
        try await Serving.run(settings)
    }
}
