package import Basics

/// What an account says about itself, as it may be changed over the API. Everything else of an account – rights, state,
/// group, VAT number – has no place here, so that no body can reach it.
package struct ProfileData: Sendable, Hashable {
    package var firstName = ""
    package var lastName = ""
    /// Lower case, unique.
    package var email = ""
    package var locale = Locale.fallback
    package var companyName: String?
    package var phone: String?
    package var address1: String?
    package var address2: String?
    package var city: String?
    package var state: String?
    package var zip: String?
    /// Two capital letters (ISO 3166-1).
    package var country = "US"
    package var currency = Currency.fallback
    /// Bastions take passwords, not only keys.
    package var sftpPassword = true
    /// What another system calls the account; unique.
    package var externalID: String?
    package var labels: [String: JSONValue] = [:]

    /// Takes over the fields of a `user` object that it mentions, and notes what is wrong with them. Unknown ones are
    /// ignored, as v60 clients expect; so is `external_id` unless `byStaff`: other systems find accounts by it.
    mutating func adopt(_ reader: inout FieldReader, byStaff: Bool) {
        adoptNames(&reader)
        adoptAddress(&reader)
        if reader.mentions("locale"), let text = reader.text("locale", lengthMax: AccountLimits.lineCharactersMax) {
            if let known = Locale.parse(text) {
                locale = known
            } else {
                reader.refuse("locale", "must be a language such as en, or with a country such as pt-BR")
            }
        }
        if let text = reader.text("currency", lengthMax: AccountLimits.lineCharactersMax) {
            let code = text.uppercased()
            if code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) }) {
                currency = code
            } else {
                reader.refuse("currency", "must be three letters such as USD")
            }
        }
        if let flag = reader.flag("c_sftp_pass") { sftpPassword = flag }
        if reader.mentions("external_id") {
            let text = reader.textOrNumber("external_id", lengthMax: AccountLimits.lineCharactersMax)
            if byStaff { externalID = text }
        }
        merge(labels: reader.object("merge_labels"), named: "merge_labels", &reader)
    }

    /// Puts `new` over the labels of the same name; notes when that becomes too much.
    mutating func merge(labels new: [String: JSONValue], named field: String, _ reader: inout FieldReader) {
        if new.isEmpty { return }
        let merged = labels.merging(new) { $1 }
        let json = JSONValue.object(merged)
        if json.depth > AccountLimits.labelsDepthMax {
            reader.refuse(field, "must not be nested deeper than \(AccountLimits.labelsDepthMax) levels")
        } else if json.compact.utf8.count > AccountLimits.labelsBytesMax {
            reader.refuse(
                field, "would make more labels than an account may have: \(AccountLimits.labelsBytesMax) bytes of JSON")
        } else {
            labels = merged
        }
    }

    private mutating func adoptNames(_ reader: inout FieldReader) {
        if reader.mentions("fname") { firstName = Self.name("fname", "First name", &reader) ?? firstName }
        if reader.mentions("lname") { lastName = Self.name("lname", "Last name", &reader) ?? lastName }
        guard reader.mentions("email") else { return }
        if let address = (reader.object["email"]?.text).flatMap(EmailAddress.parse) {
            email = address
        } else {
            reader.adopt([EmailAddress.problem])
        }
    }

    private mutating func adoptAddress(_ reader: inout FieldReader) {
        let lines: [(String, WritableKeyPath<ProfileData, String?>, Int)] = [
            ("company_name", \.companyName, AccountLimits.lineCharactersMax),
            ("phone", \.phone, AccountLimits.phoneCharactersMax),
            ("address1", \.address1, AccountLimits.lineCharactersMax),
            ("address2", \.address2, AccountLimits.lineCharactersMax),
            ("city", \.city, AccountLimits.lineCharactersMax),
            ("state", \.state, AccountLimits.lineCharactersMax),
            ("zip", \.zip, AccountLimits.zipCharactersMax),
        ]
        for (field, line, lengthMax) in lines where reader.mentions(field) {
            self[keyPath: line] = reader.textOrNumber(field, lengthMax: lengthMax)
        }
        if let text = reader.text("country", lengthMax: AccountLimits.lineCharactersMax) {
            let code = text.uppercased()
            if Countries.codes.contains(code) {
                country = code
            } else {
                reader.refuse("country", "must be a country of ISO 3166 in two letters, such as US")
            }
        }
    }

    /// A name that must not be empty; nil when something is wrong with it.
    private static func name(_ field: String, _ words: String, _ reader: inout FieldReader) -> String? {
        let before = reader.problems.count
        let name = reader.text(field, lengthMax: AccountLimits.nameCharactersMax)
        if name == nil, reader.problems.count == before { reader.adopt(["\(words) can't be blank."]) }
        return name
    }
}

extension JSONValue {
    /// Levels of lists and objects in it: 0 for a number or text.
    fileprivate var depth: Int {
        switch self {
        case .array(let items): 1 + (items.lazy.map(\.depth).max() ?? 0)
        case .object(let members): 1 + (members.values.lazy.map(\.depth).max() ?? 0)
        case .null, .bool, .int, .number, .string: 0
        }
    }
}
