import Basics

/// An OAuth application on the wire.
package struct ApplicationView: Codable, Sendable {
    package let id: Int64
    package let name: String
    /// The `client_id`.
    package let uid: String
    /// Null, except in the answer that made it: it is stored as a hash.
    package let secret: String?
    /// One URI per line.
    package let redirectUri: String
    package let scopes: [String]
    package let confidential: Bool
    /// It may use the device grant.
    package let device: Bool
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    /// Null: it is the provider's.
    package let ownerId: Int64?
    /// `User`, or null.
    package let ownerType: String?

    package init(
        id: Int64, name: String, uid: String, secret: String?, redirectURIs: [String], scopes: [String],
        confidential: Bool, device: Bool, createdAt: Timestamp, updatedAt: Timestamp, ownerID: Int64?
    ) {
        self.id = id
        self.name = name
        self.uid = uid
        self.secret = secret
        redirectUri = redirectURIs.joined(separator: "\n")
        self.scopes = scopes
        self.confidential = confidential
        self.device = device
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        ownerId = ownerID
        ownerType = ownerID.map { _ in "User" }
    }
}

/// What an application is to be. Left out: as it is; for a new one confidential, with the scope `public`.
package struct ApplicationRequest: Codable, Sendable {
    package struct Application: Codable, Sendable {
        package let name: String?
        /// One URI per line.
        package let redirectUri: String?
        package let confidential: Bool?
        package let scopes: [String]?
        /// It may use the device grant.
        package let device: Bool?
        /// For administrators; null: the provider's.
        package let ownerId: Int64?
    }

    package let doorkeeperApplication: Application
}

/// An application that an account allows something.
package struct AllowedApplicationView: Codable, Sendable {
    package let id: Int64
    package let name: String
    package let createdAt: Timestamp
    /// The `client_id`.
    package let uid: String
    package let scopes: [String]
    /// False: some projects only.
    package let allProjects: Bool
    package let allowedAt: Timestamp

    package init(
        id: Int64, name: String, createdAt: Timestamp, uid: String, scopes: [String], allProjects: Bool,
        allowedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.uid = uid
        self.scopes = scopes
        self.allProjects = allProjects
        self.allowedAt = allowedAt
    }
}

extension ApplicationRequest.Application: BoundedMembers {
    package static var bounds: [String: Bounds] {
        [
            "name": .text(1...ApplicationLimits.nameCharactersMax),
            "redirect_uri": .text(0...ApplicationLimits.redirectTextBytesMax),
            "scopes": .list(1...ApplicationLimits.scopesMax), "owner_id": .id,
        ]
    }
}
