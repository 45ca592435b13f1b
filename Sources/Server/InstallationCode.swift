import SQL

/// The code that this installation's names begin with. In a file of its own, because Workloads has a type of that name.
enum InstallationCode {
    static func read(_ database: any Database) async throws -> String {
        try await Installation.code(database)
    }
}
