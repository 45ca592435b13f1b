package import Basics

/// What somebody wants an application to be; what is nil stays as it is.
package struct ApplicationChange: Sendable, Hashable {
    package var name: String?
    package var redirectURIs: [String]?
    package var scopes: ScopeSet?
    package var isConfidential: Bool?
    package var usesDevices: Bool?
    /// `.some(nil)`: the provider's own. For administrators; others are not told, and nothing changes.
    package var ownerID: Int64??

    package init(
        name: String? = nil, redirectURIs: [String]? = nil, scopes: ScopeSet? = nil, isConfidential: Bool? = nil,
        usesDevices: Bool? = nil
    ) {
        self.name = name
        self.redirectURIs = redirectURIs
        self.scopes = scopes
        self.isConfidential = isConfidential
        self.usesDevices = usesDevices
    }

    /// Reads `{"doorkeeper_application": {…}}`, as v60 calls it; members that are not known are ignored, as everywhere
    /// on v60. Throws `.malformed`, or `.invalid` with one sentence for everything that is wrong.
    package init(_ body: JSONValue) throws {
        guard let object = body.members?[Self.root]?.members else {
            throw Fault(.malformed, "The request needs an object \"\(Self.root)\".")
        }
        var reader = FieldReader(object, path: "")
        // A name that is given and empty is refused later, like any other that cannot be.
        if reader.has("name") {
            let before = reader.problems.count
            let text = reader.text("name", lengthMax: ApplicationLimits.nameCharactersMax)
            if reader.problems.count == before { name = text ?? "" }
        }
        redirectURIs = Self.redirectURIs(&reader)
        scopes = Self.scopes(&reader)
        isConfidential = reader.flag("confidential")
        usesDevices = reader.flag("device")
        if reader.mentions("owner_id") { ownerID = .some(reader.id("owner_id")) }
        if !reader.problems.isEmpty { throw Fault(.invalid, reader.problems) }
    }

    private static let root = "doorkeeper_application"

    /// One URI per line, or a list.
    private static func redirectURIs(_ reader: inout FieldReader) -> [String]? {
        guard reader.has("redirect_uri") else { return nil }
        if case .string(let text)? = reader.object["redirect_uri"] {
            guard text.utf8.count <= ApplicationLimits.redirectTextBytesMax else {
                reader.refuse("redirect_uri", "is too long")
                return nil
            }
            return split(text)
        }
        let items = reader.list("redirect_uri", countMax: ApplicationLimits.redirectURIsMax)
        let texts = items.compactMap(\.text)
        if texts.count < items.count { reader.refuse("redirect_uri", "must be text") }
        return texts
    }

    /// A list of names, or the names in one text.
    private static func scopes(_ reader: inout FieldReader) -> ScopeSet? {
        guard reader.has("scopes") else { return nil }
        let text: String
        if case .string(let names)? = reader.object["scopes"] {
            text = names
        } else {
            let items = reader.list("scopes", countMax: ApplicationLimits.scopesMax)
            let names = items.compactMap(\.text)
            if names.count < items.count { reader.refuse("scopes", "must be names") }
            // Rails forms send an empty member first.
            text = names.joined(separator: " ")
        }
        do { return try ScopeSet(parsing: text) } catch {
            reader.adopt((error as? Fault)?.sentences ?? [])
            return nil
        }
    }

    /// The URIs of a text with one per line.
    package static func split(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// `draft` with the changes. Who may not choose the owner changes nothing about it.
    func applied(to draft: ApplicationDraft, by caller: Caller) -> ApplicationDraft {
        var new = draft
        if let name { new.name = name }
        if let redirectURIs { new.redirectURIs = redirectURIs }
        if let scopes { new.scopes = scopes }
        if let isConfidential { new.isConfidential = isConfidential }
        if let usesDevices { new.usesDevices = usesDevices }
        if let ownerID, caller.isAdmin { new.ownerID = ownerID }
        return new
    }
}
