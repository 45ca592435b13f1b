import ArgumentParser
import Basics
import Fleet
import SQL

/// `berth admin location …`
struct AdminLocationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "location", abstract: "Locations: what customers choose from.",
        subcommands: [Create.self, List.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a location.",
            discussion: """
                EXAMPLES
                  berth admin location create --name Vienna
                  berth admin location create --name Graz --json      {"id":2}
                """)

        @Option(help: "2 to 50 characters; must be new.") var name: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let id = try await Session.open { session in
                try await Locations(database: session.database).create(name: name, by: .shell)
            }
            guard output.json else { return Output.line("Created location \(id).") }
            Output.json { json in
                json.key("id")
                json.value(id)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all locations.",
            discussion: """
                EXAMPLES
                  berth admin location list
                """)

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let locations = try await Session.open { session in
                try await session.database.read { try LocationQueries.list(nil, on: $0) }
            }
            guard output.json else {
                return Output.table(
                    ["ID", "NAME", "ACTIVE"],
                    locations.map { [String($0.id), $0.name, $0.active ? "yes" : "no"] })
            }
            Output.json { json in
                json.key("locations")
                json.array { json in
                    for location in locations {
                        json.object { json in
                            json.key("id")
                            json.value(location.id)
                            json.key("name")
                            json.value(location.name)
                            json.key("active")
                            json.value(location.active)
                        }
                    }
                }
            }
        }
    }
}
