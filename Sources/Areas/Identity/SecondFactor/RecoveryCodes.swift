import Basics
import SQL

/// Ten codes on paper for the day that the telephone is gone. Each works once; only hashes are kept.
enum RecoveryCodes {
    static let count = 10
    /// Without what looks like something else: 31 characters, 16 of them are 79 bits.
    private static let alphabet = Array("23456789abcdefghjkmnpqrstuvwxyz".utf8)
    private static let characters = 16

    /// Replaces the codes of an account; answers the new ones, once: `k7pq-…-…-…`.
    static func renew(ofUser id: Int64, in tx: any Transaction) throws -> [Secret<String>] {
        try remove(ofUser: id, in: tx)
        var generator = SystemRandomNumberGenerator()
        return try (0..<count).map { _ in
            let letters = (0..<characters).map { _ in alphabet.randomElement(using: &generator) ?? 50 }
            let code = String(decoding: letters, as: UTF8.self)
            try tx.run("INSERT INTO recovery_codes (user_id, code_sha256) VALUES (\(id), \(digest(code, id)))")
            let parts = stride(from: 0, to: characters, by: 4).map { code.dropFirst($0).prefix(4) }
            return Secret(parts.joined(separator: "-"))
        }
    }

    /// Uses a code up; false when it is none of the account's. Blanks, hyphens and capitals do not matter.
    static func take(_ text: String, ofUser id: Int64, in tx: any Transaction) throws -> Bool {
        let code = text.lowercased().filter { $0 != " " && $0 != "-" }
        guard code.utf8.count == characters else { return false }
        return try tx.run(
            "DELETE FROM recovery_codes WHERE user_id = \(id) AND code_sha256 = \(digest(code, id))") == 1
    }

    static func left(ofUser id: Int64, on connection: any Connection) throws -> Int64 {
        try connection.int("SELECT COUNT(*) FROM recovery_codes WHERE user_id = \(id)") ?? 0
    }

    static func remove(ofUser id: Int64, in tx: any Transaction) throws {
        try tx.run("DELETE FROM recovery_codes WHERE user_id = \(id)")
    }

    /// With the account's number in it, so that one search through all codes does not serve for every account.
    private static func digest(_ code: String, _ userID: Int64) -> String {
        IssuedSecret.digest(of: "recovery|\(userID)|\(code)")
    }
}
