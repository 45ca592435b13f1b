import ArgumentParser
import Basics
import Identity
import SQL

/// `berth admin key …`
struct AdminKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "API keys of accounts.", subcommands: [Create.self, List.self, Revoke.self])

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
                    let account = try AdminUserCommand.account(email, on: transaction)
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

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the API keys of an account, without their secrets.",
            discussion: """
                EXAMPLES
                  berth admin key list --user ada@example.org
                """)

        @Option(help: "The account's e-mail address.") var user: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let email = user
            let keys = try await Session.open { session in
                try await session.database.read { connection in
                    let account = try AdminUserCommand.account(email, on: connection)
                    return try APIKeys.list(ofUser: account.id, by: .shell, on: connection)
                }
            }
            guard output.json else {
                return Output.table(
                    ["ID", "USER NAME", "NAME", "CREATED", "STATE"],
                    keys.map {
                        [
                            String($0.id), $0.username, $0.name ?? "-", $0.createdAt.rfc3339,
                            $0.revokedAt.map { "revoked \($0.rfc3339)" } ?? "valid",
                        ]
                    })
            }
            Output.json { json in
                json.key("keys")
                json.array { json in for key in keys { write(key, to: &json) } }
            }
        }

        private func write(_ key: APIKeys.Listed, to json: inout JSONWriter) {
            json.object { json in
                json.key("id")
                json.value(key.id)
                json.key("username")
                json.value(key.username)
                json.key("name")
                json.value(key.name)
                json.key("created_at")
                json.value(key.createdAt.rfc3339)
                json.key("revoked_at")
                json.value(key.revokedAt?.rfc3339)
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End an API key, and the tokens that were obtained with it.",
            discussion: """
                EXAMPLES
                  berth admin key revoke --username 3kR0…
                """)

        @Option(help: "The user name of the pair.") var username: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let username = username
            try await Session.open { session in
                let now = SystemWallClock().now()
                try await session.database.transaction {
                    try APIKeys.revoke(username: username, by: .shell, at: now, in: $0)
                }
            }
            output.json ? Output.json { _ in } : Output.line("Revoked the API key \(username).")
        }
    }
}
