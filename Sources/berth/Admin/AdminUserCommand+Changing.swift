import ArgumentParser
import Basics
import Identity
import SQL
import Server

/// Which account a command is about.
struct AccountOption: ParsableArguments {
    @Option(name: [.customLong("user"), .customLong("email")], help: "The account's e-mail address.")
    var user: String
}

extension AdminUserCommand {
    /// The account with this address. Throws `.invalid` with what to do when there is none.
    static func account(_ email: String, on connection: any Connection) throws -> Account {
        guard let account = try Accounts.find(email: email, on: connection) else {
            throw Fault(
                .invalid,
                "There is no account with the e-mail address \(email). List them: berth admin user list.")
        }
        return account
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one account.",
            discussion: """
                EXAMPLES
                  berth admin user show --user ada@example.org --json
                """)

        @OptionGroup var account: AccountOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let email = account.user
            let found = try await Session.open { session in
                try await session.database.read { connection in
                    let id = try AdminUserCommand.account(email, on: connection).id
                    return try Accounts.list(on: connection).first { $0.id == id }
                }
            }
            guard let found else { return }
            guard output.json else {
                Output.line("Account \(found.id), \(found.email)")
                Output.line("Name:  \(found.firstName) \(found.lastName)")
                Output.line("Group: \(found.group)")
                Output.line("Role:  \(found.isAdmin ? "admin" : "customer")")
                return Output.line("State: \(found.active ? "active" : "suspended")")
            }
            Output.json { AdminUserCommand.write(found, to: &$0) }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Suspend an account: its keys and tokens stop working at once, its containers go on.",
            discussion: """
                EXAMPLES
                  berth admin user suspend --user ada@example.org
                """)

        @OptionGroup var account: AccountOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await AdminUserCommand.change(account, output, "Suspended") { id, now, tx in
                try Accounts.setActive(false, id: id, by: .shell, at: now, in: tx)
            }
        }
    }

    struct Unsuspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a suspended account in again, with the keys it had.",
            discussion: """
                EXAMPLES
                  berth admin user unsuspend --user ada@example.org
                """)

        @OptionGroup var account: AccountOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await AdminUserCommand.change(account, output, "Unsuspended") { id, now, tx in
                try Accounts.setActive(true, id: id, by: .shell, at: now, in: tx)
            }
        }
    }

    struct MakeAdmin: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "make-admin", abstract: "Give an account the rights of the provider's staff.",
            discussion: """
                EXAMPLES
                  berth admin user make-admin --user ops@example.org
                """)

        @OptionGroup var account: AccountOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await AdminUserCommand.change(account, output, "Now an administrator:") { id, now, tx in
                try Accounts.makeAdmin(id: id, by: .shell, at: now, in: tx)
            }
        }
    }

    struct ResetSecondFactor: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-second-factor",
            abstract: "Take the second factor away from somebody who has lost it, and end the sessions.",
            discussion: """
                Make sure who asks: from now on the password alone is enough. The owner is told by mail.

                EXAMPLES
                  berth admin user reset-second-factor --user ada@example.org
                """)

        @OptionGroup var account: AccountOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let settings = try Session.settings()
            let mail = MailQueue(vault: try OpenVault.open(settings), publicURL: settings.publicURL)
            try await AdminUserCommand.change(account, output, "No second factor any more:") { id, now, tx in
                try SecondFactor.reset(id: id, by: .shell, mail: mail, at: now, in: tx)
            }
        }
    }

    struct ResetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password", abstract: "Give an account a generated password, which is shown once.",
            discussion: """
                EXAMPLES
                  berth admin user reset-password --user ada@example.org --json      {"id":1,"password":"…"}
                """)

        @OptionGroup var account: AccountOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let email = account.user
            let password = Secret(Random.password())
            let hash = try Passwords.hash(password)
            let id = try await Session.open { session in
                let now = SystemWallClock().now()
                return try await session.database.transaction { tx in
                    let id = try AdminUserCommand.account(email, on: tx).id
                    try Accounts.resetPassword(hash, id: id, by: .shell, at: now, in: tx)
                    return id
                }
            }
            guard output.json else { return Output.line("The password of \(email) is now \(password.reveal())") }
            Output.json { json in
                json.key("id")
                json.value(id)
                json.key("password")
                json.value(password.reveal())
            }
        }
    }

    /// Changes an account in one transaction and says so.
    private static func change(
        _ account: AccountOption, _ output: OutputOptions, _ done: String,
        _ body: @escaping @Sendable (Int64, Moment, any Transaction) throws -> Void
    ) async throws {
        let email = account.user
        let id = try await Session.open { session in
            let now = SystemWallClock().now()
            return try await session.database.transaction { tx in
                let id = try AdminUserCommand.account(email, on: tx).id
                try body(id, now, tx)
                return id
            }
        }
        guard output.json else { return Output.line("\(done) \(email).") }
        Output.json { json in
            json.key("id")
            json.value(id)
        }
    }

    /// The members of one account.
    static func write(_ account: Accounts.Listed, to json: inout JSONWriter) {
        json.key("id")
        json.value(account.id)
        json.key("email")
        json.value(account.email)
        json.key("first_name")
        json.value(account.firstName)
        json.key("last_name")
        json.value(account.lastName)
        json.key("group")
        json.value(account.group)
        json.key("admin")
        json.value(account.isAdmin)
        json.key("active")
        json.value(account.active)
    }
}
