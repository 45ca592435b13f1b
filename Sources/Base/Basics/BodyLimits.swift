// Bounds of what clients send. They are here, below the areas that keep them and the contract that tells them, so that
// there is one number for both. Characters are Unicode scalars, as JSON Schema and both databases count them.

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

/// Bounds of named keys.
package enum NamedKeyLimits {
    /// One for each program that uses the API; nobody keeps track of more.
    package static let keysPerAccountMax = 50
    /// Offices, machines of a build service.
    package static let addressesMax = 32
    /// More than there are.
    package static let scopesMax = 32
}

/// Bounds of SSH keys.
package enum SSHKeyLimits {
    /// The longest RSA key of OpenSSH has about 2800 characters.
    package static let lineBytesMax = 16_384
    package static let labelCharactersMax = 255
    /// NIST SP 800-131A forbids less.
    package static let rsaBitsMin = 2048
    /// OpenSSH takes no more (SSHBUF_MAX_BIGNUM).
    package static let rsaBitsMax = 16_384
    /// Each is a line in a file of every bastion of the account; sshd tries them one after the other.
    package static let keysPerAccountMax = 100
}

/// Bounds of orders, and of what they make.
package enum OrderLimits {
    /// Containers of one service. A project network of the default size holds 28, and a rebuild needs room beside.
    package static let containersPerServiceMax: Int64 = 20
    /// Lines of one order, so that one request cannot hold the write lock for long.
    package static let servicesPerOrderMax = 20
    /// Domains of one order line.
    package static let domainsPerServiceMax = 100
    /// Parameters of one order line.
    package static let paramsPerServiceMax = 200
    /// Volume instructions of one order line.
    package static let volumesPerServiceMax = 50
    /// Project names and service labels, in characters.
    package static let nameLengthMax = 255
    /// The value of one parameter, in bytes: what Linux lets one environment string be, less its name.
    package static let paramValueBytesMax = 100_000
    /// `external_id`, in characters.
    package static let externalIDLengthMax = 255
    /// RFC 1035 §2.3.4.
    package static let domainLengthMax = 253
}

/// Bounds of OAuth applications and of what they send.
package enum ApplicationLimits {
    package static let nameCharactersMax = 100
    package static let redirectURIsMax = 20
    package static let redirectURIBytesMax = 2000
    /// One URI per line: more bytes than all that may be registered.
    package static let redirectTextBytesMax = redirectURIsMax * (redirectURIBytesMax + 2)
    /// More than there are.
    package static let scopesMax = 32
    /// RFC 7636 §4.1.
    package static let verifierCharacters = 43...128
}

/// Bounds of what a client sends to be told of an end.
package enum CallbackLimits {
    /// What browsers and proxies take.
    package static let urlBytesMax = 2048
    /// A signed token is longer than a key.
    package static let authorizationBytesMax = 4096
}
