import Basics
import Catalogue
import SQL
import TestKit
import Testing

@Suite struct LoaderTests {
    private func document(_ text: String) throws -> CatalogueDocument {
        let (document, problems) = CatalogueParser.parse(text, file: "f.yaml")
        try #require(problems == [])
        return document
    }

    private func load(_ text: String, into database: any Database) async throws -> CatalogueLoader.Report {
        try await CatalogueLoader(database: database, clock: ManualWallClock()).load(
            try document(text), by: .shell)
    }

    private func export(_ database: any Database) async throws -> String {
        try await database.read { CatalogueWriter.text(try StoredCatalogue.read(on: $0)) }
    }

    private let everything = """
        packages:
          - {name: tiny, label: "Tïny \\"x\\"", cpu: 0.125, memory: 64, swap: 32, swappiness: 10, storage: 1,
             bandwidth: 2, local_disk: 3, backup: 4, active: false, price_hour: 0.000000001}
          - name: two
            cpu: 2
            memory: 128
            prices: [{hour: 1}, {currency: EUR, hour: 0.9}]
        ---
        image:
          name: db
          label: "A\\tB — \\u0085 #: yes"
          description: |
            Two
            lines.
          role: mysql
          category: Database
          registry: registry.example:5000
          path: library/db
          command: "/bin/sh -c 'run {{ password }}'"
          init: true
          shm_size: 67108864
          min_cpu: 0.5
          min_memory: 256
          free: true
          load_balancer: true
          capabilities: [SYS_NICE, IPC_LOCK]
          labels: {"org.example/key": "null", other: "~"}
          variants: [{tag: "8.0", label: Eight}, {tag: "9", default: true}]
          settings: [{name: password, label: Password, type: password}, {name: title, value: "no"}]
          env:
            - {name: A, value: "x {{ title }} \\\\ \\" "}
            - {name: B, label: Bee, variable: build.self.ip}
          ports:
            - {port: 3306, proto: tcp, proxy: send-proxy-v2, tcp_lb: false}
            - {port: 443, proto: https, external: true, backend_tls: true}
          volumes: [{label: data, path: /var/lib/db, read_only: true, sftp: false}]
        ---
        image:
          name: web
          label: Web
          role: web
          category: web
          active: false
          path: library/web
          can_scale: true
          variants: [{tag: "1"}]
          env: [{name: P, variable: dep.mysql.parameters.settings.password}]
          requires: [{image: db, tag: "8.0"}]
        """

    @Test(arguments: TestDialect.allCases)
    func loadingWhatWasExportedChangesNothing(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let first = try await load(everything, into: database)
            #expect(first.packagesCreated == 2)
            #expect(first.imagesCreated == 2)
            #expect(try await load(everything, into: database).changedNothing)
            let exported = try await export(database)
            #expect(try await load(exported, into: database).changedNothing)
            #expect(try await export(database) == exported)
            // Into another database, the same comes out again.
            try await withDatabase(dialect) { other in
                _ = try await load(exported, into: other)
                #expect(try await export(other) == exported)
            }
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whatIsWrittenIsWhatTheBlueprintSays(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            _ = try await load(everything, into: database)
            let blueprint = try await database.read { connection in
                let ids = try connection.rows("SELECT id FROM images WHERE name = 'db'") { $0.int(0) }
                let variants = try ImageBlueprints.defaultVariants(ofImages: ids, on: connection)
                return try ImageBlueprints.of(variants: Array(variants.values), on: connection).values.first
            }
            let db = try #require(blueprint)
            #expect(db.reference == "registry.example:5000/library/db:9")
            #expect(db.image.capabilities == ["SYS_NICE", "IPC_LOCK"])
            #expect(db.image.labels == ["org.example/key": "null", "other": "~"])
            #expect(db.image.description == "Two\nlines.\n")
            #expect(db.image.minCPUMilli == 500)
            #expect(db.settings.map(\.name) == ["password", "title"])
            #expect(db.environment.map(\.kind) == [.static, .variable])
            #expect(db.ports.map(\.port) == [3306, 443])
            #expect(db.volumes.first?.readOnly == true)
            let web = try await database.read { connection in
                let ids = try connection.rows(
                    "SELECT v.id FROM image_variants v JOIN images i ON i.id = v.image_id WHERE i.name = 'web'"
                ) { $0.int(0) }
                return try ImageBlueprints.of(variants: ids, on: connection).values.first
            }
            let eight = try await database.read {
                try $0.int("SELECT id FROM image_variants WHERE registry_image_tag = '8.0'")
            }
            #expect(web?.requires.map(\.role) == ["mysql"])
            #expect(web?.requires.first?.defaultVariantID == eight)
        }
    }

    private func image(_ body: String) -> String {
        "image:\n  name: a\n  label: A\n  role: r\n  category: c\n  path: p\n" + body
    }

