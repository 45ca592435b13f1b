import Crypto
import CryptoExtras
import FoundationEssentials

/// The public key of a passkey (COSE, RFC 9053): ES256, EdDSA with Ed25519, or RS256.
struct PasskeyKey: Sendable {
    /// What we ask for, best first: the numbers of COSE.
    static let algorithms: [Int64] = [-8, -7, -257]

    private enum Kind {
        case es256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
        case rs256(_RSA.Signing.PublicKey)
    }

    private let kind: Kind

    /// nil for a key of another kind, or one that is none.
    init?(cose bytes: [UInt8]) {
        guard let key = CBOR.read(bytes) else { return nil }
        func part(_ number: Int64) -> [UInt8]? { key[.number(number)]?.asBytes }
        switch (key[.number(1)], key[.number(3)]) {
        case (.number(2), .number(-7)):
            guard key[.number(-1)] == .number(1), let x = part(-2), let y = part(-3), x.count == 32, y.count == 32,
                let found = try? P256.Signing.PublicKey(rawRepresentation: x + y)
            else { return nil }
            kind = .es256(found)
        case (.number(1), .number(-8)):
            guard key[.number(-1)] == .number(6), let x = part(-2), x.count == 32,
                let found = try? Curve25519.Signing.PublicKey(rawRepresentation: x)
            else { return nil }
            kind = .ed25519(found)
        case (.number(3), .number(-257)):
            // 2048 to 4096 bits, with the exponents that are in use: others only cost time.
            guard let n = part(-1), let e = part(-2), (256...512).contains(n.count), n[0] != 0,
                (1...4).contains(e.count),
                let found = try? _RSA.Signing.PublicKey(n: Data(n), e: Data(e))
            else { return nil }
            kind = .rs256(found)
        default: return nil
        }
    }

    /// Whether `signature` is this key's over `message`.
    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch kind {
        case .es256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .ed25519(let key): return key.isValidSignature(signature, for: message)
        case .rs256(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: Data(signature)), for: Data(message),
                padding: .insecurePKCS1v1_5)
        }
    }
}
