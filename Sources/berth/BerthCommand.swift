import ArgumentParser

/// `berth`: the server, its database, its catalogue, and what operators do at the machine itself.
@main
struct BerthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "berth",
        abstract: "A control plane for selling container hosting.",
        discussion: """
            Settings are environment variables; see settings.example.env and `berth config`.

            EXAMPLES
              berth migrate
              berth admin user create --email ops@example.org --first-name Ada --last-name Ops --admin
              berth catalogue load catalogue
              berth serve --listen 127.0.0.1:8080

            EXIT STATUS
              0 done   64 wrong usage   65 bad data   69 something we need does not answer
              70 our mistake   77 not permitted
            """,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, ConfigCommand.self, CatalogueCommand.self, AdminCommand.self,
            OperationCommand.self, OpenAPICommand.self,
        ]
    )

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.end(with: error)
        }
    }
}
