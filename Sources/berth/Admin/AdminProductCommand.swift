import ArgumentParser
import Basics
import Catalogue
import SQL

/// `berth admin product …`
struct AdminProductCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "product", abstract: "Packages: amounts of resources with a price.",
        subcommands: [Create.self, List.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a package in the default plan.",
            discussion: """
                EXAMPLES
                  berth admin product create --name small --cpu 0.5 --memory 512 --storage 10 --bandwidth 100 \\
                      --price-hour 0.01 --json      {"id":1}
                """)

        @Option(help: "Must be new.") var name: String
        @Option(help: "Cores, with up to three decimals.") var cpu: Cores
        @Option(help: "MB.") var memory: Int64
        @Option(help: "GB.") var storage: Int64
        @Option(help: "GB per month.") var bandwidth: Int64
        @Option(help: "In the plan's currency, with up to nine decimals.") var priceHour: Price
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let product = Product(
                name: name, label: name, cpuMilli: cpu.milli, memoryMB: memory, storageGB: storage,
                bandwidthGB: bandwidth)
            let id = try await Session.open { session in
                try await Products(database: session.database)
                    .create(product, priceHour: priceHour.money, by: .shell)
            }
            guard output.json else { return Output.line("Created package \(id).") }
            Output.json { json in
                json.key("id")
                json.value(id)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all packages.",
            discussion: """
                EXAMPLES
                  berth admin product list
                """)

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let products = try await Session.open { session in
                try await session.database.read { try ProductQueries.all(on: $0) }
            }
            guard output.json else {
                return Output.table(
                    ["ID", "NAME", "CPU", "MEMORY MB", "STORAGE GB", "BANDWIDTH GB", "ACTIVE"],
                    products.map {
                        [
                            String($0.id), $0.name, Decimal9.text($0.cpuMilli * 1_000_000), String($0.memoryMB),
                            String($0.storageGB), String($0.bandwidthGB), $0.active ? "yes" : "no",
                        ]
                    })
            }
            Output.json { json in
                json.key("products")
                json.array { json in
                    for product in products { write(product, to: &json) }
                }
            }
        }

        private func write(_ product: Product, to json: inout JSONWriter) {
            json.object { json in
                json.key("id")
                json.value(product.id)
                json.key("name")
                json.value(product.name)
                json.key("cpu")
                json.value(Decimal9.text(product.cpuMilli * 1_000_000))
                json.key("memory")
                json.value(product.memoryMB)
                json.key("storage")
                json.value(product.storageGB)
                json.key("bandwidth")
                json.value(product.bandwidthGB)
                json.key("active")
                json.value(product.active)
            }
        }
    }

    /// A number of cores on the command line.
    struct Cores: ExpressibleByArgument {
        let milli: Int64

        init?(argument: String) {
            guard let nano = Decimal9.parse(argument), nano.isMultiple(of: 1_000_000) else { return nil }
            milli = nano / 1_000_000
        }
    }

    /// A price on the command line.
    struct Price: ExpressibleByArgument {
        let money: Money

        init?(argument: String) {
            guard let money = Money(decimal: argument) else { return nil }
            self.money = money
        }
    }
}
