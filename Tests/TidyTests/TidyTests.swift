import Foundation
import Testing

/// The style that a machine can check. Each complaint says what to do instead.
struct TidyTests {
    static let fileLinesMax = 300
    static let functionLinesMax = 70
    static let columnsMax = 120

    @Test func filesAreShort() {
        for file in SourceTree.files {
            #expect(
                file.lines.count <= Self.fileLinesMax,
                "\(file.path) has \(file.lines.count) lines: split it by aspect, Type+Aspect.swift")
        }
    }

    @Test func linesAreShort() {
        for file in SourceTree.files {
            for (number, line) in file.lines.enumerated() where line.count > Self.columnsMax {
                Issue.record("\(file.path):\(number + 1) has \(line.count) columns: break it")
            }
        }
    }

    /// Relies on swift-format's indentation: a function ends at the first line that is its own indentation and a brace.
    @Test func functionsAreShort() {
        for file in SourceTree.files {
            for (number, line) in file.lines.enumerated() {
                guard line.contains("func ") || line.contains(" init("), line.last == "{" || line.last == "(" else {
                    continue
                }
                let indent = line.prefix { $0 == " " }
                let end = file.lines[(number + 1)...].firstIndex { $0 == indent + "}" } ?? file.lines.count
                #expect(
                    end - number <= Self.functionLinesMax,
                    "\(file.path):\(number + 1): a function of \(end - number) lines: name its parts")
            }
        }
    }

    /// What is banned, where it is allowed all the same, and what to write instead.
    static let bans: [(word: String, allowed: [String], instead: String)] = [
        ("FIXME", [], "mend it now"),
        ("TODO", [], "open an issue and name it, or do it"),
        ("try!", [], "throw, or make the failure impossible"),
        ("fatalError(", [], "throw a Fault(.bug, …)"),
        ("Date()", ["Tests/"], "ask a WallClock"),
        ("UUID()", ["Tests/"], "Random.uuid()"),
        ("Thread.sleep", [], "wait for the event itself"),
        (
            "print(", ["Sources/berth/", "Tests/OperationsProbe/", "Tests/EndToEndTests/"],
            "log it, or write to standard output in the command"
        ),
        ("DispatchQueue", [], "an actor, a task, or a NIOThreadPool"),
    ]

    @Test func bannedWordsDoNotAppear() {
        for file in SourceTree.files where !file.path.hasPrefix("Tests/TidyTests/") {
            for (number, line) in file.lines.enumerated() {
                for ban in Self.bans where line.contains(ban.word) {
                    if ban.allowed.contains(where: file.path.hasPrefix) { continue }
                    if isInsideWord(ban.word, line) { continue }
                    Issue.record("\(file.path):\(number + 1) uses \(ban.word): \(ban.instead)")
                }
            }
        }
    }

    @Test func noDrawerIsNamedAfterNothing() {
        for file in SourceTree.files {
            for name in ["Utils", "Helpers", "Managers", "Common", "Core", "Misc"] {
                #expect(!file.path.contains("/\(name)/"), "\(file.path): a helper lives with its only user")
            }
        }
    }

    /// `sprint(` is not `print(`.
    private func isInsideWord(_ word: String, _ line: Substring) -> Bool {
        guard let range = line.range(of: word), range.lowerBound > line.startIndex else { return false }
        let before = line[line.index(before: range.lowerBound)]
        return before.isLetter || before == "." || before == "_"
    }
}
