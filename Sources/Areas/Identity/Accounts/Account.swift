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
