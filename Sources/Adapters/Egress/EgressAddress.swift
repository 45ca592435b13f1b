/// What of an address matters for whether it may be called.
struct EgressAddress: Sendable, Hashable {
    /// Without the brackets of IPv6.
    let host: String
    let port: Int
    let isTLS: Bool

    /// nil for what is not `http://…` or `https://…` with a host.
    init?(_ url: String) {
        guard let scheme = ["https://", "http://"].first(where: { url.lowercased().hasPrefix($0) }) else { return nil }
        isTLS = scheme == "https://"
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@"), !authority.contains("\\") else { return nil }
        var rest = authority
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
        } else {
            host = String(authority.prefix { $0 != ":" })
            rest = authority.dropFirst(host.count)
        }
        guard !host.isEmpty else { return nil }
        if rest.isEmpty {
            port = isTLS ? 443 : 80
        } else {
            guard let number = Int(rest.dropFirst()), (1...65_535).contains(number) else { return nil }
            port = number
        }
    }
}
