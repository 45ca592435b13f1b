import ArgumentParser
import Basics
import Identity
import SQL

/// `berth admin key …`
struct AdminKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "API keys of accounts.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an API key, which is shown once. The account's earlier keys stop working.",
            discussion: """
                EXAMPLES
                  berth admin key create --user ada@example.org
                  berth admin key create --user ada@example.org --json      {"username":"…","password":"…"}
                """)

        @Option(help: "The account's e-mail address.") var user: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let email = user
            let pair = try await Session.open { session in
                let now = SystemWallClock().now()
                return try await session.database.transaction { transaction in
                    guard let account = try Accounts.find(email: email, on: transaction) else {
                        throw Fault(
                            .invalid,
                            "There is no account with the e-mail address \(email). "
                                + "List them: berth admin user list.")
                    }
                    return try APIKeys.create(forUser: account.id, by: .shell, at: now, in: transaction)
                }
            }
            guard output.json else {
                return Output.line("User name: \(pair.username)\nPassword:  \(pair.password.reveal())")
            }
            Output.json { json in
                json.key("username")
                json.value(pair.username)
                json.key("password")
                json.value(pair.password.reveal())
            }
        }
    }
}
