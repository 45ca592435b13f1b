import Basics
import Contract

/// The query string: taken apart once, values decoded when asked.
struct Query: Sendable {
    private struct Part {
        /// As it stood, with the name.
        let text: Substring
        /// Decoded; nil when it is not text.
        let name: String?
        let value: Substring
    }

    private let parts: [Part]

    /// `text` is what stood after the `?`, empty when there was none.
    init(text: Substring) {
        if text.isEmpty {
            parts = []
            return
        }
        parts = FormText.parts(text).map { Part(text: $0.whole, name: FormText.decode($0.name), value: $0.value) }
    }

    /// The first value of a parameter; nil when it is not there. A value that is not UTF-8 is a fault.
    func first(_ name: String) throws -> String? {
        guard let part = parts.first(where: { $0.name == name }) else { return nil }
        guard let value = FormText.decode(part.value) else {
            throw Fault(.invalid, "The parameter \(name) is not text in UTF-8.")
        }
        if value.utf8.contains(0) { throw Fault(.invalid, "The parameter \(name) must not contain a zero byte.") }
        return value
    }

    /// A parameter that must be a whole number within `range`; nil when it is not there.
    func number(_ name: String, in range: ClosedRange<Int64>) throws -> Int64? {
        guard let text = try first(name) else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw Fault(
                .invalid, "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    /// A parameter that must be one of some words; nil when it is not there, or empty, as forms send it.
    func word<Word: WireWord>(_ name: String, _ type: Word.Type = Word.self) throws -> Word? {
        guard let text = try first(name), !text.isEmpty else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(.invalid, "\(name) must be one of: \(known); or leave it out.")
        }
        return word
    }

    /// A parameter that is `true` or `false`; false when it is not there.
    func flag(_ name: String) throws -> Bool {
        switch try first(name) {
        case nil, "false", "0": return false
        case "true", "1", "": return true
        default: throw Fault(.invalid, "\(name) must be true or false.")
        }
    }

    /// The wanted page; nil when the client does not say.
    func page() throws -> Page? {
        if parts.isEmpty { return nil }
        let number = try number("page", in: Int64(Page.numberMin)...Int64(Page.numberMax))
        let sizes = 1...Int64(Page.sizeMax)
        let size = try self.number("per_page", in: sizes) ?? self.number("per-page", in: sizes)
        if number == nil, size == nil { return nil }
        return Page(number: Int(number ?? 1), size: Int(size ?? Int64(Page.sizeDefault)))
    }

    private static let secrets: Set = [
        "access_token", "bearer_token", "client_secret", "code", "code_verifier", "device_code", "password",
        "refresh_token", "token",
    ]

    /// Secrets in an address end up in logs and histories (RFC 6749 §2.3.1, RFC 6750 §2.3). Throws when there is one.
    func requireNoSecrets() throws {
        if let found = parts.first(where: { $0.name.map(Self.secrets.contains) ?? false })?.name {
            throw Fault(.malformed, "Send \(found) in the body or the Authorization header, never in the address.")
        }
    }

    /// The string without what says which page is wanted; each part ends in `&`.
    var withoutPage: String {
        var kept = ""
        for part in parts where part.name != "page" && part.name != "per_page" && part.name != "per-page" {
            kept += part.text
            kept += "&"
        }
        return kept
    }
}

/// The paging headers of v60.
enum PagingHeaders {
    /// `Link` with absolute addresses; nil when there is one page only.
    static func link(page: Page, total: Int64, url: String, query: Query) -> String? {
        let size = Int64(page.size)
        let last = Int((total + size - 1) / size)
        if last <= 1 && page.number == 1 { return nil }
        let start = "<\(url)?\(query.withoutPage)page="
        let end = "&per_page=\(page.size)>; rel=\""
        var entries = ""
        func add(_ number: Int, _ relation: String) {
            if !entries.isEmpty { entries += ", " }
            entries += start
            entries += String(number)
            entries += end
            entries += relation
            entries += "\""
        }
        add(1, "first")
        if page.number > 1 { add(page.number - 1, "prev") }
        if page.number < last {
            add(last, "last")
            add(page.number + 1, "next")
        }
        return entries
    }
}
