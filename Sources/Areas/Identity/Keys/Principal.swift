package import Basics
package import SQL

/// What a credential is good for, as long as it is remembered.
package struct Principal: Sendable, Hashable {
    /// The account; nil for an application that acts for itself.
    package let userID: Int64?
    /// The account belongs to the provider's staff.
    package let isAdmin: Bool
    package var means: Caller.Means
    /// Without those that only staff and applications themselves may have, when it is neither.
    package let scopes: ScopeSet
    /// The projects it is limited to; nil when it is not.
    package var projects: [Int64]?
    package var applicationID: Int64?
    /// It ends then; nil when it does not end by itself.
    package var expiresAt: Moment?
    /// The API key it is; nil for tokens of applications.
    package var keyID: Int64?
    /// What others let the account work with.
    package var shares = Shares.none
    /// Where it may be used from; nil: from everywhere.
    package var networks: [IPNetwork]?

    package init(
        userID: Int64?, isAdmin: Bool, means: Caller.Means, scopes: ScopeSet, projects: [Int64]? = nil,
        applicationID: Int64? = nil, expiresAt: Moment? = nil, keyID: Int64? = nil, networks: [IPNetwork]? = nil
    ) {
        self.userID = userID
        self.isAdmin = isAdmin
        self.means = means
        // Who is no longer staff keeps what was issued to him, but not what it was good for.
        self.scopes = isAdmin || userID == nil ? scopes : scopes.subtracting(.privileged)
        self.projects = projects
        self.applicationID = applicationID
        self.expiresAt = expiresAt
        self.keyID = keyID
        self.networks = networks
    }

    /// A condition for `WHERE` with the table of accounts as `u`: neither suspended, nor unconfirmed, nor locked.
    package static func mayAct(at now: Moment) -> SQL {
        "\(isOpen(at: now)) AND u.confirmed_at IS NOT NULL"
    }

    /// The same for accounts that may still have to be confirmed.
    static func isOpen(at now: Moment) -> SQL {
        "u.active = 1 AND (u.locked_until IS NULL OR u.locked_until <= \(now))"
    }

    /// Whether it may be used from an address, which is asked for only when it matters; nil when that is not known.
    package func isAccepted(from address: () -> String?) -> Bool {
        guard let networks else { return true }
        guard let address = address() else { return false }
        return networks.contains { $0.contains(address) }
    }

    /// Whether it has the rights of staff for a request that only reads, or that changes something. A token of an
    /// administrator is an ordinary customer's unless it was given a scope for more.
    package func actsAsStaff(reading: Bool) -> Bool {
        isAdmin && (scopes.contains(.adminWrite) || reading && scopes.contains(.adminRead))
    }
}
