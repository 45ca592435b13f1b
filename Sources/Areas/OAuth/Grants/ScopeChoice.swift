import Basics

/// Which scopes a request gets.
enum ScopeChoice {
    /// What was asked for (RFC 6749 §3.3), which must be within `allowed`; `public` when nothing was.
    static func choose(_ asked: String?, from allowed: ScopeSet) throws -> ScopeSet {
        guard let asked, asked.contains(where: { !$0.isWhitespace }) else {
            let usual = allowed.intersection([.public])
            if usual.isEmpty {
                throw OAuthProblem(.invalidScope, "Say which scope you want: \(allowed.text).")
            }
            return usual
        }
        let wanted: ScopeSet
        do { wanted = try ScopeSet(parsing: asked) } catch {
            throw OAuthProblem(.invalidScope, "The scope is not one that exists.")
        }
        guard wanted.isSubset(of: allowed) else {
            throw OAuthProblem(
                .invalidScope, "Not available to this client and grant: \(wanted.subtracting(allowed).text).")
        }
        return wanted
    }
}
