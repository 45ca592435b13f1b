import Basics

/// An account on the wire. The API writes it by hand (`UserJSON`); this is its shape.
package struct UserView: Codable, Sendable {
    package struct Money: Codable, Sendable {
        package let code: String
        package let symbol: String
    }

    /// How many of each there are at this moment.
    package struct Holdings: Codable, Sendable {
        package let projects: Int64
        package let containers: Int64
        package let containerServices: Int64
        package let containerImages: Int64
        package let containerRegistries: Int64
        package let dnsZones: Int64
    }

    package struct Quota: Codable, Sendable {
        package let current: Int64
        package let quota: Int64
        package let isOver: Bool
        /// Below 0 when the quota was lowered after the fact.
        package let available: Int64
    }

    package struct Quotas: Codable, Sendable {
        package let containers: Quota
        package let cr: Quota
        package let dnsZones: Quota
    }

    package let id: Int64
    package let fname: String
    package let lname: String
    package let email: String
    package let phone: String?
    package let address1: String?
    package let address2: String?
    package let city: String?
    package let companyName: String?
    package let country: String
    package let timezone: String
    package let cSftpPass: Bool
    package let zip: String?
    package let vat: String?
    package let state: String?
    package let locale: String
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let billingPlan: ReferenceView?
    package let currency: Money
    package let services: Holdings
    package let quota: Quotas
    /// What was used and is not on a bill yet.
    package let unprocessedUsage: DecimalText
}

/// `{"user": {…}}`
package struct UserAnswer: Codable, Sendable { package let user: UserView }

/// What may be said about an account. Fields that are left out stay as they are.
package struct UserFields: Codable, Sendable {
    package let fname: String?
    package let lname: String?
    package let email: String?
    package let locale: String?
    package let city: String?
    package let state: String?
    package let zip: String?
    package let country: String?
    package let address1: String?
    package let address2: String?
    package let companyName: String?
    package let phone: String?
    package let currency: String?
    package let cSftpPass: Bool?
    /// Only administrators change it; from others it is ignored.
    package let externalId: String?
    /// Put over the labels there are, name by name.
    package let mergeLabels: JSONObject?
}

/// The body of a change.
package struct UserChangeRequest: Codable, Sendable { package let user: UserFields }

/// A customer that was registered.
package struct UserCreatedView: Codable, Sendable {
    /// A key pair for HTTP Basic; the password is not shown again.
    package struct Pair: Codable, Sendable {
        package let username: String
        package let password: String

        package init(username: String, password: String) {
            self.username = username
            self.password = password
        }
    }

    package let id: Int64
    package let fname: String
    package let lname: String
    package let email: String
    package let currency: String
    package let api: Pair
    package let labels: JSONObject
    package let locale: String
    package let companyName: String?
    package let externalId: String?

    package init(
        id: Int64, fname: String, lname: String, email: String, currency: String, api: Pair, labels: JSONObject,
        locale: String, companyName: String?, externalId: String?
    ) {
        self.id = id
        self.fname = fname
        self.lname = lname
        self.email = email
        self.currency = currency
        self.api = api
        self.labels = labels
        self.locale = locale
        self.companyName = companyName
        self.externalId = externalId
    }
}

/// `{"user": {…}}`
package struct UserCreatedAnswer: Codable, Sendable {
    package let user: UserCreatedView

    package init(_ user: UserCreatedView) { self.user = user }
}

/// The body of a registration.
package struct UserRegistrationRequest: Codable, Sendable {
    /// What is said about a new account.
    package struct Fields: Codable, Sendable {
        package let fname: String
        package let lname: String
        /// Without one, or with one that is taken, the account gets an address of its own.
        package let email: String?
        /// One that is not known is not taken over.
        package let locale: String?
        package let city: String?
        package let state: String?
        package let zip: String?
        package let country: String?
        package let address1: String?
        package let address2: String?
        package let companyName: String?
        package let phone: String?
        package let currency: String?
        package let cSftpPass: Bool?
        package let externalId: String?
        package let mergeLabels: JSONObject?
    }

    package let user: Fields
    /// What the other system calls the customer, and on which of its servers.
    package let providerUsername: String
    package let providerServer: String
    /// Which system: the name of the label. `cpanel` when it is left out.
    package let provider: String?
    package let labels: JSONObject?
}

extension UserFields: BoundedMembers {
    package static var bounds: [String: Bounds] {
        UserBounds.common.merging(["locale": .text(0...AccountLimits.lineCharactersMax)]) { $1 }
    }
}

extension UserRegistrationRequest.Fields: BoundedMembers {
    package static var bounds: [String: Bounds] {
        // A blank address is none.
        UserBounds.common.merging(["email": .text(0...AccountLimits.emailBytesMax)]) { $1 }
    }
}

extension UserRegistrationRequest: BoundedMembers {
    package static var bounds: [String: Bounds] {
        [
            "provider_username": .text(1...AccountLimits.lineCharactersMax),
            "provider_server": .text(1...AccountLimits.lineCharactersMax),
            "provider": .text(0...AccountLimits.lineCharactersMax),
        ]
    }
}

private enum UserBounds {
    private static let line = Bounds.text(0...AccountLimits.lineCharactersMax)
    private static let name = Bounds.text(1...AccountLimits.nameCharactersMax)

    /// Empty means nothing, or no change where there must be something.
    static let common: [String: Bounds] = [
        "fname": name, "lname": name, "email": .text(3...AccountLimits.emailBytesMax), "city": line, "state": line,
        "zip": .text(0...AccountLimits.zipCharactersMax), "country": .text(0...2, pattern: "^([A-Za-z]{2})?$"),
        "address1": line, "address2": line, "company_name": line,
        "phone": .text(0...AccountLimits.phoneCharactersMax), "currency": .text(0...3, pattern: "^([A-Za-z]{3})?$"),
        "external_id": line,
    ]
}
