package import Basics

/// A person or company that orders, or the provider's own staff.
package struct Account: Sendable, Hashable {
    package let id: Int64
    /// Lower case, unique.
    package let email: String
    package let firstName: String
    package let lastName: String
    package let isAdmin: Bool
    /// False: suspended.
    package let active: Bool
    package let groupID: Int64
    /// Three letters, upper case.
    package let currency: String
    package let createdAt: Moment
}

/// What is needed to create an account.
package struct NewAccount: Sendable, Hashable {
    package var email: String
    package var firstName: String
    package var lastName: String
    package var isAdmin: Bool
    /// The name of a user group; nil for the default one.
    package var group: String?

    package init(email: String, firstName: String, lastName: String, isAdmin: Bool = false, group: String? = nil) {
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.isAdmin = isAdmin
        self.group = group
    }
}

/// Bounds of what is stored about an account.
package enum AccountLimits {
    /// RFC 5321 §4.5.3.1.3 less the angle brackets.
    package static let emailBytesMax = 254
    package static let nameCharactersMax = 100
    /// A line of an address, a company, an id of another system: what v60 keeps in a short column.
    package static let lineCharactersMax = 255
    /// E.164 has 15 digits; people also write spaces, brackets and an extension.
    package static let phoneCharactersMax = 32
    package static let zipCharactersMax = 16
    /// All labels of an account as JSON. They are for a few ids of other systems.
    package static let labelsBytesMax = 16_384
    /// How deep labels may be nested. `{"cpanel": {"server": "user"}}` are two.
    package static let labelsDepthMax = 5
}
