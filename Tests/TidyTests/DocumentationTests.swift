import Foundation
import Testing

/// What other modules may call says in a line what it is: units, ranges, errors.
///
/// Exempt: stored properties and initialisers (their type says it), what a protocol documents already, overloads of a
/// function of the same file that is documented, and what protocols of the standard library ask for.
struct DocumentationTests {
    static let rooms = ["Sources/Base/", "Sources/Areas/", "Sources/Adapters/"]
    private static let modifiers: Set<Substring> = ["static", "final", "mutating", "nonisolated", "indirect"]
    private static let keywords: Set<Substring> = [
        "func", "struct", "enum", "protocol", "actor", "class", "typealias",
    ]
    /// Requirements of protocols of the standard library.
    static let standard: Set<String> = [
        "encode", "hash", "==", "<", "appendLiteral", "makeAsyncIterator", "next", "callAsFunction",
    ]

    @Test func packageDeclarationsAreDocumented() {
        let required = requirements()
        for file in SourceTree.files where Self.rooms.contains(where: file.path.hasPrefix) {
            var documented: Set<String> = []
            for (number, line) in file.lines.enumerated() {
                guard let name = declaration(in: line) else { continue }
                let above = file.lines[..<number].last { !$0.drop { $0 == " " }.hasPrefix("@") }
                if above?.contains("///") == true {
                    documented.insert(name)
                } else if !required.contains(name), !Self.standard.contains(name) {
                    let sibling = isFunction(line) && documented.contains(name)
                    #expect(sibling, "\(file.path):\(number + 1): say in one line, with ///, what \(name) is for")
                }
            }
        }
    }

    @Test func everyTableIsExplained() throws {
        let explained = try SourceTree.text("docs/schema.md")
        let schema = try SourceTree.text("Sources/Base/SQL/Schema/schema.sqlite.sql")
        let tables = schema.matches(of: /CREATE TABLE (?:IF NOT EXISTS )?"?([a-z_]+)/).map { String($0.1) }
        #expect(tables.count > 30)
        for table in tables {
            #expect(explained.contains("| `\(table)` |"), "docs/schema.md: say in one line what a row of \(table) is")
        }
    }

    @Test func everyMetricIsExplained() throws {
        let explained = try SourceTree.text("docs/operating.md")
        for file in SourceTree.files where file.path.hasPrefix("Sources/Server/") || file.path.contains("/Observing/") {
            for match in file.lines.joined(separator: "\n").matches(of: /"(?:# TYPE )?(berth_[a-z_]+)/) {
                let name = match.1.replacing(/_(?:bucket|sum|count)$/, with: "")
                #expect(explained.contains("`\(name)"), "docs/operating.md: say what \(name) means")
            }
        }
    }

    private func isFunction(_ line: Substring) -> Bool { line.contains(" func ") }

    /// The name of the type or function that a line declares for other modules.
    private func declaration(in line: Substring) -> String? {
        var words = line.split(separator: " ")[...]
        guard words.popFirst() == "package" else { return nil }
        while let word = words.first, Self.modifiers.contains(word) { words.removeFirst() }
        guard let keyword = words.popFirst(), Self.keywords.contains(keyword), let name = words.first else {
            return nil
        }
        return name.firstMatch(of: /^[A-Za-z0-9_]+|[<=]+/).map { String($0.0) }
    }

    /// Names of the functions that protocols of ours ask for.
    private func requirements() -> Set<String> {
        var names: Set<String> = []
        for file in SourceTree.files where file.path.hasPrefix("Sources/") {
            var isProtocol = false
            for line in file.lines {
                if line.contains("protocol ") && line.hasSuffix("{") { isProtocol = true }
                if line == "}" { isProtocol = false }
                if isProtocol, let match = line.firstMatch(of: /func ([A-Za-z0-9_]+)/) { names.insert(String(match.1)) }
            }
        }
        return names
    }
}
