/// An account on the wire.
package struct UserView: Codable, Sendable {
    package struct Money: Codable, Sendable {
        package let code: String
        package let symbol: String

        package init(code: String, symbol: String) {
            self.code = code
            self.symbol = symbol
        }
    }

    /// How many of each there are at this moment.
    package struct Holdings: Codable, Sendable {
        package let projects: Int64
        package let containers: Int64
        package let containerServices: Int64
        package let containerImages: Int64
        package let containerRegistries: Int64
        package let dnsZones: Int64

        /// No registries and no DNS zones: nothing sells them yet.
        package init(projects: Int64, containers: Int64, containerServices: Int64, containerImages: Int64) {
            self.projects = projects
            self.containers = containers
            self.containerServices = containerServices
            self.containerImages = containerImages
            containerRegistries = 0
            dnsZones = 0
        }
    }

    package struct Quota: Codable, Sendable {
        package let current: Int64
        package let quota: Int64
        package let isOver: Bool
        /// Below 0 when the quota was lowered after the fact.
        package let available: Int64

        package init(current: Int64, quota: Int64) {
            self.current = current
            self.quota = quota
            isOver = current >= quota
            available = quota - current
        }
    }

    package struct Quotas: Codable, Sendable {
        package let containers: Quota
        package let cr: Quota
        package let dnsZones: Quota

        package init(containers: Quota, cr: Quota, dnsZones: Quota) {
            self.containers = containers
            self.cr = cr
            self.dnsZones = dnsZones
        }
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

    package init(
        id: Int64, fname: String, lname: String, email: String, phone: String?, address1: String?, address2: String?,
        city: String?, companyName: String?, country: String, timezone: String, cSftpPass: Bool, zip: String?,
        vat: String?, state: String?, locale: String, createdAt: Timestamp, updatedAt: Timestamp,
        billingPlan: ReferenceView?, currency: Money, services: Holdings, quota: Quotas
    ) {
        self.id = id
        self.fname = fname
        self.lname = lname
        self.email = email
        self.phone = phone
        self.address1 = address1
        self.address2 = address2
        self.city = city
        self.companyName = companyName
        self.country = country
        self.timezone = timezone
        self.cSftpPass = cSftpPass
        self.zip = zip
        self.vat = vat
        self.state = state
        self.locale = locale
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.billingPlan = billingPlan
        self.currency = currency
        self.services = services
        self.quota = quota
        // Nothing meters yet, so nothing waits for a bill.
        unprocessedUsage = DecimalText(nano: 0)
    }
}

/// `{"user": {…}}`
package struct UserAnswer: Codable, Sendable {
    package let user: UserView

    package init(_ user: UserView) { self.user = user }
}

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
    package let user: UserFields
    /// What the other system calls the customer, and on which of its servers.
    package let providerUsername: String
    package let providerServer: String
    /// Which system: the name of the label. `cpanel` when it is left out.
    package let provider: String?
    package let labels: JSONObject?
}
