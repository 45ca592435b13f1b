import Basics
import Identity
import SQL

/// What can be shared. Another kind is another case and another table of the same form.
package enum SharedKind: String, Sendable, CaseIterable {
    case project
    case image

    /// In the words of a sentence.
    var noun: String {
        switch self {
        case .project: "project"
        case .image: "container image"
        }
    }

    /// What a collaborator may and may not, as ``Policy`` has it.
    package var rights: String {
        switch self {
        case .project:
            """
            A collaborator may see the project and all that is in it, rename it, start, stop and change its services, \
            read their logs, order into it, and delete services of it. What he orders counts against the owner's \
            quota and is the owner's to pay. He may not delete the project, give it to somebody else, or see, invite \
            and put out collaborators.
            """
        case .image:
            """
            A collaborator may see the container image and order services from it. He may not delete it, give it to \
            somebody else, or see, invite and put out collaborators.
            """
        }
    }

    var table: SQL {
        switch self {
        case .project: "project_collaborators"
        case .image: "image_collaborators"
        }
    }

    var column: SQL {
        switch self {
        case .project: "project_id"
        case .image: "image_id"
        }
    }

    /// The thing itself: name, owner, and whether it is there for customers.
    var things: SQL {
        switch self {
        case .project: "SELECT id, name, user_id AS owner_id, state = 'active' AS is_there FROM projects"
        case .image: "SELECT id, label AS name, user_id AS owner_id, active = 1 AS is_there FROM images"
        }
    }

    func holder(id: Int64, ownerID: Int64?, isThere: Bool) -> Holder {
        switch self {
        case .project:
            Holder(noun: noun, ownerID: ownerID, projectID: id, isLeaving: !isThere, isShared: true)
        case .image:
            Holder(noun: noun, ownerID: ownerID, imageID: id, isPublic: ownerID == nil && isThere, isShared: true)
        }
    }

    /// `7` of `7-project`; nil for what is no such name.
    static func parse(_ text: String) -> (id: Int64, kind: SharedKind)? {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy({ (48...57).contains($0) }),
            let id = Int64(parts[0]), let kind = SharedKind(rawValue: String(parts[1]))
        else { return nil }
        return (id, kind)
    }
}
