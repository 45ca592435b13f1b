package import Basics
package import Identity

/// Where a client wants to be told, and what to show there.
package struct CallbackTarget: Sendable, Hashable, Codable {
    /// Absolute, `https` or `http`.
    package let url: String
    /// Sent as `Authorization`; nil: nothing.
    package let authorization: String?

    /// Checks what a client sent; nil when it left the address blank, as v60 has it. Whether the address may be called
    /// at all is known only when it is: names can come to mean other machines. Throws `.invalid` with a sentence for
    /// each thing that is wrong.
    package init?(url: String?, authorization: String?) throws {
        let asked = url.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
        var problems: [String] = []
        if let asked, Self.origin(of: asked) == nil {
            problems.append(
                "callback.url must be an absolute address such as https://shop.example/berth, with at most "
                    + "\(CallbackLimits.urlBytesMax) bytes and without a user name and #.")
        }
        let shown = authorization.flatMap { $0.isEmpty ? nil : $0 }
        let isPlain = shown?.utf8.allSatisfy { (32...126).contains($0) } ?? true
        if !isPlain || (shown?.utf8.count ?? 0) > CallbackLimits.authorizationBytesMax {
            problems.append(
                "callback.authorization must be at most \(CallbackLimits.authorizationBytesMax) visible ASCII "
                    + "characters.")
        }
        if !problems.isEmpty { throw Fault(.invalid, problems) }
        guard let asked else { return nil }
        (self.url, self.authorization) = (asked, shown)
    }

    /// `https://shop.example:8443` of an address; nil when it is none that could be called.
    static func origin(of url: String) -> String? {
        guard url.utf8.count <= CallbackLimits.urlBytesMax, url.utf8.allSatisfy({ (33...126).contains($0) }),
            !url.contains("#"), !url.contains("\\"),
            let scheme = ["https://", "http://"].first(where: { url.lowercased().hasPrefix($0) })
        else { return nil }
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, !authority.contains("@"), authority.first != ":" else { return nil }
        return scheme + authority
    }

    /// The target as it is stored with an operation.
    package func notice(sealedBy vault: Vault) throws -> EndNotice {
        let token = Random.token(20)
        let text = JSONValue.object([
            "url": .string(url), "authorization": authorization.map { .string($0) } ?? .null,
        ]).compact
        return EndNotice(
            token: token, sealed: try vault.seal(Secret(text), for: Self.place(token)),
            origin: Self.origin(of: url) ?? "")
    }

    /// What ``notice(sealedBy:)`` stored.
    static func open(_ notice: EndNotice, with vault: Vault) throws -> CallbackTarget {
        let text = try vault.open(notice.sealed, from: place(notice.token)).reveal()
        let value = JSONValue(stored: text)
        guard
            let target = try CallbackTarget(
                url: value?["url"]?.text, authorization: value?["authorization"]?.text)
        else { throw Fault(.bug, "A stored callback has no address.") }
        return target
    }

    private static func place(_ token: String) -> Vault.Place {
        Vault.Place(table: "outbox", row: token, column: "payload")
    }
}
