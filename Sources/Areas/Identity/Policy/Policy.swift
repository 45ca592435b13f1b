package import Basics
package import SQL

/// What somebody may want to do to something.
package enum Action: String, Sendable, CaseIterable {
    /// See that it is there, among others.
    case list
    /// Read it.
    case view
    /// Change how it runs: rename, power, scale.
    case operate
    /// Make a new one.
    case create
    /// Remove it and all that hangs on it.
    case delete
    /// Say who else may work with it.
    case share
    /// What the provider's own staff does.
    case administer
}

/// Whose a thing is, as the policy needs to know it. Everything that is sold hangs on an account.
package struct Holder: Sendable, Hashable {
    /// What it is, in the words of a sentence: `project`, `container service`.
    package let noun: String
    /// The account it belongs to; nil when it belongs to the provider.
    package let ownerID: Int64?
    /// Every customer may look at it: products, locations, shared images.
    package let isPublic: Bool
    /// The project it is part of; nil when it is part of none. A credential that is limited to projects reaches
    /// nothing of others.
    package let projectID: Int64?
    /// The image it is; nil when it is none.
    package let imageID: Int64?
    /// It is what was shared itself, and not a part of it: collaborators work with it and do not remove it.
    package let isShared: Bool
    /// It is being deleted: gone for customers, still there for administrators.
    package let isLeaving: Bool

    package init(
        noun: String, ownerID: Int64?, projectID: Int64? = nil, imageID: Int64? = nil, isPublic: Bool = false,
        isLeaving: Bool = false, isShared: Bool = false
    ) {
        self.imageID = imageID
        self.isShared = isShared
        self.projectID = projectID
        self.noun = noun
        self.ownerID = ownerID
        self.isPublic = isPublic
        self.isLeaving = isLeaving
    }
}

/// The one place that knows who may do what. Areas ask it with the object; lists are filtered by
/// ``owned(_:project:by:)``.
///
/// What a caller may not know about does not exist for it (404). 403 is for things everybody may see.
/// Suspended accounts never get here: authentication turns them away.
package enum Policy {
    /// Returns when `caller` may do `action` to the thing; throws `.notFound` or `.forbidden` otherwise.
    package static func require(_ action: Action, on holder: Holder, by caller: Caller) throws {
        switch verdict(action, on: holder, by: caller) {
        case .allowed: return
        case .hidden: throw notFound(holder.noun)
        case .refused: throw Fault(.forbidden, "Your account may not do this to this \(holder.noun).")
        }
    }

    /// The same question without throwing.
    package static func allows(_ action: Action, on holder: Holder, by caller: Caller) -> Bool {
        verdict(action, on: holder, by: caller) == .allowed
    }

    /// What one says of a thing that is not there, or not for this caller.
    package static func notFound(_ noun: String) -> Fault { Fault(.notFound, "Unknown \(noun).") }

    /// A condition for `WHERE`: rows whose account, in `column`, is the caller's own, or whose project, in `project`,
    /// he may work in; and whose project is one that the credential is limited to. nil: they are part of no project.
    ///
    /// Lists show what is one's own, to administrators too; Berth itself and the operator's shell see all rows.
    package static func owned(_ column: SQL, project: SQL?, by caller: Caller) -> SQL {
        guard let userID = caller.userID else { return isTrusted(caller) ? "1 = 1" : "1 = 0" }
        guard let project else { return "\(column) = \(userID)" }
        let shared = caller.shares.projects
        let own: SQL =
            shared.isEmpty
            ? "\(column) = \(userID)" : "(\(column) = \(userID) OR \(project) IN (\(list: shared)))"
        guard let limit = caller.projects else { return own }
        return "\(own) AND \(project) IN (\(list: limit))"
    }

    /// A condition for `WHERE` of a single thing: like ``owned(_:project:by:)``, but staff reach everything.
    package static func reachable(_ column: SQL, project: SQL?, by caller: Caller) -> SQL {
        caller.isAdmin && caller.projects == nil ? "1 = 1" : owned(column, project: project, by: caller)
    }

    /// Throws `.forbidden` unless the caller is the provider's staff, the operator, or Berth itself.
    package static func requireStaff(_ caller: Caller) throws {
        guard caller.isAdmin else { throw Fault(.forbidden, "Only administrators may do this.") }
    }

    /// The caller's account. Throws `.forbidden` for an application that acts for itself.
    package static func requireAccount(_ caller: Caller) throws -> Int64 {
        guard let userID = caller.userID else {
            throw Fault(.forbidden, "This token acts for an application, not for an account.")
        }
        return userID
    }

    /// Throws `.forbidden` when the credential is limited to projects. What belongs to the account as a whole – an SSH
    /// key, the e-mail address – would lead it to the other projects.
    package static func requireWholeAccount(_ caller: Caller) throws {
        guard caller.projects == nil else {
            throw Fault(.forbidden, "This credential is limited to projects and cannot change the account.")
        }
    }

    private enum Verdict { case allowed, hidden, refused }

    private static func verdict(_ action: Action, on holder: Holder, by caller: Caller) -> Verdict {
        if let limit = caller.projects, let project = holder.projectID, !limit.contains(project) { return .hidden }
        if caller.isAdmin { return .allowed }
        if action == .administer { return holder.isPublic ? .refused : .hidden }
        if holder.isLeaving { return .hidden }
        if let ownerID = holder.ownerID, ownerID == caller.userID { return .allowed }
        if isCollaborator(caller, holder) {
            switch action {
            case .list, .view, .operate, .create: return .allowed
            case .delete: return holder.isShared ? .refused : .allowed
            case .share, .administer: return .refused
            }
        }
        guard holder.isPublic else { return .hidden }
        switch action {
        case .list, .view: return .allowed
        case .operate, .create, .delete, .share, .administer: return .refused
        }
    }

    private static func isCollaborator(_ caller: Caller, _ holder: Holder) -> Bool {
        if let project = holder.projectID, caller.shares.projects.contains(project) { return true }
        if let image = holder.imageID, caller.shares.images.contains(image) { return true }
        return false
    }

    private static func isTrusted(_ caller: Caller) -> Bool {
        switch caller.means {
        case .system, .operatorShell: true
        case .apiKey, .token, .session: false
        }
    }
}
