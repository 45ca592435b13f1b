import Basics
import Catalogue
import Fleet
import Identity
import SQL
import TestKit
import Testing
import Workloads

@Suite struct BlueprintTests {
    private let installation = Installation(code: "abc", apiEndpoint: "https://berth.test/api")

    @Test(arguments: TestDialect.allCases)
    func theSpecOfAnOrderedContainerIsCompleteAndStable(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            let vault = Vault.ephemeral()
            let secrets = OrderSecrets(password: { "s3cret" }, privateKey: { "" })
            let receipt = try await Orders(database: database, vault: vault, secrets: secrets)
                .place(try shop.order(shop.webAndDatabaseLines), by: shop.customer)
            let project = try #require(receipt.projectID)
            let snapshot = try await database.read {
                try WorkloadSnapshot.load(projects: [project], in: $0, vault: vault)
            }
            let web = try #require(snapshot.services.values.first { $0.facts.role == "web" })
            let data = try #require(snapshot.services.values.first { $0.facts.role == "db" })
            let (w, d) = (web.facts.id, data.facts.id)
            let container = try #require(snapshot.containers(of: w).first)
            let blueprint = try ContainerBlueprint(
                container: container.id, generation: 1, in: snapshot, installation: installation)
            let domain = try #require(web.facts.defaultDomain)
            #expect(
                blueprint.spec
                    == ContainerSpec(
                        name: "berth-abc-container-\(container.id)-1", hostname: "my-shop-\(w)-1",
                        image: "berth/web:latest",
                        environment: [
                            "DB_HOST": "database-\(d):3306", "DB_PASSWORD": "s3cret", "DB_NAME": "database\(d)_app",
                            "SITE": "http://\(domain)",
                        ],
                        labels: [
                            "berth.installation": "abc", "berth.zone": "\(shop.zoneID)", "berth.project": "\(project)",
                            "berth.service": "\(w)", "berth.container": "\(container.id)", "berth.generation": "1",
                        ],
                        network: .named(
                            "berth-abc-project-\(project)", address: container.instances[0].address,
                            aliases: ["my-shop-\(w)", "my-shop-\(w)-1"]),
                        limits: ResourceLimits(cpuMilli: 1000, memoryMB: 512), engineRestartsMax: 3))
            #expect(blueprint.network.cidr == "10.64.0.0/27")
            #expect(blueprint.network.gateway == "10.64.0.1")
            let stored = try #require(snapshot.containers(of: d).first)
            let spec = try ContainerBlueprint.spec(
                container: stored.id, generation: 1, in: snapshot, installation: installation)
            #expect(spec.mounts.map(\.path) == ["/var/lib/data"])
            #expect(spec.mounts[0].volume == "berth-abc-volume-\(data.mounts[0].volumeID)")
        }
    }

    @Test(arguments: [
        ("run --fast", ["run", "--fast"]), ("a 'b c' \"d \\\"e\\\"\" f\\ g ''", ["a", "b c", "d \"e\"", "f g", ""]),
        ("/bin/sh -c echo hi && sleep 1", ["/bin/sh", "-c", "echo hi && sleep 1"]),
        ("/bin/bash -c 'echo \"hi\"'", ["/bin/bash", "-c", "echo \"hi\""]),
        ("/bin/sh  -c  \"a\" && \"b\"", ["/bin/sh", "-c", "\"a\" && \"b\""]), ("", []),
    ])
    func commandsAreSplitAsAShellWould(_ command: String, _ words: [String]) throws {
        #expect(try ShellWords.arguments(command) == words)
    }

    @Test(arguments: ["a 'b", "a \"b", "a \\"])
    func unfinishedCommandsAreRefused(_ command: String) {
        #expect(throws: ShellWords.Problem.self) { try ShellWords.arguments(command) }
    }

    private func facts(_ id: Int64, _ role: String, _ environment: [(String, Bool, String)]) -> ServiceFacts {
        ServiceFacts(
            id: id, projectID: 7, name: "svc_\(id)-x", role: role, settings: ["user": Secret("bob")],
            environment: environment.map { ServiceFacts.Entry(name: $0.0, isVariable: $0.1, value: $0.2) },
            firstPort: 80, defaultDomain: "d\(id).test", containerName: "svc_\(id)-x-1", address: "10.0.0.\(id)")
    }

    @Test func everyVariableResolves() {
        var web = facts(
            1, "web",
            [
                ("A", true, "region.endpoint.api"), ("B", true, "build.settings.user"), ("C", true, "build.self.name"),
                ("D", true, "build.self.name_short"), ("E", true, "build.self.service_name"),
                ("F", true, "build.self.service_name_short"), ("G", true, "build.self.local_dns"),
                ("H", true, "build.self.ip_with_port"), ("I", true, "build.self.project_id"),
                ("J", true, "build.self.default_domain_with_proto"), ("K", true, "dep.db.self.ip"),
                ("L", true, "dep.db.host.local_dns_with_port"), ("M", true, "dep.db.parameters.settings.user"),
                ("N", true, "dep.db.parameters.env.X"),
                ("O", false, "{{user}}@{{ default_domain }}/{{ service_name_short }}"),
            ])
        web.dependsOn = [2]
        let data = facts(2, "db", [("X", false, "x-{{ user }}")])
        let resolver = EnvironmentResolver(
            service: web, project: [1: web, 2: data],
            surroundings: Surroundings(apiEndpoint: "https://b/api", httpPort: 80, httpsPort: 443))
        let (values, problems) = resolver.environment()
        #expect(problems == [])
        #expect(
            values == [
                "A": "https://b/api", "B": "bob", "C": "svc_1-x-1", "D": "svc1x1", "E": "svc_1-x", "F": "svc1x",
                "G": "svc_1-x", "H": "10.0.0.1:80", "I": "7", "J": "https://d1.test", "K": "10.0.0.2",
                "L": "svc_2-x:80", "M": "bob", "N": "x-bob", "O": "bob@d1.test/svc1x",
            ])
        #expect(
            resolver.arguments("run {{ user }} '{{ service_name_short }} x'").arguments == ["run", "bob", "svc1x x"])
    }

    @Test func everythingUnknownIsToldAndCirclesEnd() {
        var one = facts(
            1, "a",
            [
                ("A", true, "build.self.colour"), ("B", true, "build.settings.nope"), ("C", true, "dep.q.self.ip"),
                ("D", false, "{{ nope }}"), ("E", false, "{{ user | upcase }}"), ("F", true, "dep.b.parameters.env.F"),
            ])
        var two = facts(2, "b", [("F", true, "dep.a.parameters.env.F")])
        one.dependsOn = [2]
        two.dependsOn = [1]
        let resolver = EnvironmentResolver(
            service: one, project: [1: one, 2: two],
            surroundings: Surroundings(apiEndpoint: "", httpPort: 80, httpsPort: nil))
        #expect(
            resolver.environment().problems == [
                "The environment variable A cannot be set: there is no variable build.self.colour.",
                "The environment variable B cannot be set: the service svc_1-x has no setting nope.",
                "The environment variable C cannot be set: no linked service has the role q.",
                "The environment variable D cannot be set: there is no setting or built-in value {{ nope }}.",
                "The environment variable E cannot be set: The template \"{{ user | upcase }}\" uses a filter; "
                    + "only {{ name }} is supported.",
                "The environment variable F cannot be set: it leads through other services back to itself.",
            ])
    }

    @Test(arguments: TestDialect.allCases)
    func addressesAreClaimedOnceAndGivenBack(_ dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let shop = try await WorkloadFixture.make(in: database)
            _ = try await Orders(database: database, vault: .ephemeral())
                .place(try shop.order(shop.helloLine), by: shop.customer)
            let now = Moment(milliseconds: 1)
            let addresses = try await database.transaction { tx in
                let id = try #require(try tx.int("SELECT id FROM containers"))
                let first = try Addresses.claimNext(containers: [id], in: tx, now: now)
                try tx.run("UPDATE instances SET state = 'serving'")
                let second = try Addresses.claimNext(containers: [id], in: tx, now: now)
                let again = try Addresses.claimNext(containers: [id], in: tx, now: now)
                try Addresses.release(instance: first[0].id, in: tx)
                try tx.run("UPDATE instances SET state = 'serving'")
                let third = try Addresses.claimNext(containers: [id], in: tx, now: now)
                return (first + second + again + third).map { "\($0.address) \($0.generation)" }
            }
            #expect(addresses == ["10.64.0.2 1", "10.64.0.3 2", "10.64.0.3 2", "10.64.0.2 3"])
        }
    }
}
