import Basics

/// A public key of an account on the wire.
package struct SSHKeyView: Codable, Sendable {
    package let id: Int64
    /// The key's comment.
    package let label: String?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    package init(id: Int64, label: String?, createdAt: Timestamp, updatedAt: Timestamp) {
        self.id = id
        self.label = label
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// `{"ssh_keys": […]}`
package struct SSHKeyList: Codable, Sendable {
    package let sshKeys: [SSHKeyView]

    package init(_ keys: [SSHKeyView]) { sshKeys = keys }
}

/// `{"ssh_key": {…}}`
package struct SSHKeyAnswer: Codable, Sendable {
    package let sshKey: SSHKeyView

    package init(_ key: SSHKeyView) { sshKey = key }
}

/// A new key, as the document has it.
package struct SSHKeyRequest: Codable, Sendable {
    package struct Key: Codable, Sendable {
        /// One line, as in a `.pub` file.
        package let pubkey: String
    }

    package let userSshKey: Key
}

/// A new key, as it is read. Clients that go by the old documentation say `ssh_key` instead; both are taken.
package struct SSHKeyBody: Codable, Sendable {
    package struct Key: Codable, Sendable { package let pubkey: String? }

    package let userSshKey: Key?
    package let sshKey: Key?
}

extension SSHKeyRequest.Key: BoundedMembers {
    package static var bounds: [String: Bounds] { ["pubkey": .text(1...SSHKeyLimits.lineBytesMax)] }
}
