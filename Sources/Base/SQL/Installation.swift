import Basics

/// Who we are on the engines we use: two installations of Berth on one engine must not touch each other's things.
package enum Installation {
    private static let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz")

    /// Six characters of `[0-9a-z]`, made once per database by the migrator; a part of every name on an engine.
    package static func code(_ database: any Database) async throws -> String {
        let code = try await database.read { try $0.first("SELECT code FROM installation WHERE id = 1") { $0.text(0) } }
        guard let code else {
            throw Fault(.bug, "The database has no installation code. Run `berth migrate`.")
        }
        return code
    }

    /// A new random code.
    package static func newCode() -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<6).map { _ in alphabet.randomElement(using: &generator) ?? "0" })
    }
}
