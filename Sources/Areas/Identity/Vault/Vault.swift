package import Basics
import Crypto
import FoundationEssentials

/// Seals secrets before they reach the database: AES-256-GCM, `v1:<key id>:<base64 of nonce, ciphertext, tag>`.
///
/// Where a secret is stored is part of what is authenticated, so a ciphertext copied to another row or column does
/// not open. The keys live in a file of their own (``KeyFile``); the first seals, the others only open.
package struct Vault: Sendable {
    /// Where a sealed value is kept.
    package struct Place: Sendable, Hashable {
        let text: String

        /// `row` is whatever names the row for good: its id, or a natural key.
        package init(table: String, row: String, column: String) { text = "\(table)|\(row)|\(column)" }

        package init(table: String, row: Int64, column: String) {
            self.init(table: table, row: String(row), column: column)
        }
    }

    /// One key of 32 bytes with the name it has in envelopes.
    struct Key: Sendable {
        let id: String
        let key: SymmetricKey

        init?(bytes: [UInt8]) {
            guard bytes.count == Vault.keyBytes else { return nil }
            key = SymmetricKey(data: bytes)
            id = Hex.lower(SHA256.hash(data: bytes).prefix(4))
        }
    }

    /// AES-256.
    static let keyBytes = 32

    private let current: Key
    private let byID: [String: Key]

    /// `keys` must not be empty; the first one seals.
    init(current: Key, older: [Key] = []) {
        self.current = current
        byID = Dictionary(([current] + older).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A vault with a fresh key that is nowhere else. For tests.
    package static func ephemeral() -> Vault {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<keyBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        guard let key = Key(bytes: bytes) else { preconditionFailure("A key has \(keyBytes) bytes.") }
        return Vault(current: key)
    }

    /// Encrypts `secret` for `place`. Two calls never give the same text.
    package func seal(_ secret: Secret<String>, for place: Place) throws -> String {
        let box = try AES.GCM.seal(
            Data(secret.reveal().utf8), using: current.key, authenticating: Data(place.text.utf8))
        guard let combined = box.combined else { throw Fault(.bug, "The secret could not be sealed.") }
        return "v1:\(current.id):\(combined.base64EncodedString())"
    }

    /// Decrypts what ``seal(_:for:)`` made for the same place. Throws `.bug` when the key is not ours, or the text was
    /// changed or moved: nobody can repair that by trying again.
    package func open(_ envelope: String, from place: Place) throws -> Secret<String> {
        let parts = envelope.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "v1", let combined = Data(base64Encoded: String(parts[2])) else {
            throw Fault(.bug, "A stored secret is not an envelope of ours.")
        }
        guard let key = byID[String(parts[1])] else {
            throw Fault(.bug, "A stored secret was sealed with key \(parts[1]), which is not in the key file.")
        }
        do {
            let box = try AES.GCM.SealedBox(combined: combined)
            let plain = try AES.GCM.open(box, using: key.key, authenticating: Data(place.text.utf8))
            return Secret(String(decoding: plain, as: UTF8.self))
        } catch {
            throw Fault(.bug, "A stored secret was changed, or moved from another place.", cause: error)
        }
    }
}

/// Hexadecimal text of bytes.
enum Hex {
    static func lower(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
