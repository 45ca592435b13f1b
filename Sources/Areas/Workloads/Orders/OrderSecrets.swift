import Basics
import Crypto
import FoundationEssentials

/// Where a plan's random values come from. Planning itself stays the same for the same input.
package struct OrderSecrets: Sendable {
    let password: @Sendable () -> String
    /// A new Ed25519 private key, base64 of its 32 bytes.
    let privateKey: @Sendable () -> String

    package init(password: @escaping @Sendable () -> String, privateKey: @escaping @Sendable () -> String) {
        self.password = password
        self.privateKey = privateKey
    }

    /// From the system's generator.
    package static let random = OrderSecrets(
        password: { Random.password() },
        privateKey: { Curve25519.Signing.PrivateKey().rawRepresentation.base64EncodedString() })
}
