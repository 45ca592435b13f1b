import Basics
import Crypto
import CryptoExtras
import Foundation

/// An authenticator in software, which can also be made to lie.
struct SoftAuthenticator {
    enum Kind: String, CaseIterable, Sendable { case es256, ed25519, rs256 }

    /// What is to be wrong.
    struct Lies {
        var origin = "https://berth.test"
        var site = "berth.test"
        var type: String?
        var challenge: String?
        var crossOrigin: Bool?
        /// 1 present, 4 verified.
        var flags: UInt8 = 5
        var credentialID: [UInt8]?
        var breaksSignature = false
        /// Of the COSE key.
        var algorithm: Int64?
    }

    let kind: Kind
    var credentialID = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
    var count: UInt32 = 0
    private let es256 = P256.Signing.PrivateKey()
    private let ed25519 = Curve25519.Signing.PrivateKey()
    private let rs256: _RSA.Signing.PrivateKey?

    init(_ kind: Kind) throws {
        self.kind = kind
        rs256 = kind == .rs256 ? try _RSA.Signing.PrivateKey(keySize: .bits2048) : nil
    }

    /// The fields of a registration form.
    func create(_ options: JSONValue, _ lies: Lies = Lies()) throws -> [(String, String)] {
        [
            ("client_data", encode(client(options, lies, "webauthn.create"))),
            ("attestation", encode(try attestation(lies))),
        ]
    }

    /// The attestation object, of the form "none".
    func attestation(_ lies: Lies = Lies()) throws -> [UInt8] {
        let id = lies.credentialID ?? credentialID
        let made =
            [UInt8](repeating: 0, count: 16) + [UInt8(id.count >> 8), UInt8(id.count & 255)] + id
            + (try cose(lies.algorithm))
        let data = authenticatorData(lies, lies.flags | 0x40) + made
        return [0xA3] + text("fmt") + text("none") + text("attStmt") + [0xA0] + text("authData") + head(2, data.count)
            + data
    }

    /// The fields of a sign-in form.
    mutating func get(_ options: JSONValue, _ lies: Lies = Lies()) throws -> [(String, String)] {
        let client = client(options, lies, "webauthn.get")
        let data = authenticatorData(lies, lies.flags)
        var signature = try sign(data + Array(SHA256.hash(data: client)))
        if lies.breaksSignature { signature[signature.count - 1] ^= 1 }
        return [
            ("credential_id", encode(lies.credentialID ?? credentialID)), ("client_data", encode(client)),
            ("authenticator_data", encode(data)), ("signature", encode(signature)),
        ]
    }

    private func client(_ options: JSONValue, _ lies: Lies, _ type: String) -> [UInt8] {
        var members: [String: JSONValue] = [
            "type": .string(lies.type ?? type), "origin": .string(lies.origin),
            "challenge": .string(lies.challenge ?? options["challenge"]?.text ?? ""),
        ]
        members["crossOrigin"] = lies.crossOrigin.map { .bool($0) }
        return Array(JSONValue.object(members).compact.utf8)
    }

    private func authenticatorData(_ lies: Lies, _ flags: UInt8) -> [UInt8] {
        Array(SHA256.hash(data: Array(lies.site.utf8))) + [flags] + withUnsafeBytes(of: count.bigEndian, Array.init)
    }

    private func sign(_ message: [UInt8]) throws -> [UInt8] {
        switch kind {
        case .es256: Array(try es256.signature(for: message).derRepresentation)
        case .ed25519: Array(try ed25519.signature(for: message))
        case .rs256:
            Array(
                try rs256?.signature(for: Data(message), padding: .insecurePKCS1v1_5).rawRepresentation ?? Data())
        }
    }

    private func cose(_ algorithm: Int64?) throws -> [UInt8] {
        func number(_ value: Int64) -> [UInt8] { value < 0 ? head(1, Int(-1 - value)) : head(0, Int(value)) }
        func bytes(_ value: [UInt8]) -> [UInt8] { head(2, value.count) + value }
        switch kind {
        case .es256:
            let raw = Array(es256.publicKey.rawRepresentation)
            return [0xA5] + number(1) + number(2) + number(3) + number(algorithm ?? -7) + number(-1) + number(1)
                + number(-2) + bytes(Array(raw[..<32])) + number(-3) + bytes(Array(raw[32...]))
        case .ed25519:
            return [0xA4] + number(1) + number(1) + number(3) + number(algorithm ?? -8) + number(-1) + number(6)
                + number(-2) + bytes(Array(ed25519.publicKey.rawRepresentation))
        case .rs256:
            let parts = try rs256?.publicKey.getKeyPrimitives()
            return [0xA4] + number(1) + number(3) + number(3) + number(algorithm ?? -257) + number(-1)
                + bytes(Array(parts?.modulus ?? Data())) + number(-2) + bytes(Array(parts?.publicExponent ?? Data()))
        }
    }

    private func text(_ value: String) -> [UInt8] { head(3, value.utf8.count) + Array(value.utf8) }

    private func head(_ major: UInt8, _ value: Int) -> [UInt8] {
        switch value {
        case 0..<24: [major << 5 | UInt8(value)]
        case 24..<256: [major << 5 | 24, UInt8(value)]
        default: [major << 5 | 25, UInt8(value >> 8), UInt8(value & 255)]
        }
    }

    private func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}
