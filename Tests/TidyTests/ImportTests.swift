import Foundation
import Testing

/// SwiftPM lets a target import whatever happens to be built; Package.swift is the law all the same.
struct ImportTests {
    /// Modules of the toolchain.
    static let system: Set<String> = [
        "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc", "Darwin", "Synchronization", "Testing",
        "Dispatch", "RegexBuilder",
    ]
    /// Which way the rooms may look: a room may use those in front of it and its own.
    static let order = [
        "Basics", "SQL", "Operations", "Contract", "Signals", "Identity", "Fleet", "Catalogue", "Workloads", "Edge",
        "SQLiteDriver", "PostgresDriver", "DockerEngine", "HAProxyControl", "MailSender", "API", "Server",
    ]
    static let areas: Set<String> = ["Signals", "Identity", "Fleet", "Catalogue", "Workloads", "Edge"]
    static let adapters: Set<String> = [
        "SQLiteDriver", "PostgresDriver", "DockerEngine", "HAProxyControl", "MailSender",
    ]

    @Test func everyImportIsDeclared() throws {
        let declared = try targets()
        for file in SourceTree.files {
            guard let target = target(of: file.path), let allowed = declared[target] else {
                Issue.record("\(file.path) belongs to no target of Package.swift")
                continue
            }
            for module in imports(of: file) where !Self.system.contains(module) {
                #expect(allowed.contains(module), "\(file.path) imports \(module): declare it in Package.swift")
            }
        }
    }

    @Test func roomsLookOneWay() throws {
        let declared = try targets()
        for (target, dependencies) in declared {
            guard let place = Self.order.firstIndex(of: target) else { continue }
            for dependency in dependencies where dependency != target {
                guard let other = Self.order.firstIndex(of: dependency) else { continue }
                #expect(other < place, "\(target) may not depend on \(dependency)")
                if Self.adapters.contains(target) {
                    #expect(!Self.adapters.contains(dependency), "two adapters never meet: \(target), \(dependency)")
                }
                if Self.areas.contains(target) {
                    #expect(
                        !Self.adapters.contains(dependency) && dependency != "Contract",
                        "\(target) is an area: no HTTP, no Docker, no driver")
                }
            }
        }
    }

    private let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "typealias", "var", "let"]

    private func imports(of file: SourceTree.File) -> [String] {
        file.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let at = words.firstIndex(of: "import"), at + 1 < words.count, at <= 1, line.first != " " else {
                return nil
            }
            guard words[..<at].allSatisfy({ ["package", "public", "internal", "@testable"].contains($0) }) else {
                return nil
            }
            // `import class Module.Name`
            let name = kinds.contains(String(words[at + 1])) ? words.dropFirst(at + 2).first : words[at + 1]
            return name?.split(separator: ".").first.map(String.init)
        }
    }

    private func target(of path: String) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count > 2 else { return nil }
        let groups: Set<String> = ["Base", "Areas", "Adapters", "Web"]
        return parts[0] == "Sources" && groups.contains(parts[1]) ? parts[2] : parts[1]
    }

    /// Target name → what it may import, read from the text of Package.swift.
    private func targets() throws -> [String: Set<String>] {
        let manifest = try SourceTree.text("Package.swift")
        var products: [String: String] = [:]
        for match in manifest.matches(of: /let (\w+) = Target\.Dependency\.product\(name: "(\w+)"/) {
            products[String(match.1)] = String(match.2)
        }
        var result: [String: Set<String>] = [:]
        let declaration =
            /(?:room|tests|executableTarget)\(\s*(?:name: )?"([\w\/]+)",\s*(?:dependencies: )?\[([^\]]*)\]/
        for match in manifest.matches(of: declaration) {
            let name = String(match.1.split(separator: "/").last ?? "")
            var modules: Set<String> = [name]
            for word in match.2.split(whereSeparator: { ", \n\t".contains($0) }) {
                let bare = word.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
                modules.insert(word.hasPrefix("\"") ? bare : products[bare] ?? bare)
            }
            result[name] = modules
        }
        return result
    }
}
