import Basics
import SQL

/// What somebody wants a named key to be, checked as far as it can be without the database.
struct NamedKeyDraft: Sendable {
    private(set) var name = ""
    private(set) var scopes: ScopeSet = []
    private(set) var projectID: Int64?
    private(set) var networks: [IPNetwork] = []
    private(set) var expiresAt: Moment?
    private var problems: [String] = []

    private static let fields: Set = ["name", "scopes", "project_id", "expires_at", "addresses"]

    init(_ body: JSONValue, by caller: Caller, at now: Moment) throws {
        guard let top = body.members, let object = top["api_key"]?.members else {
            throw Fault(.malformed, "The request needs an object \"api_key\".")
        }
        var reader = FieldReader(object, path: "")
        // A misspelt or empty limit must not make a key without it.
        let unknown = Set(top.keys).subtracting(["api_key"]).union(Set(object.keys).subtracting(Self.fields))
        for field in unknown.sorted() {
            reader.refuse(
                String(field.prefix(40)),
                "is not known here; an API key has: \(Self.fields.sorted().joined(separator: ", "))")
        }
        for field in ["project_id", "expires_at"] where object[field]?.text?.allSatisfy(\.isWhitespace) ?? false {
            reader.refuse(field, "must not be empty; leave it out for a key without this limit")
        }
        let before = reader.problems.count
        name = reader.text("name", lengthMax: AccountLimits.nameCharactersMax) ?? ""
        if name.isEmpty, reader.problems.count == before { reader.adopt(["Name can't be blank."]) }
        projectID = reader.id("project_id")
        readScopes(&reader, isAdmin: caller.isAdmin)
        readAddresses(&reader)
        if let text = reader.text("expires_at", lengthMax: AccountLimits.lineCharactersMax) {
            expiresAt = Moment(rfc3339: text)
            if expiresAt.map({ $0 <= now }) ?? true {
                reader.refuse("expires_at", "must be a time to come, such as 2031-12-31T00:00:00Z")
            }
        }
        problems = reader.problems
    }

    /// Throws `.invalid` with all that is wrong, what only the database knows included.
    func require(forUser userID: Int64, on connection: any Connection) throws {
        var problems = problems
        if let projectID {
            let own = try connection.int(
                "SELECT id FROM projects WHERE id = \(projectID) AND user_id = \(userID) AND state = 'active'")
            if own == nil { problems.append("project_id is not a project of yours.") }
        }
        let limit = NamedKeyLimits.keysPerAccountMax
        let count = try connection.int(
            "SELECT COUNT(*) FROM api_keys WHERE user_id = \(userID) AND name IS NOT NULL AND revoked_at IS NULL")
        if count ?? 0 >= limit {
            problems.append("An account has at most \(limit) named API keys. Delete one that is not used.")
        }
        if !problems.isEmpty { throw Fault(.invalid, problems) }
    }

    private mutating func readScopes(_ reader: inout FieldReader, isAdmin: Bool) {
        let before = reader.problems.count
        let items = reader.list("scopes", countMax: NamedKeyLimits.scopesMax)
        guard reader.problems.count == before else { return }
        guard !items.isEmpty else { return reader.refuse("scopes", "must name at least one thing that the key is for") }
        let known = Scope.allCases.map(\.rawValue).joined(separator: ", ")
        var wanted: [Scope] = []
        for item in items {
            if let scope = item.text.flatMap({ Scope(name: $0) }) {
                wanted.append(scope)
            } else {
                reader.refuse("scopes", "must be among \(known), not \(FieldReader.shown(item))")
            }
        }
        scopes = ScopeSet(wanted)
        let privileged = scopes.intersection(.privileged)
        if privileged.isEmpty { return }
        if !isAdmin { reader.refuse("scopes", "may name \(privileged.text) for administrators only") }
        if projectID != nil { reader.refuse("scopes", "cannot name \(privileged.text) for a key limited to a project") }
    }

    private mutating func readAddresses(_ reader: inout FieldReader) {
        for item in reader.list("addresses", countMax: NamedKeyLimits.addressesMax) {
            guard let text = item.text else {
                reader.refuse("addresses", "must be texts, not \(FieldReader.shown(item))")
                continue
            }
            do { networks.append(try IPNetwork(text)) } catch {
                reader.refuse("addresses", "are not understood: \(FieldReader.shown(item)) \(error.what)")
            }
        }
    }
}