    @Test(arguments: TestDialect.allCases)
    func parametersKeepTheirIdsUnlessTheirOrderChanges(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            func ids() async throws -> [String: Int64] {
                try await database.read { connection in
                    let rows = try connection.rows("SELECT name, id FROM image_setting_params ORDER BY id") {
                        ($0.text(0), $0.int(1))
                    }
                    return Dictionary(uniqueKeysWithValues: rows)
                }
            }
            let head = image("  variants: [{tag: x}]\n")
            _ = try await load(head + "  settings: [{name: a}, {name: b}, {name: c}]", into: database)
            let before = try await ids()
            let report = try await load(
                head + "  settings: [{name: a, label: New}, {name: c}, {name: d}]", into: database)
            #expect(report.imagesChanged == 1)
            let after = try await ids()
            #expect(after["a"] == before["a"])
            #expect(after["c"] == before["c"])
            #expect(after.keys.sorted() == ["a", "c", "d"])
            _ = try await load(head + "  settings: [{name: d}, {name: a}]", into: database)
            let names = try await database.read {
                try $0.rows("SELECT name FROM image_setting_params ORDER BY id") { $0.text(0) }
            }
            #expect(names == ["d", "a"])
        }
    }

    @Test(arguments: TestDialect.allCases)
    func variantsThatServicesUseAreKeptBehindTheOthers(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let fixture = try await WorkloadFixture.make(in: database)
            _ = try await load(image("  variants: [{tag: one}, {tag: two}, {tag: three}]"), into: database)
            try await database.transaction { tx in
                let project = try tx.int(
                    """
                    INSERT INTO projects (user_id, zone_id, name, created_at, updated_at)
                    VALUES (\(fixture.customer.userID), \(fixture.zoneID), 'p', 1, 1) RETURNING id
                    """)
                try tx.run(
                    """
                    INSERT INTO services (project_id, name, label, image_variant_id, cpu_milli, memory_mb, created_at,
                        updated_at)
                    SELECT CAST(\(project) AS BIGINT), 's', 's', id, 1, 1, 1, 1 FROM image_variants
                    WHERE registry_image_tag = 'one'
                    """)
            }
            let wanted = image("  variants: [{tag: four}, {tag: three, label: Three}]")
            let report = try await load(wanted, into: database)
            #expect(report.imagesChanged == 1)
            #expect(report.notes.count == 1)
            func variants() async throws -> [String] {
                try await database.read { connection in
                    try connection.rows(
                        """
                        SELECT v.registry_image_tag, v.label, v.is_default, v.version FROM image_variants v
                        JOIN images i ON i.id = v.image_id WHERE i.name = 'a' ORDER BY v.version
                        """
                    ) { "\($0.text(0)) \($0.text(1)) \($0.int(2)) \($0.int(3))" }
                }
            }
            #expect(try await variants() == ["four four 1 1", "three Three 0 2", "one one 0 3"])
            #expect(try await load(wanted, into: database).changedNothing)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aProblemAnywhereLeavesEverythingAsItWas(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let text = """
                packages:
                  - {name: fine, cpu: 1, memory: 64}
                  - {name: lost, cpu: 1, memory: 64, prices: [{plan: nowhere, hour: 1}]}
                """
            let fault = await #expect(throws: Fault.self) { try await load(text, into: database) }
            #expect(fault?.sentences == ["f.yaml:3: There is no billing plan named nowhere."])
            let exported = try await export(database)
            #expect(exported.isEmpty)
            let requiring = image("  variants: [{tag: x}]\n  requires: [{image: missing}]")
            await #expect(throws: Fault.self) { try await load(requiring, into: database) }
            let exportedAgain = try await export(database)
            #expect(exportedAgain.isEmpty)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func whatIsNotInTheFilesStays(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            _ = try await load(everything, into: database)
            let report = try await load("packages: [{name: two, cpu: 3, memory: 128, price_hour: 1}]", into: database)
            #expect(report.packagesChanged == 1)
            #expect(report.packagesCreated + report.imagesCreated + report.imagesChanged == 0)
            let stored = try await database.read { try StoredCatalogue.read(on: $0) }
            #expect(stored.images.count == 2)
            #expect(stored.packages.map(\.product.name) == ["tiny", "two"])
            #expect(stored.packages.last?.prices.count == 2)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func customersMayNotLoad(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let customer = Caller(userID: 1, isAdmin: false, means: .apiKey, requestID: "r", address: "")
            let document = try document("packages: [{name: two, cpu: 3, memory: 128}]")
            let fault = await #expect(throws: Fault.self) {
                try await CatalogueLoader(database: database).load(document, by: customer)
            }
            #expect(fault?.code == .forbidden)
        }
    }

    @Test(arguments: TestDialect.allCases)
    func aNameOfACustomersOwnImageIsRefused(dialect: TestDialect) async throws {
        try await withDatabase(dialect) { database in
            let fixture = try await WorkloadFixture.make(in: database)
            _ = try await load(image("  variants: [{tag: x}]"), into: database)
            try await database.transaction { tx in
                try tx.run("UPDATE images SET user_id = \(fixture.customer.userID) WHERE name = 'a'")
            }
            await #expect(throws: Fault.self) { try await load(image("  variants: [{tag: x}]"), into: database) }
        }
    }
}
