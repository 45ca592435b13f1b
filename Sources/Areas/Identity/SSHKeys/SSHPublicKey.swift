import Basics
import Crypto
import FoundationEssentials

/// An OpenSSH public key: one line of `type base64 comment`, as in a `.pub` file (sshd(8), "AUTHORIZED_KEYS FILE
/// FORMAT"; RFC 4253 §6.6 and RFC 5656 §3.1 for what is inside the base64).
///
/// It is taken apart completely, so that what is written to a bastion later is a key and nothing else: no options, no
/// second line, no key that sshd would refuse.
struct SSHPublicKey: Sendable, Hashable {
    /// Why a text is no key.
    struct Problem: Error, Sendable, Hashable {
        /// Continues "The key …", without a full stop.
        let what: String
    }

    /// `ssh-ed25519 AAAA…`, without the comment.
    let text: String
    /// What stood behind the key; nil when nothing did.
    let comment: String?
    /// As `ssh-keygen -l` prints it: `SHA256:` and 43 characters.
    let fingerprint: String

    init(_ line: String) throws(Problem) {
        guard line.utf8.count <= SSHKeyLimits.lineBytesMax else {
            throw Problem(what: "is longer than \(SSHKeyLimits.lineBytesMax) bytes")
        }
        let line = FieldReader.trimmed(line)
        if line.isEmpty { throw Problem(what: "can't be blank") }
        if line.hasPrefix("-----BEGIN") {
            throw Problem(what: "is not in OpenSSH's form of one line: send the .pub file")
        }
        if line.unicodeScalars.contains(where: { $0.properties.generalCategory == .control && $0 != "\t" }) {
            throw Problem(what: "must be one line without control characters")
        }
        let words = line.split(maxSplits: 2) { $0 == " " || $0 == "\t" }
        guard let kind = Kind(rawValue: String(words[0])) else {
            throw Problem(
                what: "must begin with its type, without options: "
                    + Kind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard words.count > 1, let blob = Data(base64Encoded: String(words[1])) else {
            throw Problem(what: "has no base64 behind its type")
        }
        var reader = WireReader(bytes: Array(blob))
        guard reader.text() == kind.rawValue else { throw Problem(what: "is of another type than the line says") }
        try kind.check(&reader)
        guard reader.isAtEnd else { throw Problem(what: "has something behind its end") }
        text = "\(kind.rawValue) \(blob.base64EncodedString())"
        let rest = words.count > 2 ? FieldReader.trimmed(String(words[2])) : ""
        guard rest.unicodeScalars.count <= SSHKeyLimits.labelCharactersMax else {
            throw Problem(what: "has a comment of more than \(SSHKeyLimits.labelCharactersMax) characters")
        }
        comment = rest.isEmpty ? nil : rest
        let digest = Data(SHA256.hash(data: blob)).base64EncodedString()
        fingerprint = "SHA256:" + digest.prefix { $0 != "=" }
    }
}

extension SSHPublicKey {
    /// What OpenSSH 9 takes, but for DSA, which it gave up.
    fileprivate enum Kind: String, CaseIterable {
        case ed25519 = "ssh-ed25519"
        case rsa = "ssh-rsa"
        case p256 = "ecdsa-sha2-nistp256"
        case p384 = "ecdsa-sha2-nistp384"
        case p521 = "ecdsa-sha2-nistp521"
        case securityKeyEd25519 = "sk-ssh-ed25519@openssh.com"
        case securityKeyP256 = "sk-ecdsa-sha2-nistp256@openssh.com"

        /// Reads what follows the type.
        func check(_ reader: inout WireReader) throws(Problem) {
            switch self {
            case .ed25519: try Self.ed25519(&reader)
            case .rsa: try Self.rsa(&reader)
            case .p256:
                try Self.point(&reader, "nistp256") { (try? P256.Signing.PublicKey(x963Representation: $0)) != nil }
            case .p384:
                try Self.point(&reader, "nistp384") { (try? P384.Signing.PublicKey(x963Representation: $0)) != nil }
            case .p521:
                try Self.point(&reader, "nistp521") { (try? P521.Signing.PublicKey(x963Representation: $0)) != nil }
            case .securityKeyEd25519:
                try Self.ed25519(&reader)
                try Self.application(&reader)
            case .securityKeyP256:
                try Self.point(&reader, "nistp256") { (try? P256.Signing.PublicKey(x963Representation: $0)) != nil }
                try Self.application(&reader)
            }
        }

        private static func ed25519(_ reader: inout WireReader) throws(Problem) {
            guard reader.string()?.count == 32 else { throw Problem(what: "is damaged") }
        }

        private static func rsa(_ reader: inout WireReader) throws(Problem) {
            guard let exponent = reader.positive(), let modulus = reader.positive(), let last = exponent.last,
                last & 1 == 1, exponent != [1]
            else { throw Problem(what: "is damaged") }
            let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
            guard (SSHKeyLimits.rsaBitsMin...SSHKeyLimits.rsaBitsMax).contains(bits) else {
                throw Problem(
                    what: "has \(bits) bits; RSA keys need \(SSHKeyLimits.rsaBitsMin) to \(SSHKeyLimits.rsaBitsMax)")
            }
        }

        /// A point in the uncompressed form of SEC 1 that lies on the curve.
        private static func point(
            _ reader: inout WireReader, _ curve: String, isValid: ([UInt8]) -> Bool
        ) throws(Problem) {
            guard reader.text() == curve, let point = reader.string(), point.first == 4, isValid(point) else {
                throw Problem(what: "is damaged")
            }
        }

        /// Which application a security key answers to, usually `ssh:`.
        private static func application(_ reader: inout WireReader) throws(Problem) {
            guard let application = reader.text(), !application.isEmpty else { throw Problem(what: "is damaged") }
        }
    }
}

/// Reads the data types of RFC 4251 §5. Nothing that is not there is ever read.
private struct WireReader {
    private var rest: ArraySlice<UInt8>

    init(bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    /// Bytes behind their length in four bytes; nil when there are not as many.
    mutating func string() -> [UInt8]? {
        guard rest.count >= 4 else { return nil }
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard length <= rest.count - 4 else { return nil }
        let value = Array(rest.dropFirst(4).prefix(length))
        rest = rest.dropFirst(4 + length)
        return value
    }

    mutating func text() -> String? { string().flatMap { String(validating: $0, as: UTF8.self) } }

    /// The bytes of a positive `mpint` in its one right form, without the leading zero; nil for anything else.
    mutating func positive() -> [UInt8]? {
        guard let bytes = string(), let first = bytes.first, first < 0x80 else { return nil }
        guard first == 0 else { return bytes }
        return bytes.count > 1 && bytes[1] >= 0x80 ? Array(bytes.dropFirst()) : nil
    }
}
