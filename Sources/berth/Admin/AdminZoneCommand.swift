import ArgumentParser
import Basics
import Fleet
import SQL

/// `berth admin zone …`
struct AdminZoneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zone", abstract: "Zones: container engines with their ingress.",
        subcommands: [Create.self, List.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a zone.",
            discussion: """
                The engine need not answer yet: a running server finds it when it comes up.

                EXAMPLES
                  berth admin zone create --location 1 --name vie-1 --docker unix:///run/docker.sock \\
                      --ingress-http 80 --apps-domain apps.example.org --public-ip 203.0.113.7
                  berth admin zone create --location 1 --name vie-2 --docker tcp://10.0.0.2:2376 \\
                      --tls-dir /etc/berth/vie-2 --ingress-http 80 --ingress-https 443 \\
                      --apps-domain vie-2.example.org --json      {"id":2}
                """)

        @Option(help: "The id of its location.") var location: Int64
        @Option(help: "2 to 50 characters; new in its location.") var name: String
        @Option(help: "The engine: unix:///path or tcp://host:port.") var docker: String
        @Option(help: "For tcp://, a folder with ca.pem, cert.pem and key.pem.") var tlsDir: String?
        @Option(help: "The port where the ingress listens for HTTP.") var ingressHttp: Int
        @Option(help: "The port where the ingress listens for HTTPS.") var ingressHttps: Int?
        @Option(help: "Services get names under this domain.") var appsDomain: String
        @Option(help: "The IPv4 address where the ingress is reached from outside.") var publicIp: String?
        @Option(help: "Private addresses for projects' networks; zones on one machine need different pools.")
        var networkPool = ZoneNetworks.defaultPool
        @Option(help: "How large one project's network is.") var networkPrefix = ZoneNetworks.defaultPrefix
        @Option(help: "Most containers the zone may hold.") var fillTo: Int64 = 500
        @Flag(inversion: .prefixedNo, help: "Whether packages may add up to more than the engine has.")
        var overcommit = true
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let draft = ZoneDraft(
                locationID: location, name: name, docker: docker, tlsDirectory: tlsDir, ingressHTTPPort: ingressHttp,
                ingressHTTPSPort: ingressHttps, appsDomain: appsDomain, publicIP: publicIp, networkPool: networkPool,
                networkPrefix: networkPrefix, fillTo: fillTo, overcommit: overcommit)
            let id = try await Session.open { session in
                try await Zones(database: session.database).create(draft, by: .shell)
            }
            if docker.hasPrefix("tcp://"), tlsDir == nil {
                Output.complain("The engine is reached without TLS: whoever can reach it owns the machine.")
            }
            guard output.json else { return Output.line("Created zone \(id).") }
            Output.json { json in
                json.key("id")
                json.value(id)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all zones.",
            discussion: """
                EXAMPLES
                  berth admin zone list
                """)

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let zones = try await Session.open { session in
                try await session.database.read { try ZoneQueries.all(on: $0) }
            }
            guard output.json else {
                return Output.table(
                    ["ID", "LOCATION", "NAME", "DOCKER", "APPS DOMAIN", "STATE"],
                    zones.map {
                        [
                            String($0.id), String($0.locationID), $0.name, $0.endpoint.address, $0.appsDomain,
                            $0.state.rawValue,
                        ]
                    })
            }
            Output.json { json in
                json.key("zones")
                json.array { json in
                    for zone in zones { write(zone, to: &json) }
                }
            }
        }

        private func write(_ zone: Zone, to json: inout JSONWriter) {
            json.object { json in
                json.key("id")
                json.value(zone.id)
                json.key("location_id")
                json.value(zone.locationID)
                json.key("name")
                json.value(zone.name)
                json.key("active")
                json.value(zone.active)
                json.key("docker")
                json.value(zone.endpoint.address)
                json.key("ingress_http")
                json.value(zone.ingressHTTPPort)
                json.key("ingress_https")
                json.value(zone.ingressHTTPSPort.map(Int64.init))
                json.key("apps_domain")
                json.value(zone.appsDomain)
                json.key("public_ip")
                json.value(zone.publicIP)
                json.key("state")
                json.value(zone.state.rawValue)
            }
        }
    }
}
