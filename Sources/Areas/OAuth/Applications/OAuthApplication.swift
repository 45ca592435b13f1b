package import Basics

/// A program that may ask for access: what RFC 6749 §2 calls a client.
package struct OAuthApplication: Sendable, Hashable {
    package let id: Int64
    /// The public name of it in requests: `client_id`.
    package let uid: String
    package let name: String
    /// Where codes may be sent, as they were registered.
    package let redirectURIs: [String]
    /// What it may ask for at most.
    package let scopes: ScopeSet
    /// It keeps a secret; false for programs on other people's devices (RFC 6749 §2.1).
    package let isConfidential: Bool
    /// It may ask from devices without a browser (RFC 8628). Off unless wanted, because that is easy to phish with.
    package let usesDevices: Bool
    /// The account that registered it; nil when the provider did.
    package let ownerID: Int64?
    package let createdAt: Moment
    package let updatedAt: Moment
}

/// What is needed to register an application.
package struct ApplicationDraft: Sendable, Hashable {
    package var name: String
    package var redirectURIs: [String]
    package var scopes: ScopeSet
    package var isConfidential: Bool
    package var usesDevices: Bool
    package var ownerID: Int64?

    package init(
        name: String, redirectURIs: [String] = [], scopes: ScopeSet = [.public], isConfidential: Bool = true,
        usesDevices: Bool = false, ownerID: Int64? = nil
    ) {
        self.name = name
        self.redirectURIs = redirectURIs
        self.scopes = scopes
        self.isConfidential = isConfidential
        self.usesDevices = usesDevices
        self.ownerID = ownerID
    }

    /// What an application is now, to be changed.
    init(_ application: OAuthApplication) {
        self.init(
            name: application.name, redirectURIs: application.redirectURIs, scopes: application.scopes,
            isConfidential: application.isConfidential, usesDevices: application.usesDevices,
            ownerID: application.ownerID)
    }

    /// The draft without blanks around its texts. Throws `.invalid` with every problem at once. Scopes it has had
    /// `before` were an administrator's decision, which its owner does not take again.
    func checked(by caller: Caller, before: ScopeSet = []) throws -> ApplicationDraft {
        var clean = self
        clean.name = FieldReader.trimmed(name)
        var problems: [String] = []
        if clean.name.isEmpty { problems.append("Name can't be blank.") }
        if clean.name.unicodeScalars.count > ApplicationLimits.nameCharactersMax {
            problems.append("Name is too long; at most \(ApplicationLimits.nameCharactersMax) characters.")
        }
        if clean.name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
            problems.append("Name must not contain control characters.")
        }
        if scopes.isEmpty { problems.append("Choose at least one scope.") }
        let privileged = scopes.intersection(.privileged).subtracting(before)
        if !privileged.isEmpty, !caller.isAdmin {
            problems.append(
                "Only administrators may give an application the scopes: "
                    + privileged.names.joined(separator: ", ") + ".")
        }
        if !isConfidential, scopes.contains(.register) {
            problems.append("An application without a secret cannot have the scope register.")
        }
        if redirectURIs.count > ApplicationLimits.redirectURIsMax {
            problems.append("At most \(ApplicationLimits.redirectURIsMax) redirect URIs are allowed.")
        }
        problems += redirectURIs.compactMap { RedirectURI.problem(with: $0).map(\.sentence) }
        if !problems.isEmpty { throw Fault(.invalid, problems) }
        return clean
    }
}
