import Basics

/// A named API key on the wire, without its secret.
package struct APIKeyView: Codable, Sendable {
    package let id: Int64
    package let name: String
    package let scopes: [String]
    /// The one project it reaches; null: all of the account.
    package let projectId: Int64?
    /// Where it may be used from; empty: from everywhere.
    package let addresses: [String]
    package let expiresAt: Timestamp?
    /// To the minute; null: never.
    package let lastUsedAt: Timestamp?
    package let createdAt: Timestamp

    package init(
        id: Int64, name: String, scopes: [String], projectId: Int64?, addresses: [String], expiresAt: Timestamp?,
        lastUsedAt: Timestamp?, createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.projectId = projectId
        self.addresses = addresses
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.createdAt = createdAt
    }
}

/// `{"api_keys": […]}`
package struct APIKeyList: Codable, Sendable {
    package let apiKeys: [APIKeyView]

    package init(_ keys: [APIKeyView]) { apiKeys = keys }
}

/// `{"api_key": {…}}`
package struct APIKeyAnswer: Codable, Sendable {
    package let apiKey: APIKeyView

    package init(_ key: APIKeyView) { apiKey = key }
}

/// A new key with its secret, which is not shown again.
package struct APIKeyCreatedAnswer: Codable, Sendable {
    package let apiKey: APIKeyView
    /// `bth_key_…`: send it as `Authorization: Bearer`.
    package let key: String

    package init(_ apiKey: APIKeyView, key: String) {
        self.apiKey = apiKey
        self.key = key
    }
}

/// What a new key is to be. Other members are refused.
package struct APIKeyRequest: Codable, Sendable {
    package struct Key: Codable, Sendable {
        package let name: String
        package let scopes: [String]
        package let projectId: Int64?
        package let addresses: [String]?
        package let expiresAt: Timestamp?
    }

    package let apiKey: Key
}

extension APIKeyRequest.Key: BoundedMembers {
    package static var bounds: [String: Bounds] {
        [
            "name": .text(1...AccountLimits.nameCharactersMax), "scopes": .list(1...NamedKeyLimits.scopesMax),
            "project_id": .id, "addresses": .list(0...NamedKeyLimits.addressesMax),
        ]
    }
}
