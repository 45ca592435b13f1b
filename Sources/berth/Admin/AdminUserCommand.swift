import ArgumentParser
import Basics
import Identity
import SQL

/// `berth admin user …`
struct AdminUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Accounts of customers and staff.",
        subcommands: [
            Create.self, List.self, Show.self, Suspend.self, Unsuspend.self, ResetPassword.self, ResetSecondFactor.self,
            MakeAdmin.self,
        ])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an account with a generated password, which is shown once.",
            discussion: """
                EXAMPLES
                  berth admin user create --email ada@example.org --first-name Ada --last-name Lovelace
                  berth admin user create --email ops@example.org --first-name O --last-name P --admin --json
                      {"id":2,"email":"ops@example.org","password":"…"}
                """)

        @Option(help: "The address; must be new.") var email: String
        @Option var firstName: String
        @Option var lastName: String
        @Flag(help: "Give it the rights of the provider's staff.") var admin = false
        @Option(help: "The name of its user group; the default group otherwise.") var group: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let new = NewAccount(
                email: email, firstName: firstName, lastName: lastName, isAdmin: admin, group: group)
            let (account, password) = try await Session.open { session in
                let password = Secret(Random.password())
                let hash = try Passwords.hash(password)
                let now = SystemWallClock().now()
                let account = try await session.database.transaction { transaction in
                    let account = try Accounts.create(new, by: .shell, at: now, in: transaction)
                    try Passwords.store(hash, forUser: account.id, at: now, in: transaction)
                    return account
                }
                return (account, password)
            }
            guard output.json else {
                return Output.line("Created account \(account.id), \(account.email). Password: \(password.reveal())")
            }
            Output.json { json in
                json.key("id")
                json.value(account.id)
                json.key("email")
                json.value(account.email)
                json.key("password")
                json.value(password.reveal())
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all accounts.",
            discussion: """
                EXAMPLES
                  berth admin user list
                """)

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let accounts = try await Session.open { session in
                try await session.database.read { try Accounts.list(on: $0) }
            }
            guard output.json else {
                return Output.table(
                    ["ID", "E-MAIL", "NAME", "GROUP", "ROLE", "STATE"],
                    accounts.map {
                        [
                            String($0.id), $0.email, "\($0.firstName) \($0.lastName)", $0.group,
                            $0.isAdmin ? "admin" : "customer", $0.active ? "active" : "suspended",
                        ]
                    })
            }
            Output.json { json in
                json.key("users")
                json.array { json in
                    for account in accounts { json.object { AdminUserCommand.write(account, to: &$0) } }
                }
            }
        }
    }
}
