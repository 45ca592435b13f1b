import ArgumentParser
import Basics
import Catalogue
import SQL

/// `berth catalogue …`
struct CatalogueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalogue",
        abstract: "What is sold, as YAML files.",
        discussion: """
            docs/catalogue.md describes the files; the folder catalogue/ has examples.

            EXAMPLES
              berth catalogue check catalogue
              berth catalogue load catalogue
              berth catalogue export > catalogue.yaml
            """,
        subcommands: [Load.self, Check.self, Export.self])

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring the database to what the files say, all of it or nothing.",
            discussion: """
                Packages and images are known by name. What is not in the files stays as it is. Loading the same files
                again changes nothing.

                EXAMPLES
                  berth catalogue load catalogue
                  berth catalogue load my-image.yaml --json
                """)

        @Argument(help: "A YAML file, or a folder of them.") var path: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (document, problems) = try CatalogueFiles.parse(path)
            guard problems.isEmpty else { throw Fault(.invalid, problems.map(\.description)) }
            let report = try await Session.open { session in
                try await CatalogueLoader(database: session.database).load(document, by: .shell)
            }
            for note in report.notes { Output.complain(note) }
            guard output.json else {
                return Output.line(
                    report.changedNothing
                        ? "Nothing changed."
                        : """
                        Packages: \(report.packagesCreated) created, \(report.packagesChanged) changed. \
                        Images: \(report.imagesCreated) created, \(report.imagesChanged) changed.
                        """)
            }
            Output.json { json in
                json.key("packages_created")
                json.value(report.packagesCreated)
                json.key("packages_changed")
                json.value(report.packagesChanged)
                json.key("images_created")
                json.value(report.imagesCreated)
                json.key("images_changed")
                json.value(report.imagesChanged)
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say everything that is wrong with the files, without a database.",
            discussion: """
                Ends with status 65 when something is wrong. Images that are required but not in the files are warned
                of: they may be in the database.

                EXAMPLES
                  berth catalogue check catalogue
                """)

        @Argument(help: "A YAML file, or a folder of them.") var path: String
        @OptionGroup var output: OutputOptions

        func run() throws {
            let (document, problems) = try CatalogueFiles.parse(path)
            let result = CatalogueCheck.check(document, isComplete: false)
            for warning in result.warnings { Output.complain("warning: \(warning)") }
            let all = problems + result.problems
            guard all.isEmpty else { throw Fault(.invalid, all.map(\.description)) }
            guard output.json else {
                return Output.line(
                    "\(document.packages.count) packages and \(document.images.count) images are in order.")
            }
            Output.json { json in
                json.key("packages")
                json.value(document.packages.count)
                json.key("images")
                json.value(document.images.count)
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the catalogue of the database to standard output.",
            discussion: """
                Customers' own images and the credentials of registries are left out. Loading the result again changes
                nothing.

                EXAMPLES
                  berth catalogue export > catalogue.yaml
                """)

        func run() async throws {
            let text = try await Session.open { session in
                try await session.database.read { CatalogueWriter.text(try StoredCatalogue.read(on: $0)) }
            }
            Output.text(text)
        }
    }
}
