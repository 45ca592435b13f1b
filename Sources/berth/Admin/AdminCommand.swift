import ArgumentParser

/// `berth admin …`: what the operator does at the machine itself, without the HTTP API.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin",
        abstract: "Accounts, keys, OAuth applications, locations, zones, packages and mail.",
        discussion: """
            These commands work on the database directly, whether or not a server runs.

            EXAMPLES
              berth admin location create --name Vienna
              berth admin zone list --json
            """,
        subcommands: [
            AdminUserCommand.self, AdminKeyCommand.self, AdminOAuthAppCommand.self, AdminLocationCommand.self,
            AdminZoneCommand.self, AdminProductCommand.self, AdminMailCommand.self,
        ])
}
