import Basics
import Catalogue
import Foundation
import Testing

@Suite struct ParserTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func theStarterCatalogueIsInOrder() throws {
        let (document, problems) = try CatalogueFiles.parse(Self.root.appending(path: "catalogue").path)
        #expect(problems == [])
        let result = CatalogueCheck.check(document, isComplete: true)
        #expect(result.problems == [])
        #expect(document.images.map(\.value.image.name).sorted() == ["demo-db", "demo-web", "hello"])
        #expect(document.packages.map(\.value.product.name) == ["small", "medium", "large"])
    }

    @Test func theExamplesOfTheDocumentationAreInOrder() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/catalogue.md"), encoding: .utf8)
        let blocks = text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(blocks.count >= 2)
        for block in blocks {
            let (document, problems) = CatalogueParser.parse(block, file: "docs/catalogue.md")
            #expect(problems == [])
            #expect(CatalogueCheck.check(document, isComplete: false).problems == [])
        }
    }

    @Test func everyProblemIsToldWithItsLine() {
        let text = """
            packages:
              - name: p
                cpu: 1.5555
                memory: 512
                colour: red
            image:
              name: Bad_Name
              label: Bad
              role: a.b
              category: x
              path: docker.io/x:1
              capabilities: [SYS_ADMIN]
              variants:
                - tag: a
                  default: yes
                - tag: a
              env:
                - name: X
                  value: "{{ nope }}"
              ports:
                - port: 70000
                  proto: ftp
              volumes:
                - label: v
                  path: ../x
            """
        let (_, problems) = CatalogueParser.parse(text, file: "f.yaml")
        let lines = Set(problems.compactMap(\.line))
        #expect(lines.isSuperset(of: [3, 5, 7, 9, 11, 12, 15, 16, 19, 21, 22, 25]))
        #expect(problems.allSatisfy { $0.description.hasPrefix("f.yaml:") && $0.description.hasSuffix(".") })
    }

    @Test(arguments: [
        "image: [\n", "image:\n  name: x\n  name: y\n", "just text", "- a\n- b\n", "", "# nothing\n", "\u{0}",
        "image: *nowhere\n", "image:\n\t- x\n", "packages: 7", "images: {a: b}", "? [a]\n: b\n",
    ])
    func whatIsNoCatalogueIsAProblemAndNoCrash(text: String) {
        let (_, problems) = CatalogueParser.parse(text, file: "f.yaml")
        #expect(!problems.isEmpty)
    }

    @Test func variablesReachOwnSettingsAndThoseOfRequiredImagesOnly() {
        let text = """
            images:
              - name: db
                label: DB
                role: mysql
                category: database
                path: library/db
                variants: [{tag: "8"}]
                settings: [{name: password, type: password}]
              - name: web
                label: Web
                role: web
                category: web
                path: library/web
                variants: [{tag: "1"}]
                settings: [{name: title}]
                env:
                  - {name: A, variable: build.settings.title}
                  - {name: B, variable: dep.mysql.parameters.settings.password}
                  - {name: C, variable: dep.mysql.host.ip_with_port}
                  - {name: D, variable: region.endpoint.api}
                  - {name: E, variable: build.settings.password}
                  - {name: F, variable: dep.redis.self.ip}
                  - {name: G, variable: dep.mysql.parameters.settings.title}
                  - {name: H, variable: nonsense}
                requires: [{image: db, tag: "8"}]
            """
        let (document, problems) = CatalogueParser.parse(text, file: "f.yaml")
        #expect(problems == [])
        let wrong = CatalogueCheck.check(document, isComplete: true).problems
        #expect(wrong.map(\.line) == [21, 22, 23, 24])
    }

    @Test func missingImagesAndTagsDuplicatesAndCyclesAreProblems() {
        func image(_ name: String, _ requires: String) -> String {
            """
              - name: \(name)
                label: L
                role: r
                category: c
                path: p
                variants: [{tag: "1"}]
                requires: [\(requires)]

            """
        }
        func problems(_ images: String...) -> [String] {
            let (document, problems) = CatalogueParser.parse("images:\n" + images.joined(), file: "f")
            #expect(problems == [])
            return CatalogueCheck.check(document, isComplete: true).problems.map(\.sentence)
        }
        #expect(problems(image("a", "{image: b}")) == ["The required image b was not found."])
        #expect(problems(image("a", "{image: a}")) == ["An image cannot require itself."])
        #expect(
            problems(image("a", "{image: b, tag: \"2\"}"), image("b", "")) == ["The image b has no variant 2."])
        #expect(problems(image("a", ""), image("a", "")) == ["There is another image named a."])
        #expect(
            problems(image("a", "{image: b}"), image("b", "{image: c}"), image("c", "{image: a}")).count == 3)
    }

    @Test func aFileThatIsNotThereIsAFault() {
        #expect(throws: Fault.self) { try CatalogueFiles.parse("/nowhere/at/all") }
    }
}
