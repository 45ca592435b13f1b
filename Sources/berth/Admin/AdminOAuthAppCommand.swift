import ArgumentParser
import Basics
import Identity
import OAuth
import SQL

/// `berth admin oauth-app …`
struct AdminOAuthAppCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oauth-app", abstract: "OAuth applications: programs that may ask customers for access.",
        subcommands: [Create.self, List.self, RotateSecret.self, Delete.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register an application. Its secret is shown once.",
            discussion: """
                EXAMPLES
                  berth admin oauth-app create --name Billing --scopes "public register" --json
                      {"id":1,"uid":"…","secret":"…"}
                  berth admin oauth-app create --name Shop --redirect-uri https://shop.example/callback \\
                      --scopes "profile_read project_read"
                  berth admin oauth-app create --name Desktop --redirect-uri http://127.0.0.1/ \\
                      --scopes project_read --public
                  berth admin oauth-app create --name Console --scopes "project_read project_write" --public --device
                """)

        @Option(help: "What users read when they are asked for access.") var name: String
        @Option(name: .customLong("redirect-uri"), help: "Where codes may be sent. Repeat for more.")
        var redirectURIs: [String] = []
        @Option(help: "What it may ask for at most, separated by spaces.") var scopes: String
        @Flag(name: .customLong("public"), help: "It runs on other people's devices and keeps no secret.")
        var isPublic = false
        @Flag(help: "It may ask from devices without a browser (RFC 8628), such as a command line elsewhere.")
        var device = false
        @Option(help: "The e-mail address of the account it belongs to; nobody's otherwise.") var owner: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let draft = ApplicationDraft(
                name: name, redirectURIs: redirectURIs, scopes: try ScopeSet(parsing: scopes),
                isConfidential: !isPublic, usesDevices: device)
            let owner = owner
            let made = try await Session.open { session in
                let now = SystemWallClock().now()
                return try await session.database.transaction { tx in
                    var draft = draft
                    draft.ownerID = try owner.map { try AdminUserCommand.account($0, on: tx).id }
                    return try Applications.create(draft, by: .shell, at: now, in: tx)
                }
            }
            AdminOAuthAppCommand.show(made, output)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all applications.",
            discussion: """
                EXAMPLES
                  berth admin oauth-app list
                """)

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let found = try await Session.open { session in
                try await session.database.read { try Applications.list(on: $0) }
            }
            guard output.json else {
                return Output.table(
                    ["ID", "UID", "NAME", "KIND", "SCOPES"],
                    found.map {
                        [
                            String($0.id), $0.uid, $0.name, $0.isConfidential ? "confidential" : "public",
                            $0.scopes.text,
                        ]
                    })
            }
            Output.json { json in
                json.key("applications")
                json.array { json in for one in found { write(one, to: &json) } }
            }
        }

        private func write(_ application: OAuthApplication, to json: inout JSONWriter) {
            json.object { json in
                json.key("id")
                json.value(application.id)
                json.key("uid")
                json.value(application.uid)
                json.key("name")
                json.value(application.name)
                json.key("confidential")
                json.value(application.isConfidential)
                json.key("device")
                json.value(application.usesDevices)
                json.key("scopes")
                json.value(application.scopes.text)
                json.key("redirect_uris")
                json.array { json in for uri in application.redirectURIs { json.value(uri) } }
            }
        }
    }

    struct RotateSecret: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-secret",
            abstract: "Give an application another secret. The earlier one stops working; its tokens do not.",
            discussion: """
                EXAMPLES
                  berth admin oauth-app rotate-secret --uid 5mC0…  --json      {"id":1,"uid":"…","secret":"…"}
                """)

        @Option(help: "The application's uid (client_id).") var uid: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let uid = uid
            let made = try await Session.open { session in
                let now = SystemWallClock().now()
                return try await session.database.transaction {
                    try Applications.rotateSecret(uid: uid, by: .shell, at: now, in: $0)
                }
            }
            AdminOAuthAppCommand.show(made, output)
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove an application. Everything it was given stops working at once.",
            discussion: """
                EXAMPLES
                  berth admin oauth-app delete --uid 5mC0…
                """)

        @Option(help: "The application's uid (client_id).") var uid: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let uid = uid
            try await Session.open { session in
                let now = SystemWallClock().now()
                try await session.database.transaction {
                    try Applications.delete(uid: uid, by: .shell, at: now, in: $0)
                }
            }
            output.json ? Output.json { _ in } : Output.line("Deleted the application \(uid).")
        }
    }

    private static func show(_ made: Applications.Registered, _ output: OutputOptions) {
        guard output.json else {
            Output.line("Application \(made.application.id), \(made.application.name)")
            Output.line("Client id:     \(made.application.uid)")
            if let secret = made.secret { Output.line("Client secret: \(secret.reveal())") }
            return
        }
        Output.json { json in
            json.key("id")
            json.value(made.application.id)
            json.key("uid")
            json.value(made.application.uid)
            if let secret = made.secret {
                json.key("secret")
                json.value(secret.reveal())
            }
        }
    }
}
