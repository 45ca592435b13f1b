/// One thing that a token may be used for. The names are those of the End-User API v60.
package enum Scope: String, Sendable, CaseIterable {
    case `public`
    case imagesRead = "images_read"
    case imagesWrite = "images_write"
    case dnsRead = "dns_read"
    case dnsWrite = "dns_write"
    case orderRead = "order_read"
    case orderWrite = "order_write"
    case profileRead = "profile_read"
    case profileWrite = "profile_write"
    case register
    case projectRead = "project_read"
    case projectWrite = "project_write"
    case adminRead = "admin_read"
    case adminWrite = "admin_write"

    /// The scope of this name. Clients also write the plural of projects, and `profile_update`.
    package init?(name: some StringProtocol) {
        switch name {
        case "projects_read": self = .projectRead
        case "projects_write": self = .projectWrite
        case "profile_update": self = .profileWrite
        default: self.init(rawValue: String(name))
        }
    }

    /// What it allows, as the consent screen says it after "This application wants to".
    package var explanation: String {
        switch self {
        case .public: "see what everybody may see: products, locations, public images"
        case .imagesRead: "see your images and registries"
        case .imagesWrite: "create, change and delete your images and registries"
        case .dnsRead: "see your DNS zones and their records"
        case .dnsWrite: "change your DNS zones and their records"
        case .orderRead: "see your orders"
        case .orderWrite: "place orders, which you pay for"
        case .profileRead: "see your name, e-mail address, quotas and SSH keys"
        case .profileWrite: "change your name, address and SSH keys"
        case .register: "create accounts for new customers"
        case .projectRead: "see your projects, services, containers, logs and metrics"
        case .projectWrite: "change, start, stop and delete your projects and what is in them"
        case .adminRead: "see everything in this installation, as its staff does"
        case .adminWrite: "change everything in this installation, as its staff does"
        }
    }

    fileprivate var bit: UInt32 { 1 << (Self.positions[self] ?? 0) }
    private static let positions = Dictionary(uniqueKeysWithValues: zip(allCases, UInt32(0)...))
}

/// Some scopes. Its text is RFC 6749 §3.3: names separated by spaces, in the order of ``Scope``.
package struct ScopeSet: Sendable, Hashable, ExpressibleByArrayLiteral {
    private let bits: UInt32

    private init(bits: UInt32) { self.bits = bits }
    package init(_ scopes: some Sequence<Scope>) { bits = scopes.reduce(0) { $0 | $1.bit } }
    package init(arrayLiteral scopes: Scope...) { self.init(scopes) }

    /// The rights of an account itself.
    package static let all = ScopeSet(Scope.allCases)
    /// What only an administrator may put on an application.
    package static let privileged: ScopeSet = [.register, .adminRead, .adminWrite]
    package static let admin: ScopeSet = [.adminRead, .adminWrite]

    /// Reads names separated by whitespace. Throws `.invalid` with the first one that is no scope.
    package init(parsing text: String) throws {
        self.init(
            try text.split(whereSeparator: \.isWhitespace).map { name in
                guard let scope = Scope(name: name) else {
                    throw Fault(
                        .invalid,
                        "There is no scope \(name.prefix(40)). The scopes are: "
                            + Scope.allCases.map(\.rawValue).joined(separator: ", ") + ".")
                }
                return scope
            })
    }

    /// What ``text`` of a set was, as the database keeps it. Names that are no scope any more are left out.
    package init(stored text: String) {
        self.init(text.split(separator: " ").compactMap { Scope(name: $0) })
    }

    package var isEmpty: Bool { bits == 0 }
    package var scopes: [Scope] { Scope.allCases.filter(contains) }
    package var names: [String] { scopes.map(\.rawValue) }
    package var text: String { names.joined(separator: " ") }

    /// Whether `scope` is one of them.
    package func contains(_ scope: Scope) -> Bool { bits & scope.bit != 0 }
    /// Whether all of them are in `other`.
    package func isSubset(of other: ScopeSet) -> Bool { bits & ~other.bits == 0 }
    /// Whether any of them is in `other`.
    package func intersects(_ other: ScopeSet) -> Bool { bits & other.bits != 0 }
    /// Those that are in `other` too.
    package func intersection(_ other: ScopeSet) -> ScopeSet { ScopeSet(bits: bits & other.bits) }
    /// Those that are not in `other`.
    package func subtracting(_ other: ScopeSet) -> ScopeSet { ScopeSet(bits: bits & ~other.bits) }
}
