package import Basics
import Crypto
import CryptoExtras
import FoundationEssentials
package import SQL

/// Passwords of people, hashed with scrypt (RFC 7914). The cost stands with each hash, so that it can be raised
/// later: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`, both in base64 without padding.
package enum Passwords {
    private static let saltBytes = 16
    private static let hashBytes = 32
    /// Longer ones are refused rather than cut. v60 has 8…128 characters.
    package static let charactersMin = 8
    package static let charactersMax = 128

    /// What one hash costs. It stands with the hash, so that it can be raised.
    package struct Cost: Sendable, Hashable {
        let logRounds: Int
        let blockSize: Int
        let parallelism: Int

        /// 32 MB and about 0.2 s (OWASP's table of equal strength has this row).
        package static let standard = Cost(logRounds: 15, blockSize: 8, parallelism: 3)
        /// 1 MB and some milliseconds. For tests only.
        package static let least = Cost(logRounds: 10, blockSize: 8, parallelism: 1)
    }

    /// The hash to store. Slow on purpose: call it outside transactions.
    package static func hash(_ password: Secret<String>, cost: Cost = .standard) throws -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let key = try derive(password, salt: salt, cost: cost, count: hashBytes)
        return "\(head(cost))\(encode(salt))$\(encode(key))"
    }

    /// Whether `password` is the one that `hash` was made of. Takes the same time whatever differs. False for a hash
    /// that cannot be read.
    package static func verify(_ password: Secret<String>, against hash: String) -> Bool {
        let parts = hash.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[1] == "scrypt", let cost = parse(cost: parts[2]), let salt = decode(parts[3]),
            let expected = decode(parts[4]), expected.count == hashBytes,
            let key = try? derive(password, salt: salt, cost: cost, count: expected.count)
        else { return false }
        return IssuedSecret.equal(key, expected)
    }

    /// Whether `hash` was made at another cost, or cannot be read.
    static func isOutdated(_ hash: String, for cost: Cost) -> Bool {
        !hash.hasPrefix(head(cost))
    }

    private static func head(_ cost: Cost) -> String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)$"
    }

    /// Stores a hash that ``hash(_:)`` made.
    package static func store(_ hash: String, forUser id: Int64, at now: Moment, in tx: any Transaction) throws {
        try tx.run("UPDATE users SET password_hash = \(hash), updated_at = \(now) WHERE id = \(id)")
    }

    private static func derive(_ password: Secret<String>, salt: [UInt8], cost: Cost, count: Int) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Array(password.reveal().utf8), salt: salt, outputByteCount: count, rounds: 1 << cost.logRounds,
            blockSize: cost.blockSize, parallelism: cost.parallelism)
        return key.withUnsafeBytes(Array.init)
    }

    /// `ln=15,r=8,p=3`, within bounds that a damaged row cannot make us work for minutes.
    private static func parse(cost text: String) -> Cost? {
        let numbers = text.split(separator: ",").map { pair in Int(pair.drop { $0 != "=" }.dropFirst()) }
        guard numbers.count == 3, let logRounds = numbers[0], let blockSize = numbers[1], let parallelism = numbers[2],
            (10...20).contains(logRounds), (1...16).contains(blockSize), (1...16).contains(parallelism)
        else { return nil }
        return Cost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
    }

    private static func decode(_ text: String) -> [UInt8]? {
        Data(base64Encoded: text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)).map(Array.init)
    }
}
