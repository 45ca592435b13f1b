/// Pages at addresses that the API has too: a browser asks for HTML there, a program for JSON.
enum SharedPage: Hashable {
    case applications, new, allowed, assessment
    case application(Int64)
    case edit(Int64)
    case rotateSecret(Int64)
    case delete(Int64)
    case withdraw(Int64)

    /// The page at a path; nil when there is none.
    init?(_ path: Substring) {
        guard path.hasPrefix(Self.root) else { return nil }
        let words = path.dropFirst(Self.root.count).split(separator: "/", omittingEmptySubsequences: false)
        let id = words.count > 1 ? Self.id(words[1]) : nil
        switch (words.first, words.count, id, words.last) {
        case ("applications", 1, _, _): self = .applications
        case ("applications", 2, nil, "new"): self = .new
        case ("applications", 2, let id?, _): self = .application(id)
        case ("applications", 3, let id?, "edit"): self = .edit(id)
        case ("applications", 3, let id?, "rotate_secret"): self = .rotateSecret(id)
        case ("applications", 3, let id?, "delete"): self = .delete(id)
        case ("authorized_applications", 1, _, _): self = .allowed
        case ("authorized_applications", 2, let id?, _): self = .withdraw(id)
        case ("self_assessment", 1, _, _): self = .assessment
        default: return nil
        }
    }

    private static let root = "/api/oauth/"

    var path: String {
        switch self {
        case .applications: Self.root + "applications"
        case .new: Self.root + "applications/new"
        case .application(let id): Self.root + "applications/\(id)"
        case .edit(let id): Self.root + "applications/\(id)/edit"
        case .rotateSecret(let id): Self.root + "applications/\(id)/rotate_secret"
        case .delete(let id): Self.root + "applications/\(id)/delete"
        case .allowed: Self.root + "authorized_applications"
        case .assessment: Self.root + "self_assessment"
        case .withdraw(let id): Self.root + "authorized_applications/\(id)"
        }
    }

    private static func id(_ text: Substring) -> Int64? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int64(text) : nil
    }
}
