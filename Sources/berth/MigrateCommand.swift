import ArgumentParser
import Basics
import SQL

/// `berth migrate`
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database to the schema of this version.",
        discussion: """
            Running it again changes nothing. A database of a newer version is refused.

            EXAMPLES
              berth migrate
              BERTH_DATABASE_URL=postgres://berth@db.example/berth berth migrate --json
            """)

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let applied = try await Session.openUnmigrated { try await Migrator.migrate($0.database) }
        if output.json {
            Output.json { json in
                json.key("applied")
                json.array { json in
                    for number in applied { json.value(number) }
                }
            }
        } else if applied.isEmpty {
            Output.line("The database is up to date.")
        } else {
            Output.line("Applied schema steps: \(applied.map(String.init).joined(separator: ", ")).")
        }
    }
}
