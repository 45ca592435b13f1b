import Foundation
import TestKit

/// What is in the database, looked up by other programs than Berth.
extension World {
    func installationCode() throws -> String {
        switch dialect {
        case .sqlite:
            try Command.run(
                "/usr/bin/sqlite3",
                [databaseFile.path, "SELECT code FROM installation"]
            ).text.trimmingCharacters(in: .whitespacesAndNewlines)
        case .postgres:
            try query("SELECT code FROM installation").first ?? ""
        }
    }

    /// Rows of a query, columns joined by `|`, read by the databases' own command lines.
    func query(_ sql: String) throws -> [String] {
        let text: String
        switch dialect {
        case .sqlite:
            text = try Command.run(
                "/usr/bin/sqlite3", ["-readonly", databaseFile.path, sql]
            ).text
        case .postgres:
            text = try Command.run("/usr/bin/psql", ["-At", settings["BERTH_DATABASE_URL"] ?? "", "-c", sql]).text
        }
        return text.split(separator: "\n").map(String.init)
    }

    /// Changes rows behind Berth's back.
    func change(_ sql: String) throws {
        switch dialect {
        case .sqlite:
            try Command.run(
                "/usr/bin/sqlite3",
                ["-cmd", ".timeout 5000", databaseFile.path, sql])
        case .postgres:
            try Command.run("/usr/bin/psql", ["-q", settings["BERTH_DATABASE_URL"] ?? "", "-c", sql])
        }
    }

    /// An empty database; answers its URL.
    static func makeDatabase(_ dialect: TestDialect, file: URL) throws -> String {
        switch dialect {
        case .sqlite:
            return "sqlite:\(file.path)"
        case .postgres:
            let admin = try Command.required("BERTH_TEST_POSTGRES")
            let name = "berth_e2e_" + UUID().uuidString.lowercased().replacing("-", with: "")
            try Command.run("/usr/bin/psql", [admin + " dbname=postgres", "-c", "CREATE DATABASE \(name)"])
            var parts: [String: String] = [:]
            for pair in admin.split(separator: " ") {
                let sides = pair.split(separator: "=", maxSplits: 1)
                if sides.count == 2 { parts[String(sides[0])] = String(sides[1]) }
            }
            let host = (parts["host"] ?? "").replacing("/", with: "%2F")
            return "postgres:///\(name)?host=\(host)&user=\(parts["user"] ?? "postgres")"
        }
    }
}
