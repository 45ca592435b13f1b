import Foundation

/// The project's own Swift files, read once.
struct SourceTree {
    struct File {
        /// Relative to the project, such as `Sources/Base/SQL/SQL.swift`.
        let path: String
        let lines: [Substring]

        var isTest: Bool { path.hasPrefix("Tests/") }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let files: [File] = {
        var found: [File] = []
        for top in ["Sources", "Tests"] {
            let folder = root.appending(path: top)
            let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            while let url = all?.nextObject() as? URL {
                guard url.pathExtension == "swift", let text = try? String(contentsOf: url, encoding: .utf8) else {
                    continue
                }
                let path = url.path.dropFirst(root.path.count).drop { $0 == "/" }
                found.append(
                    File(path: String(path), lines: text.split(separator: "\n", omittingEmptySubsequences: false)))
            }
        }
        return found.sorted { $0.path < $1.path }
    }()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}
