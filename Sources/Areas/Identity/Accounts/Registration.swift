package import Basics
package import SQL

/// A customer that another system – a hosting panel, a shop – registers, and what it needs to act for it.
package struct Registration: Sendable {
    package let id: Int64
    package let data: ProfileData
    /// Shown once.
    package let pair: APIKeys.Pair

    /// Makes an account in the default group, confirmed and with an API key pair, of a body
    /// `{"user": {…}, "provider_username": …, "provider_server": …}`. Where the e-mail address is blank or taken the
    /// account gets one of its own at `host`: the other system knows its customers by user name and server, which are
    /// kept as a label. Throws `.malformed` and `.invalid` as usual.
    ///
    /// There is no password: who wants to sign in asks for a new one.
    package static func register(
        _ body: JSONValue, host: String, by caller: Caller, at now: Moment, in database: any Database
    ) async throws -> Registration {
        // Of tokens the door asks for the scope `register`, which nobody gets who is not trusted with it.
        guard caller.isAdmin || caller.means == .token else {
            throw Fault(.forbidden, "Only administrators may register customers.")
        }
        let request = try RegistrationRequest(body)
        return try await database.transaction { tx in
            let groupID = try AccountGroups.ensureDefaults(at: now, in: tx).groupID
            try request.require(inGroup: groupID, on: tx)
            var data = request.data
            let id = try insert(&data, request, host: host, groupID: groupID, at: now, in: tx)
            try Audit.write(caller, "created", noun: "user", id: id, at: now, in: tx)
            return Registration(
                id: id, data: data, pair: try APIKeys.issue(forUser: id, by: caller, at: now, in: tx))
        }
    }

    private static func insert(
        _ data: inout ProfileData, _ request: RegistrationRequest, host: String, groupID: Int64, at now: Moment,
        in tx: any Transaction
    ) throws -> Int64 {
        do {
            if !data.email.isEmpty, let id = try ProfileRows.insert(data, groupID: groupID, at: now, in: tx) {
                return id
            }
            data.email = request.generatedAddress(host)
            // 48 random bits are not taken.
            if let id = try ProfileRows.insert(data, groupID: groupID, at: now, in: tx) { return id }
        } catch DatabaseProblem.notUnique(let constraint) { throw Profiles.taken(constraint) }
        throw Fault(.bug, "No e-mail address could be made for a new account.")
    }
}

/// The body of a registration, checked as far as it can be without the database.
private struct RegistrationRequest: Sendable {
    /// The e-mail is empty when there is none.
    private(set) var data = ProfileData()
    private let username: String
    private let problems: [String]

    init(_ body: JSONValue) throws {
        guard let top = body.members, var fields = top["user"]?.members else {
            throw Fault(.malformed, "The request needs an object \"user\".")
        }
        // The documentation shows them inside `user`, clients send them beside it.
        let inside = fields.filter { Self.providerFields.contains($0.key) }
        var reader = FieldReader(top.merging(inside) { outer, _ in outer }, path: "")
        let lengthMax = AccountLimits.lineCharactersMax
        let provider = reader.text("provider", lengthMax: lengthMax)?.lowercased() ?? "cpanel"
        let before = reader.problems.count
        let username = reader.textOrNumber("provider_username", lengthMax: lengthMax)
        let server = reader.textOrNumber("provider_server", lengthMax: lengthMax)
        if username == nil || server == nil, reader.problems.count == before {
            reader.adopt(["missing provider settings"])
        }
        self.username = username ?? ""
        data.labels = [provider: .object([server ?? "": .string(self.username)])]

        // A name must be there, an e-mail need not, and a language that is not known is no reason to turn away.
        fields["fname"] = fields["fname"] ?? .null
        fields["lname"] = fields["lname"] ?? .null
        if fields["email"].map(Self.isBlank) ?? false { fields["email"] = nil }
        if let locale = fields["locale"]?.text, Locale.parse(locale) == nil { fields["locale"] = nil }
        var user = FieldReader(fields, path: "")
        data.adopt(&user, byStaff: true)
        data.merge(labels: reader.object("labels"), named: "labels", &reader)
        problems = reader.problems + user.problems
    }

    /// Throws `.invalid` with all that is wrong, what is priced in this installation included.
    func require(inGroup groupID: Int64, on connection: any Connection) throws {
        var reader = FieldReader([:], path: "")
        reader.adopt(problems)
        if data.currency != Currency.fallback {
            try Currency.require(data.currency, inPlanOfGroup: groupID, &reader, on: connection)
        }
        if !reader.problems.isEmpty { throw Fault(.invalid, reader.problems) }
    }

    /// `<user name>_<12 hexadecimal digits>@<host>`, of the user name what an address can have.
    func generatedAddress(_ host: String) -> String {
        let name = username.lowercased().utf8.filter {
            (97...122).contains($0) || (48...57).contains($0) || ".-_".utf8.contains($0)
        }
        return "\(String(decoding: name.prefix(40), as: UTF8.self))_\(Random.uuid().suffix(12))@\(host.lowercased())"
    }

    private static let providerFields: Set = ["provider", "provider_username", "provider_server"]

    private static func isBlank(_ value: JSONValue) -> Bool {
        value.isNull || value.text?.allSatisfy(\.isWhitespace) ?? false
    }
}
