import Crypto
import FoundationEssentials

/// How many requests may come within how long.
package struct RateLimit: Sendable, Hashable {
    /// What is counted, and apart from what else.
    package enum Kind: UInt8, Sendable, CaseIterable {
        /// All requests from one address.
        case address
        /// All requests with one credential.
        case credential
        /// Forms that anybody can send, such as the one for signing in, from one address.
        case form
        /// Requests for tokens by one client from one address.
        case token
        /// Wrong secrets from one address.
        case failure
        /// Wrong secrets for one name from one address.
        case failureOfName

        /// As it stands in the headers and in the database.
        package var name: String {
            switch self {
            case .address: "address"
            case .credential: "credential"
            case .form: "form"
            case .token: "token"
            case .failure: "failure"
            case .failureOfName: "failure-name"
            }
        }
    }

    package let kind: Kind
    /// 1 to ``quotaMax``.
    package let quota: Int64
    /// 1 to ``secondsMax``.
    package let seconds: Int64
    /// `"address";q=2500;w=300`, as the header `RateLimit-Policy` has it.
    package let policy: String

    package static let quotaMax: Int64 = 1_000_000
    package static let secondsMax: Int64 = 86_400

    package init(_ kind: Kind, quota: Int64, seconds: Int64) {
        self.kind = kind
        self.quota = quota
        self.seconds = seconds
        policy = "\"\(kind.name)\";q=\(quota);w=\(seconds)"
    }
}

/// The limits in force. One that is nil does not exist.
package struct RateLimits: Sendable, Hashable {
    private var limits: [RateLimit?]

    package static let off = RateLimits(limits: RateLimit.Kind.allCases.map { _ in nil })

    /// What holds when the operator says nothing: per address and credential what v60 has had.
    package static let standard = RateLimits.off
        .with(.address, 2500, 300).with(.credential, 2500, 300).with(.form, 10, 20).with(.token, 60, 60)
        .with(.failure, 10, 60).with(.failureOfName, 5, 60)

    package subscript(kind: RateLimit.Kind) -> RateLimit? {
        get { limits[Int(kind.rawValue)] }
        set { limits[Int(kind.rawValue)] = newValue }
    }

    private func with(_ kind: RateLimit.Kind, _ quota: Int64, _ seconds: Int64) -> RateLimits {
        var result = self
        result[kind] = RateLimit(kind, quota: quota, seconds: seconds)
        return result
    }
}

/// Whose requests are counted.
package struct RateKey: Sendable, Hashable {
    package let kind: RateLimit.Kind
    let value: UInt128

    /// `value` tells those of one kind apart, the same in every process.
    package init(_ kind: RateLimit.Kind, _ value: UInt128) {
        self.kind = kind
        self.value = value
    }

    /// All of what one customer of a network has: a single address of IPv4, 2⁶⁴ of IPv6 (RFC 6177).
    package init(_ kind: RateLimit.Kind, _ address: IPAddress?) {
        let bits = address?.bits ?? 0
        self.init(kind, address?.width == 128 ? (bits >> 64) << 64 | 1 : bits)
    }

    /// A name as it is used from one address.
    package init(_ kind: RateLimit.Kind, name: String, from address: IPAddress?) {
        let place = RateKey(kind, address).value
        let digest = SHA256.hash(data: Data("\(place) \(name)".utf8))
        self.init(kind, digest.prefix(16).reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// A credential.
    package init(_ principal: Principal) {
        let (application, user) = (principal.applicationID ?? 0, principal.userID ?? 0)
        // Ids are positive, so the two halves cannot meet.
        let value =
            principal.keyID.map { UInt128(truncatingIfNeeded: $0) }
            ?? UInt128(truncatingIfNeeded: application + 1) << 64 | UInt128(truncatingIfNeeded: user)
        self.init(.credential, value)
    }

    /// `address-cb007107`
    var text: String { "\(kind.name)-\(String(value, radix: 16))" }
}

/// What is left.
package struct RateBudget: Sendable, Hashable {
    package let limit: RateLimit
    /// Requests that would be let through now.
    package let remaining: Int64
    /// Seconds until the present window ends.
    package let resetSeconds: Int64
    /// This request is one too many; it was not counted.
    package let isExceeded: Bool
    /// Seconds until one more would be let through; 0 when one would be now.
    package let retrySeconds: Int64

    /// The one of two that a client has to heed first.
    package static func tighter(_ one: RateBudget?, _ other: RateBudget?) -> RateBudget? {
        guard let one, let other else { return one ?? other }
        if one.isExceeded != other.isExceeded { return one.isExceeded ? one : other }
        return one.remaining <= other.remaining ? one : other
    }
}
